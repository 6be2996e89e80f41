// The programs of agents: what a session starts, and the installation of what is not there yet. Sessions that ask for the
// same at once share one installation; it ends when nobody waits for it any more.
import type { Bootstrap } from '../../agents/distribution.ts';
import type { AgentBinary, BinaryKey, BootstrapProgress, BootstrapStep } from '../../domain/binary.ts';
import type { InstallConfig } from '../../domain/config.ts';
import type { EventBody } from '../../domain/event.ts';
import { Failure } from '../../domain/failure.ts';
import type { AgentId } from '../../domain/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { createKeyedLock } from '../sessions/keyed-lock.ts';
import { asInstalled, type Cache, type Manifest } from './cache.ts';
import { commandNotFound, findCommand } from './command.ts';
import { findNewest, findOffer, isDownload, orderedDownloads, type Sources } from './find-offer.ts';
import { type InstallLimits, install, usualLimits } from './install.ts';
import { type Machine, readMachine, targetsOf } from './machine.ts';
import { type NpmSettings, readNpmSettings } from './npm-settings.ts';
import type { Offer } from './offer.ts';
import { createProgress } from './progress.ts';
import { bootstrapFailure, mayAskAnother, Trouble } from './trouble.ts';
import { compareVersions } from './versions.ts';
import { createWeb } from './web.ts';

/** What has to be known of an agent here. */
export interface Installable extends Bootstrap {
  id: AgentId;
  name: string;
}

export interface Binary {
  /** How to start it: its path, after an interpreter where it needs one. */
  argv: string[];
  version: string;
  /** Which of the installed ones; null for our own programs and the user's. */
  key: BinaryKey | null;
}

export interface Binaries {
  /**
   * What starts now, without asking the network; null when it has to be installed first. `keep`: the installed program a
   * session began with. Throws a Failure for a command of the user's that is not there.
   */
  find(agent: Installable, keep: string | null): Promise<Binary | null>;
  /** The same, installed when need be. Throws a Failure that says which step failed, which host, and what to do. */
  ensure(agent: Installable, keep: string | null, signal: AbortSignal): Promise<Binary>;
  /** `ask`: also look for the newest version; a source that does not answer leaves it unknown. */
  describe(agent: Installable, ask: boolean): Promise<AgentBinary>;
  /** This version, or the newest when there is none yet, for new sessions. */
  install(agent: Installable, version: string | null): Promise<AgentBinary>;
  update(agent: Installable): Promise<AgentBinary>;
  /** Null lifts the pin. */
  pin(agent: Installable, version: string | null): Promise<AgentBinary>;
  rollback(agent: Installable): Promise<AgentBinary>;
  /** Null: sesame's own installations again. */
  usePath(agent: Installable, path: string | null): Promise<AgentBinary>;
  /** Ends what is being installed; the downloads are kept for the next time. */
  close(): Promise<void>;
}

export interface BinariesOptions {
  cache: Cache;
  /** The environment of the server's owner. */
  env: NodeJS.ProcessEnv;
  home: string;
  /** How a program of ours is started, by the name of its entry in the build. */
  builtin(entry: string): string[];
  /** Version of sesame, which is that of its own programs. */
  version: string;
  config: InstallConfig;
  clock: Clock;
  log: Log;
  /** Stores and tells an event. */
  tell(body: EventBody): void;
  /** Keys that sessions of this agent began with: never removed. */
  inUse(agent: AgentId): ReadonlySet<string>;
  /** For tests. */
  machine?: Machine;
  limits?: InstallLimits;
  stallMs?: number;
}

interface Installation {
  promise: Promise<Manifest>;
  stop: AbortController;
  waiting: number;
}

