// Installations that run. Sessions that ask for the same at once share one; it ends when nobody waits for it any more.
import { type Bootstrap, isDownload } from '../../agents/distribution.ts';
import type { BootstrapProgress } from '../../domain/binary.ts';
import type { InstallConfig } from '../../domain/config.ts';
import type { EventBody } from '../../domain/event.ts';
import { Failure, toFailureBody } from '../../domain/failure.ts';
import type { AgentId } from '../../domain/ids.ts';
import { ensureDirectory } from '../../platform/files.ts';
import type { Log } from '../../platform/log.ts';
import { type InstallLimits, type Newest, type Surroundings, usualLimits } from '../installer/job.ts';
import type { Machine } from '../installer/machine.ts';
import { createKeyedLock } from '../sessions/keyed-lock.ts';
import type { Cache, Manifest } from './cache.ts';
import { createInstallers } from './installer-process.ts';
import { readNpmSettings } from './npm-settings.ts';

/** What has to be known of an agent here. */
export interface Installable extends Bootstrap {
  id: AgentId;
  name: string;
}

export interface InstallationsOptions {
  cache: Cache;
  /** The environment of the server's owner. */
  env: NodeJS.ProcessEnv;
  home: string;
  /** How an installer is started. */
  installer: readonly string[];
  /** Version of sesame. */
  version: string;
  config: InstallConfig;
  log: Log;
  /** Stores and tells an event. */
  tell(body: EventBody): void;
  /** Tells how far it is, at most a few times a second; null once it is over. */
  progress(agent: AgentId, progress: BootstrapProgress | null): void;
  /** For tests. */
  machine?: Machine;
  limits?: InstallLimits;
  stallMs?: number;
  askMs?: number;
}

export interface Installations {
  /**
   * Joins the installation of this version (null: the newest) that runs, or begins it. Whoever stops waiting leaves it to
   * the others. Throws a Failure that says which step failed, which host, and what to do.
   */
  join(agent: Installable, version: string | null, signal: AbortSignal): Promise<Manifest>;
  /** What the sources of these agents offer. Takes a few seconds at most, also without a network. Never throws. */
  newest(agents: readonly Installable[]): Promise<ReadonlyMap<AgentId, Newest>>;
  /** Ends what runs; the downloads are kept for the next time. */
  close(): Promise<void>;
}

interface Installation {
  promise: Promise<Manifest>;
  stop: AbortController;
  waiting: number;
}

const stallMs = 30_000;
const askMs = 4000;

export function createInstallations(options: InstallationsOptions): Installations {
  const { cache, env, config, log, tell } = options;
  const installers = createInstallers({ command: options.installer, env, log });
  const running = new Map<string, Installation>();
  const turns = createKeyedLock();
  const closing = new AbortController();

  return {
    async join(agent, version, signal) {
      signal.throwIfAborted();
      closing.signal.throwIfAborted();
      const name = `${agent.id}@${version ?? 'latest'}`;
      const installation = running.get(name) ?? begin(name, agent, version);
      installation.waiting++;
      let leave = (): void => undefined;
      const left = new Promise<never>((_, reject) => {
        leave = () => reject(signal.reason);
        signal.addEventListener('abort', leave, { once: true });
      });
      try {
        return await Promise.race([installation.promise, left]);
      } finally {
        signal.removeEventListener('abort', leave);
        if (--installation.waiting === 0) installation.stop.abort(stopped());
      }
    },
    async newest(agents) {
      try {
        const outcome = await installers.run({
          job: {
            kind: 'ask',
            ...(await surroundings()),
            agents: agents.map(({ id, distributions }) => ({ agent: id, downloads: distributions.filter(isDownload) })),
            patienceMs: options.askMs ?? askMs,
          },
          otherwise: 'the newest versions are not known',
          cwd: '/',
          // The installer keeps its time by itself; this is for one that hangs.
          signal: AbortSignal.any([closing.signal, AbortSignal.timeout(2 * (options.askMs ?? askMs))]),
          onProgress: () => undefined,
        });
        return new Map(outcome.kind === 'asked' ? outcome.newest.map(({ agent, newest }) => [agent, newest]) : []);
      } catch (error) {
        log.info('the newest versions are not known', { error: String(error) });
        return new Map();
      }
    },
    async close() {
      closing.abort(stopped());
      for (const { stop } of running.values()) stop.abort(stopped());
      await Promise.allSettled([...running.values()].map(({ promise }) => promise));
      await installers.ended();
    },
  };

  function begin(name: string, agent: Installable, version: string | null): Installation {
    const stop = new AbortController();
    // Two versions of an agent one after the other: they share its folder.
    const promise = turns.run(agent.id, () => installAndTell(agent, version, stop.signal));
    const installation: Installation = { promise, stop, waiting: 0 };
    running.set(name, installation);
    const over = (): void => {
      if (running.get(name) === installation) running.delete(name);
    };
    promise.then(over, over);
    // Nobody joins one that was given up.
    stop.signal.addEventListener('abort', over, { once: true });
    return installation;
  }

  async function installAndTell(agent: Installable, version: string | null, signal: AbortSignal): Promise<Manifest> {
    const of = { session: null, agent: agent.id } as const;
    try {
      options.progress(agent.id, { step: 'find', version, host: null, doneBytes: 0, totalBytes: null });
      const manifest = await install(agent, version, signal);
      tell({ kind: 'bootstrap.ready', ...of, version: manifest.version, key: manifest.key });
      return manifest;
    } catch (error) {
      signal.throwIfAborted();
      tell({ kind: 'bootstrap.failed', ...of, failure: toFailureBody(error) });
      throw error;
    } finally {
      options.progress(agent.id, null);
    }
  }

  async function install(agent: Installable, version: string | null, signal: AbortSignal): Promise<Manifest> {
    const { source, flags } = agent.versionPattern;
    const otherwise = `could not install ${agent.name}`;
    const cwd = cache.directory(agent.id);
    await ensureDirectory(cwd).catch((error: unknown) => {
      const failure = toFailureBody(error);
      throw new Failure({ ...failure, message: `${otherwise}: ${failure.message}` }, { cause: error });
    });
    const outcome = await installers.run({
      job: {
        kind: 'install',
        ...(await surroundings()),
        agent: agent.id,
        name: agent.name,
        downloads: agent.distributions.filter(isDownload),
        versionPattern: { source, flags },
        version,
        cache: cache.root,
        limits: options.limits ?? usualLimits,
        stallMs: options.stallMs ?? stallMs,
      },
      otherwise,
      cwd,
      signal,
      onProgress: (progress) => options.progress(agent.id, progress),
    });
    if (outcome.kind !== 'installed') throw new Error(`the installer answers with ${outcome.kind}`);
    return outcome.manifest;
  }

  /** Read anew each time: a `.npmrc` that was corrected counts at the next try. */
  async function surroundings(): Promise<Surroundings> {
    const access = await readNpmSettings({ env, home: options.home, execPath: process.execPath });
    return { access, config, product: options.version, machine: options.machine ?? null };
  }
}

function stopped(): Failure {
  return new Failure({
    code: 'stopped',
    message: 'the installation was stopped',
    remedy: 'try again: it goes on where it stopped',
  });
}
