// The composition root: builds the parts and hands them to each other. Nothing else in the server constructs a part or
// reads the environment.
import { homedir } from 'node:os';
import { createRegistry } from '../agents/registry.ts';
import { Failure, type FailureBody, toFailureBody } from '../domain/failure.ts';
import { systemClock as clock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import type { Paths } from '../platform/paths.ts';
import { builtEntry, version } from '../platform/program.ts';
import type { Hello } from '../protocol/routes.ts';
import { HolderVersion } from '../protocol/version.ts';
import { createVtEngine } from '../terminal/vt/vt-engine.ts';
import { createApi } from './api/api.ts';
import type { RequestListener, UpgradeListener } from './api/http-server.ts';
import { createBinaries } from './bootstrap/bootstrap.ts';
import { Cache } from './bootstrap/cache.ts';
import { openDatabase } from './database.ts';
import { openEvents } from './events/event-log.ts';
import { createGit } from './git/host-git.ts';
import { rehearse } from './panes/rehearsal.ts';
import { upgradeToFrames } from './panes/upgrade.ts';
import { warmUp } from './panes/warm-up.ts';
import { openRuns } from './runs/pty-runs.ts';
import { createLiveSessions } from './sessions/live-sessions.ts';
import { createShip } from './ship/git-ship.ts';

export interface ComposeOptions {
  env: NodeJS.ProcessEnv;
  paths: Paths;
  log: Log;
  hello(): Hello;
  stopping: AbortSignal;
  stop(): void;
}

export interface Composition {
  lastSeq(): number;
  /** What was found wrong when the server was started. */
  notices(): FailureBody[];
  holder(): Hello['holder'];
  /** Finds again what runs, then serves everything but `hello`. Rejects when the sessions cannot be opened. */
  open(): Promise<{ request: RequestListener; upgrade: UpgradeListener }>;
  /** Closes every part; programs go on. */
  close(): Promise<void>;
}

/** Events looked through for what went wrong during the start. */
const noticesAmong = 1000;

/** Throws Failures of the database: made by a newer version, refused by the disk. */
export async function compose({ env, paths, log, hello, stopping, stop }: ComposeOptions): Promise<Composition> {
  const startedAt = clock.now();
  const [database, { config, problems }] = await Promise.all([
    openDatabase(paths.database, clock.now),
    readConfig(paths),
  ]);
  const events = openEvents({ database, clock, log });
  const git = createGit({ env, clock });
  const builtin = (entry: string): string[] => [process.execPath, builtEntry(entry)];
  const agents = createRegistry(config.agents);
  const sessions = createLiveSessions({
    paths,
    database,
    events,
    git,
    ship: createShip({ git: git.door, clock }),
    agents,
    clock,
    log,
    env,
    version,
    openBinaries: (inUse) =>
      createBinaries({
        cache: new Cache(paths.agents, process.execPath),
        env,
        home: homedir(),
        builtin,
        installer: builtin('installer'),
        version,
        config: config.install,
        log,
        tell: (body) => void events.append(body),
        progress: (agent, progress) =>
          events.pass(`bootstrap ${agent}`, progress && { kind: 'bootstrap.progress', session: null, agent, progress }),
        inUse,
      }),
    openRuns: (listener) =>
      openRuns({
        paths,
        holderCommand: builtin('holder'),
        createEngine: createVtEngine,
        clock,
        log,
        listener,
        watchdogMinutes: config.watchdog.minutes,
      }),
  });
  const { runs } = sessions;
  // Told as events too: who looks at the screen hears of it, whoever started the server.
  for (const message of problems) {
    log.error('config.json', { message });
    const failure = new Failure({
      code: 'config',
      message,
      remedy: `correct ${paths.config}, then restart the server`,
    });
    events.append({ kind: 'error', session: null, failure: failure.toBody() });
  }
  const notices = (): FailureBody[] =>
    events
      .after(events.lastSeq - noticesAmong, noticesAmong)
      .flatMap((event) =>
        event.kind === 'error' && event.session === null && event.at >= startedAt ? [event.failure] : [],
      );
  let told = notices();
  let preparing = Promise.resolve();
  /** What will be needed in a moment is compiled before. */
  const prepare = async (): Promise<void> => {
    await warmUp(createVtEngine, stopping);
    try {
      const sinceShownMs = (): number => runs.sinceShownMs;
      const options = { paths, createEngine: createVtEngine, clock, log, sinceShownMs, signal: stopping };
      const keys = await rehearse(options);
      log.info('rehearsed', { keys });
    } catch (error) {
      log.info('keys were not rehearsed', { reason: toFailureBody(error).message });
    }
  };

  return {
    lastSeq: () => events.lastSeq,
    notices: () => told,
    holder: () => {
      const pid = runs.holderPid();
      return pid === null ? null : { pid, version: HolderVersion };
    },
    open: async () => {
      await sessions.open();
      told = notices();
      // An agent takes a second or more until it prints; a server that only answers commands does without.
      const unfollow = runs.onStarted(() => {
        unfollow();
        if (env['SESAME_WARM_UP'] !== '0') preparing = prepare();
      });
      return {
        request: createApi({ events, runs, sessions, agents, hello, stopping, stop }, log),
        upgrade: upgradeToFrames({ runs, find: (text) => sessions.find(text).id, log }),
      };
    },
    close: async () => {
      // Stopping has ended it.
      await preparing;
      await sessions.close();
      events.close();
    },
  };
}
