// The programs of agents: what a session starts, which versions are here, and what the user chose among them.
import { isDownload } from '../../agents/distribution.ts';
import type { AgentBinary, BinaryKey } from '../../domain/binary.ts';
import { Failure } from '../../domain/failure.ts';
import type { AgentId } from '../../domain/ids.ts';
import type { Newest } from '../installer/job.ts';
import { createKeyedLock } from '../sessions/keyed-lock.ts';
import { asInstalled, type Manifest } from './cache.ts';
import { commandNotFound, findCommand } from './command.ts';
import { createInstallations, type Installable, type InstallationsOptions } from './installations.ts';
import { compareVersions } from './versions.ts';

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
  /**
   * `ask`: also look for the newest versions; a source that does not answer in a few seconds leaves them unknown.
   */
  describe(agents: readonly Installable[], ask: boolean): Promise<AgentBinary[]>;
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

export interface BinariesOptions extends InstallationsOptions {
  /** How a program of ours is started, by the name of its entry in the build. */
  builtin(entry: string): string[];
  /** Keys that sessions of this agent began with: never removed. */
  inUse(agent: AgentId): ReadonlySet<string>;
}

export function createBinaries(options: BinariesOptions): Binaries {
  const { cache, env, log } = options;
  const installations = createInstallations(options);
  const changes = createKeyedLock();
  const closing = new AbortController();

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
      const manifest = await installations.join(agent, version, signal);
      if (keep === null) await current(agent, manifest);
      return asBinary(agent.id, manifest);
    },
    async describe(agents, ask) {
      const asked = ask ? agents.filter(({ distributions }) => distributions.some(isDownload)) : [];
      const newest = asked.length === 0 ? null : await installations.newest(asked);
      return Promise.all(
        agents.map((agent) =>
          describe(agent, asked.includes(agent) ? (newest?.get(agent.id) ?? nobodyAnswered) : notAsked),
        ),
      );
    },
    async install(agent, version) {
      requireDownload(agent);
      const { pinned } = await cache.selection(agent.id);
      if (version !== null && pinned !== null && pinned !== version) throw isPinned(agent, pinned);
      if (
        version === null &&
        (await binaries.find({ ...agent, distributions: agent.distributions.filter(isDownload) }, null)) !== null
      ) {
        return describe(agent, notAsked);
      }
      await current(agent, await installations.join(agent, version ?? pinned, closing.signal));
      return describe(agent, notAsked);
    },
    async update(agent) {
      requireDownload(agent);
      const { pinned, current: now } = await cache.selection(agent.id);
      if (pinned !== null) throw isPinned(agent, pinned);
      const present = now === null ? null : await cache.read(agent.id, now);
      const manifest = await installations.join(agent, null, closing.signal);
      // A mirror that lags, or one that wants us back on an old version, changes nothing.
      if (present === null || compareVersions(manifest.version, present.version) > 0) await current(agent, manifest);
      return describe(agent, notAsked);
    },
    async pin(agent, version) {
      requireDownload(agent);
      if (version === null) await change(agent, () => cache.select(agent.id, { pinned: null }));
      else {
        const there = (await cache.installed(agent.id)).find((known) => known.version === version);
        const manifest = there ?? (await installations.join(agent, version, closing.signal));
        await change(agent, () => cache.select(agent.id, { pinned: version }));
        await current(agent, manifest);
      }
      return describe(agent, notAsked);
    },
    async rollback(agent) {
      requireDownload(agent);
      const { pinned, before } = await cache.selection(agent.id);
      if (pinned !== null) throw isPinned(agent, pinned);
      for (const key of [...before].reverse()) {
        if ((await cache.read(agent.id, key)) === null) continue;
        await change(agent, () => cache.makeCurrent(agent.id, key));
        return describe(agent, notAsked);
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
      return describe(agent, notAsked);
    },
    async close() {
      closing.abort();
      await installations.close();
    },
  };
  return binaries;

  async function describe(agent: Installable, { version, unknown }: Newest | typeof notAsked): Promise<AgentBinary> {
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
      latest: version,
      latestUnknown: unknown,
    };
  }

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
}

const notAsked = { version: null, unknown: null };
const nobodyAnswered: Newest = { version: null, unknown: 'nobody answered' };

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
