// A home directory of somebody who has used an agent before, and what changed in it afterwards.
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface Home {
  path: string;
  /** Beside the home, not in it: some programs refuse a home below the directory for temporary files. */
  temporary: string;
  /** Digests of all files by their path in the home. */
  files(): Map<string, string>;
  end(): void;
}

export function openHome(files: Readonly<Record<string, string>>): Home {
  const place = mkdtempSync(join(tmpdir(), 'sh-'));
  const path = join(place, 'home');
  const temporary = join(place, 'tmp');
  mkdirSync(temporary);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true, mode: 0o700 });
    writeFileSync(join(path, name), content, { mode: 0o600 });
  }
  return {
    path,
    temporary,
    files: () => digests(path),
    end: () => rmSync(place, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Names of files that are new or have another content, as patterns: what differs from run to run is `#`. */
export function changedNames(before: Map<string, string>, after: Map<string, string>, worktree: string): Set<string> {
  const changed = [...after].filter(([name, digest]) => before.get(name) !== digest).map(([name]) => name);
  const gone = [...before.keys()].filter((name) => !after.has(name)).map((name) => `${name} (removed)`);
  return new Set([...changed, ...gone].map((name) => pattern(name, worktree)));
}

function pattern(name: string, worktree: string): string {
  return (
    name
      // Programs name what belongs to a directory after its path.
      .replaceAll(worktree.replace(/[^a-zA-Z0-9]/g, '-'), 'WORKTREE')
      .replaceAll(basename(worktree), 'WORKTREE')
      .replace(/node_modules\/.*/, 'node_modules')
      .replace(/_cacache\/.*/, '_cacache')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '#')
      .replace(/\b[0-9a-f]{7,}\b/g, '#')
      // Directories with a name of chance.
      .replace(/(?<=arg0)[A-Za-z0-9]{6}\b/g, '#')
      .replace(/\d+/g, '#')
  );
}

function digests(path: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = join(entry.parentPath, entry.name);
    const name = file.slice(path.length + 1);
    try {
      const bytes = entry.isSymbolicLink() ? readlinkSync(file) : entry.isFile() ? readFileSync(file) : '';
      found.set(name, createHash('sha256').update(bytes).digest('hex'));
    } catch {
      // Gone in between: a temporary file.
    }
  }
  return found;
}

/** The command line of a running process, made that of another run: its own worktree, its own new ids. */
export function commandLineOf(pid: number, worktree: string, other: string): { argv: string[]; input: string | null } {
  const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  const input = readlinkSync(`/proc/${pid}/fd/0`);
  return {
    argv: argv.map((part) =>
      part
        .replaceAll(worktree, other)
        .replace(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, () => randomUUID()),
    ),
    input: input.startsWith('/dev/') ? null : input,
  };
}
