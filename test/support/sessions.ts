// For tests: sessions over real git, a real holder and real PTYs, in a work directory of their own.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Agent } from '../../src/agents/agent.ts';
import { demo } from '../../src/agents/demo/index.ts';
import { type AgentRegistry, createRegistry } from '../../src/agents/registry.ts';
import { type Config, CustomAgent } from '../../src/domain/config.ts';
import type { SesameEvent } from '../../src/domain/event.ts';
import type { Session } from '../../src/domain/session.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { ensureDirectory } from '../../src/platform/files.ts';
import { type Log, silentLog } from '../../src/platform/log.ts';
import type { Paths } from '../../src/platform/paths.ts';
import { builtEntry } from '../../src/platform/program.ts';
import { NewSessions } from '../../src/protocol/routes.ts';
import { type Binaries, createBinaries } from '../../src/server/bootstrap/bootstrap.ts';
import { Cache } from '../../src/server/bootstrap/cache.ts';
import { openDatabase } from '../../src/server/database.ts';
import { openEvents } from '../../src/server/events/event-log.ts';
import type { Events } from '../../src/server/events/events.ts';
import { createGit } from '../../src/server/git/host-git.ts';
import { openRuns } from '../../src/server/runs/pty-runs.ts';
import type { Runs } from '../../src/server/runs/runs.ts';
import { createLiveSessions, type LiveSessions } from '../../src/server/sessions/live-sessions.ts';
import { createShip } from '../../src/server/ship/git-ship.ts';
import { createVtEngine } from '../../src/terminal/vt/vt-engine.ts';
import { holderCommand, makeWorkDirectory, until } from './runs.ts';

const run = promisify(execFile);

export interface TestServer {
  sessions: LiveSessions;
  runs: Runs;
  binaries: Binaries;
  events: Events;
  told: SesameEvent[];
  paths: Paths;
  /** How often the changes of a worktree were measured. */
  measured(): number;
  /** As a crash would: nothing is finished, the holder and its programs go on. */
  leave(): Promise<void>;
  /** Ends everything and deletes the work directory. */
  end(): Promise<void>;
}

export interface TestServerOptions {
  paths?: Paths;
  agents?: Record<string, unknown>;
  /** Agents that go before the known ones. */
  definitions?: readonly Agent[];
  log?: Log;
  env?: NodeJS.ProcessEnv;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const paths = options.paths ?? makeWorkDirectory();
  await ensureDirectory(paths.run);
  const log = options.log ?? silentLog;
  const env = { ...process.env, SESAME_DEMO_SPEED: '40', ...options.env };
  const database = await openDatabase(paths.database, Date.now);
  const events = openEvents({ database, clock: systemClock, log });
  const told: SesameEvent[] = [];
  events.follow((event) => told.push(event));
  const git = createGit({ env, clock: systemClock });
  let measured = 0;
  const counting: typeof git = {
    ...git,
    diffStat: (options) => {
      measured++;
      return git.diffStat(options);
    },
  };
  const custom: Config['agents'] = {};
  for (const [id, agent] of Object.entries(options.agents ?? {})) custom[id] = CustomAgent.parse(agent);
  const sessions = createLiveSessions({
    paths,
    database,
    events,
    git: counting,
    ship: createShip({ git: git.door, clock: systemClock }),
    agents: withDefinitions(createRegistry(custom), options.definitions ?? []),
    openBinaries: (inUse) =>
      createBinaries({
        cache: new Cache(paths.agents, process.execPath),
        env,
        home: paths.workDir,
        builtin: (entry) => [process.execPath, builtEntry(entry)],
        installer: [process.execPath, builtEntry('installer')],
        version: '0.0.0',
        config: { agents: {} },
        log,
        tell: (body) => void events.append(body),
        progress: (agent, progress) =>
          events.pass(`bootstrap ${agent}`, progress && { kind: 'bootstrap.progress', session: null, agent, progress }),
        inUse,
      }),
    clock: systemClock,
    log,
    env,
    version: '0.0.0',
    openRuns: (listener) =>
      openRuns({
        paths,
        holderCommand,
        createEngine: createVtEngine,
        clock: systemClock,
        log,
        listener,
        watchdogMinutes: 10,
      }),
  });
  await sessions.open();
  return {
    sessions,
    runs: sessions.runs,
    binaries: sessions.binaries,
    events,
    told,
    paths,
    measured: () => measured,
    async leave() {
      await sessions.close();
      events.close();
    },
    async end() {
      await sessions.endAll();
      await sessions.close();
      events.close();
      await rm(paths.workDir, { recursive: true, force: true });
    },
  };
}

function withDefinitions(registry: AgentRegistry, definitions: readonly Agent[]): AgentRegistry {
  const find = (id: string): Agent | null => definitions.find((agent) => agent.id === id) ?? registry.find(id);
  return {
    all: [...definitions, ...registry.all],
    refused: registry.refused,
    find,
    get: (id) => find(id) ?? registry.get(id),
  };
}

/** A repository with one commit; `files` are in it. */
export async function makeRepository(files: Record<string, string> = { 'README.md': '# demo\n' }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'srepo ü '));
  await git(path, 'init', '-q', '-b', 'main');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  await git(path, 'add', '-A');
  await git(path, 'commit', '-q', '--allow-empty', '-m', 'first');
  return path;
}

export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd });
  return stdout.trim();
}

export function ask(
  repo: string,
  prompt: string,
  more: Partial<NewSessions> = {},
): ReturnType<typeof NewSessions.parse> {
  return NewSessions.parse({ prompt, agents: [{ agent: demo.id }], repo, cols: 80, rows: 24, ...more });
}

/** Waits until the session is in one of the states; fails at once in one it does not come back from. */
export async function reaches(server: TestServer, id: string, ...states: string[]): Promise<Session> {
  const row = (): Session => {
    const found = server.sessions.list(true).find((session) => session.id === id);
    if (found === undefined) throw new Error(`no session ${id}`);
    return found;
  };
  await until(`${id} is ${states.join(' or ')} (now ${JSON.stringify(row().status)})`, () =>
    states.includes(row().status.state),
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; at the end: ${JSON.stringify(row().status)}`);
  });
  return row();
}
