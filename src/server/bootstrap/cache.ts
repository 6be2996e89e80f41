// What is installed: <agents>/<agent>/<version>-<hash8>/, each complete with its manifest, and the user's choice among
// them. A folder under its final name is verified and complete; everything else is removed.
import { lstat, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { BinaryKey, type InstalledBinary } from '../../domain/binary.ts';
import type { AgentId } from '../../domain/ids.ts';
import { ensureDirectory, writeFileAtomic } from '../../platform/files.ts';

export const manifestName = 'sesame-binary.json';

export const Manifest = z.object({
  key: BinaryKey,
  version: z.string(),
  /** What `--version` said. */
  reported: z.string(),
  source: z.enum(['npm', 'vendor']),
  host: z.string(),
  digest: z.string(),
  /** Relative to the folder. */
  program: z.string(),
  runsOn: z.literal('node').nullable(),
  installedAt: z.number(),
});
export type Manifest = z.infer<typeof Manifest>;

export const Selection = z.object({
  /** What new sessions start; null until the first installation. */
  current: BinaryKey.nullable().default(null),
  /** What was current before, oldest first, for `rollback`. */
  before: z.array(BinaryKey).default([]),
  pinned: z.string().nullable().default(null),
  /** A program of the user's instead of ours. */
  path: z.string().nullable().default(null),
});
export type Selection = z.infer<typeof Selection>;

/** How many that were current before are kept, besides those that sessions use. */
const keptBefore = 1;

export class Cache {
  readonly root: string;
  readonly #node: string;

  /** `node` runs the programs that are scripts. */
  constructor(root: string, node: string) {
    this.root = root;
    this.#node = node;
  }

  directory(agent: AgentId): string {
    return join(this.root, agent);
  }

  place(agent: AgentId, key: BinaryKey): string {
    return join(this.directory(agent), key);
  }

  /** Null for what is not there or not complete. */
  async read(agent: AgentId, key: string): Promise<Manifest | null> {
    const parsedKey = BinaryKey.safeParse(key);
    if (!parsedKey.success) return null;
    const directory = this.place(agent, parsedKey.data);
    const manifest = Manifest.safeParse(await readJson(join(directory, manifestName)));
    if (!manifest.success || manifest.data.key !== key) return null;
    const program = await lstat(join(directory, manifest.data.program)).catch(() => null);
    return program?.isFile() === true ? manifest.data : null;
  }

  /** Newest installation first. */
  async installed(agent: AgentId): Promise<Manifest[]> {
    const names = await readdir(this.directory(agent)).catch(() => []);
    const found = await Promise.all(names.map((name) => this.read(agent, name)));
    return found.filter((manifest) => manifest !== null).sort((a, b) => b.installedAt - a.installedAt);
  }

  argv(agent: AgentId, manifest: Manifest): string[] {
    return this.argvIn(this.place(agent, manifest.key), manifest);
  }

  /** The same before it has its final place. */
  argvIn(directory: string, { program, runsOn }: Pick<Manifest, 'program' | 'runsOn'>): string[] {
    const path = join(directory, program);
    return runsOn === 'node' ? [this.#node, path] : [path];
  }

  async selection(agent: AgentId): Promise<Selection> {
    const parsed = Selection.safeParse(await readJson(this.#selectionFile(agent)));
    return parsed.success ? parsed.data : Selection.parse({});
  }

  /** Throws a Failure when the disk refuses. One change of an agent at a time: the caller sees to that. */
  async select(agent: AgentId, change: Partial<Selection>): Promise<Selection> {
    const selection = { ...(await this.selection(agent)), ...change };
    await ensureDirectory(this.directory(agent));
    await writeFileAtomic(this.#selectionFile(agent), JSON.stringify(selection, null, 2));
    return selection;
  }

  /** Makes it what new sessions start, and remembers what was. */
  async makeCurrent(agent: AgentId, key: BinaryKey): Promise<void> {
    const { current, before } = await this.selection(agent);
    if (current === key) return;
    const past = [...before.filter((known) => known !== key), ...(current === null ? [] : [current])];
    await this.select(agent, { current: key, before: past.slice(-8) });
  }

  /** Removes what nobody needs: not current, not pinned, not the last one before, not used by a session. */
  async prune(agent: AgentId, used: ReadonlySet<string>): Promise<void> {
    const { current, before, pinned } = await this.selection(agent);
    const installed = await this.installed(agent);
    const there = new Set<string>(installed.map(({ key }) => key));
    const recent = before.filter((key) => there.has(key)).slice(-keptBefore);
    const kept = new Set<string>([...used, ...recent, ...(current === null ? [] : [current])]);
    for (const { key, version } of installed) {
      if (kept.has(key) || version === pinned) continue;
      await this.discard(agent, this.place(agent, key));
    }
  }

  /** Out of its name first, so that half of it is never found there. */
  async discard(agent: AgentId, path: string): Promise<void> {
    const aside = join(this.directory(agent), `.old-${process.pid}-${Math.random().toString(36).slice(2)}`);
    await rename(path, aside);
    await rm(aside, { recursive: true, force: true });
  }

  #selectionFile(agent: AgentId): string {
    return join(this.directory(agent), 'selection.json');
  }
}

export function asInstalled({ key, version, source, host, installedAt }: Manifest): InstalledBinary {
  return { key, version, source, host, installedAt };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}