export function createBinaries(options: BinariesOptions): Binaries {
  const { cache, env, config, clock, log, tell } = options;
  const running = new Map<string, Installation>();
  const turns = createKeyedLock();
  const changes = createKeyedLock();
  const closing = new AbortController();
  let machine: Promise<Machine> | null = null;

  const binaries: Binaries = {
    async find(agent, keep) {
      if (keep !== null) {
        const kept = await cache.read(agent.id, keep);
        return kept === null ? null : asBinary(agent.id, kept);
      }
      const selection = await cache.selection(agent.id);
      if (selection.path !== null) return command(selection.path);
      if (!agent.distributions.some(isDownload)) return withoutDownload(agent);
      const installed = await cache.installed(agent.id);
      const wanted =
        selection.pinned === null
          ? (installed.find(({ key }) => key === selection.current) ?? installed[0])
          : installed.find(({ version }) => version === selection.pinned);
      return wanted === undefined ? null : asBinary(agent.id, wanted);
    },
    async ensure(agent, keep, signal) {
      const found = await binaries.find(agent, keep);
      if (found !== null) return found;
      const { pinned } = await cache.selection(agent.id);
      // A session goes on with the version it began with, also when its folder was removed.
      const version = keep === null ? pinned : keep.replace(/-[0-9a-f]{8}$/, '');
      const manifest = await installed(agent, version, signal);
      if (keep === null) await current(agent, manifest);
      return asBinary(agent.id, manifest);
    },
    async describe(agent, ask) {
      const [selection, all] = await Promise.all([cache.selection(agent.id), cache.installed(agent.id)]);
      const own = agent.distributions.some(isDownload) ? 'download' : agent.distributions[0]?.kind;
      const found = selection.path === null && own === 'download' ? await binaries.find(agent, null) : null;
      return {
        agent: agent.id,
        kind: selection.path !== null || own === 'command' ? 'command' : own === 'download' ? 'download' : 'ours',
        current: found?.key ?? null,
        installed: all.map(asInstalled),
        pinned: selection.pinned,
        path: selection.path,
        latest: ask && own === 'download' ? await newest(agent) : null,
      };
    },
    async install(agent, version) {
      requireDownload(agent);
      const { pinned } = await cache.selection(agent.id);
      if (version !== null && pinned !== null && pinned !== version) throw isPinned(agent, pinned);
      if (
        version === null &&
        (await binaries.find({ ...agent, distributions: agent.distributions.filter(isDownload) }, null)) !== null
      ) {
        return binaries.describe(agent, false);
      }
      await current(agent, await installed(agent, version ?? pinned, closing.signal));
      return binaries.describe(agent, false);
    },
    async update(agent) {
      requireDownload(agent);
      const { pinned, current: now } = await cache.selection(agent.id);
      if (pinned !== null) throw isPinned(agent, pinned);
      const present = now === null ? null : await cache.read(agent.id, now);
      const manifest = await installed(agent, null, closing.signal);
      // A mirror that lags, or one that wants us back on an old version, changes nothing.
      if (present === null || compareVersions(manifest.version, present.version) > 0) await current(agent, manifest);
      return binaries.describe(agent, false);
    },
    async pin(agent, version) {
      requireDownload(agent);
      if (version === null) await change(agent, () => cache.select(agent.id, { pinned: null }));
      else {
        const there = (await cache.installed(agent.id)).find((known) => known.version === version);
        const manifest = there ?? (await installed(agent, version, closing.signal));
        await change(agent, () => cache.select(agent.id, { pinned: version }));
        await current(agent, manifest);
      }
      return binaries.describe(agent, false);
    },
    async rollback(agent) {
      requireDownload(agent);
      const { pinned, before } = await cache.selection(agent.id);
      if (pinned !== null) throw isPinned(agent, pinned);
      for (const key of [...before].reverse()) {
        if ((await cache.read(agent.id, key)) === null) continue;
        await change(agent, () => cache.makeCurrent(agent.id, key));
        return binaries.describe(agent, false);
      }
      throw new Failure({
        code: 'no-earlier-version',
        message: `there is no earlier version of ${agent.name} on this machine`,
        remedy: `install one: sesame agents install ${agent.id} <version>`,
      });
    },
    async usePath(agent, path) {
      requireDownload(agent);
      if (path !== null) await command(path);
      await change(agent, () => cache.select(agent.id, { path }));
      return binaries.describe(agent, false);
    },
    async close() {
      closing.abort(closed());
      for (const { stop } of running.values()) stop.abort(closed());
      await Promise.allSettled([...running.values()].map(({ promise }) => promise));
    },
  };
  return binaries;

  function asBinary(agent: AgentId, manifest: Manifest): Binary {
    return { argv: cache.argv(agent, manifest), version: manifest.version, key: manifest.key };
  }

  async function withoutDownload({ distributions, name }: Installable): Promise<Binary> {
    const [first] = distributions;
    if (first?.kind === 'builtin') return { argv: options.builtin(first.entry), version: options.version, key: null };
    if (first?.kind === 'command') return command(first.command);
    throw new Error(`${name} says nowhere where its program comes from`);
  }

  async function command(text: string): Promise<Binary> {
    const path = await findCommand(text, env, '/');
    if (path === null) throw commandNotFound(text);
    return { argv: [path], version: 'yours', key: null };
  }

  function change<T>(agent: Installable, work: () => Promise<T>): Promise<T> {
    return changes.run(agent.id, work);
  }

  async function current(agent: Installable, manifest: Manifest): Promise<void> {
    await change(agent, async () => {
      await cache.makeCurrent(agent.id, manifest.key);
      try {
        await cache.prune(agent.id, options.inUse(agent.id));
      } catch (error) {
        // What could not be removed costs space and nothing else.
        log.info('old programs were not removed', { agent: agent.id, error: String(error) });
      }
    });
  }

  /** Joins the installation that runs, or begins it. Whoever stops waiting leaves it to the others. */
  async function installed(agent: Installable, version: string | null, signal: AbortSignal): Promise<Manifest> {
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
      if (--installation.waiting === 0) installation.stop.abort(closed());
    }
  }

  function begin(name: string, agent: Installable, version: string | null): Installation {
    const stop = new AbortController();
    // Two versions of an agent one after the other: they share its folder.
    const promise = turns.run(agent.id, () => fetchAndInstall(agent, version, stop.signal));
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

  async function fetchAndInstall(agent: Installable, version: string | null, signal: AbortSignal): Promise<Manifest> {
    let now: BootstrapProgress = { step: 'find', version, host: null, doneBytes: 0, totalBytes: null };
    const report = createProgress(clock, (progress) =>
      tell({ kind: 'bootstrap.progress', session: null, agent: agent.id, progress }),
    );
    const onStep = (
      step: BootstrapStep,
      host: string | null,
      doneBytes = 0,
      totalBytes: number | null = null,
    ): void => {
      now = { ...now, step, host, doneBytes, totalBytes };
      report(now);
    };
    onStep('find', null);
    const failed: string[] = [];
    let first: unknown = null;
    try {
      const sources = await openSources(signal);
      for (const download of orderedDownloads(agent.id, agent.distributions, config)) {
        try {
          onStep('find', null);
          const offer = await findOffer(agent.id, download, version, sources);
          now = { ...now, version: offer.version };
          const manifest = await installOffer(agent, offer, sources, onStep);
          tell({
            kind: 'bootstrap.ready',
            session: null,
            agent: agent.id,
            version: manifest.version,
            key: manifest.key,
          });
          return manifest;
        } catch (error) {
          first ??= bootstrapFailure(nameOf(agent, now.version), now.step, error);
          failed.push(error instanceof Error ? `${download.kind}: ${now.step}: ${error.message}` : String(error));
          if (signal.aborted || !mayAskAnother(error)) break;
        }
      }
      throw first ?? new Trouble('not-offered', 'no source is left to ask');
    } catch (error) {
      signal.throwIfAborted();
      const failure = withAll(
        error instanceof Failure ? error : bootstrapFailure(nameOf(agent, version), now.step, error),
        failed,
      );
      tell({ kind: 'bootstrap.failed', session: null, agent: agent.id, failure: failure.toBody() });
      throw failure;
    }
  }

  async function installOffer(
    agent: Installable,
    offer: Offer,
    { web, signal }: Sources,
    onStep: (step: BootstrapStep, host: string | null, doneBytes: number, totalBytes: number | null) => void,
  ): Promise<Manifest> {
    return install({
      agent: agent.id,
      offer,
      versionPattern: agent.versionPattern,
      cache,
      web,
      now: clock.now,
      limits: options.limits ?? usualLimits,
      signal,
      onStep: (step, done, total) => onStep(step, step === 'download' ? offer.url.host : null, done, total),
    });
  }

  /** Read anew each time: a `.npmrc` that was corrected counts at the next try. */
  async function openSources(signal: AbortSignal): Promise<Sources> {
    machine ??= options.machine === undefined ? readMachine() : Promise.resolve(options.machine);
    const settings: NpmSettings = await readNpmSettings({ env, home: options.home, execPath: process.execPath });
    const web = createWeb({
      settings,
      version: options.version,
      ...(options.stallMs === undefined ? {} : { stallMs: options.stallMs }),
    });
    return { web, settings, targets: targetsOf(await machine), config, signal };
  }

  async function newest(agent: Installable): Promise<string | null> {
    const sources = await openSources(closing.signal);
    for (const download of orderedDownloads(agent.id, agent.distributions, config)) {
      try {
        return await findNewest(agent.id, download, sources);
      } catch (error) {
        log.info('the newest version is not known', { agent: agent.id, source: download.kind, error: String(error) });
      }
    }
    return null;
  }
}

function requireDownload(agent: Installable): void {
  if (agent.distributions.some(isDownload)) return;
  throw new Failure({
    code: 'not-installable',
    message: `${agent.name} is not installed by sesame`,
    remedy: 'see `sesame agents` for those that are',
  });
}

function isPinned({ id, name }: Installable, pinned: string): Failure {
  return new Failure({
    code: 'pinned',
    message: `${name} is pinned to ${pinned}`,
    remedy: `lift that first: sesame agents unpin ${id}`,
  });
}

function nameOf({ name }: Installable, version: string | null): string {
  return version === null ? name : `${name} ${version}`;
}

function withAll(failure: Failure, failed: readonly string[]): Failure {
  return failed.length < 2
    ? failure
    : new Failure({ ...failure.toBody(), detail: failed.join('\n') }, { cause: failure });
}

function closed(): Failure {
  return new Failure({
    code: 'stopped',
    message: 'the installation was stopped',
    remedy: 'try again: it goes on where it stopped',
  });
}
