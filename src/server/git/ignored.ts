// What a safety copy leaves out: the files git ignores. They are often large (packages, build results) or secret, so they
// are not put into the user's repository. Copies of files of the user's checkout are no loss and do not count.
import { lstat } from 'node:fs/promises';
import type { IgnoredFiles } from '../../domain/ignored-files.ts';
import { exists } from '../../platform/files.ts';
import { type GitDoor, onDisk, pathLines, readable, splitNul } from './door.ts';
import { wantedFiles } from './include.ts';
import { inWorktree } from './repository.ts';

const mostPlaces = 4;

/** Null when nothing is lost. `patterns`: what is copied besides the files of .worktreeinclude. */
export async function ignoredFiles(
  git: GitDoor,
  options: { repository: string; worktree: string; patterns: readonly string[] },
): Promise<IgnoredFiles | null> {
  if (!(await exists(options.worktree))) return null;
  const here = { ...inWorktree(options.worktree), timeoutMs: 120_000, maxBytes: 256 << 20 };
  const list = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard'];
  const [all, topmost] = await Promise.all([git.run(list, here), git.run([...list, '--directory'], here)]);
  const lost = new Set(splitNul(all.stdout));
  for (const copy of lost.size === 0 ? [] : await unchangedCopies(git, options)) lost.delete(copy);
  if (lost.size === 0) return null;
  const places = splitNul(topmost.stdout).filter((place) => place.endsWith('/') || lost.has(place));
  return { files: lost.size, places: places.slice(0, mostPlaces).map(readable) };
}

/** Files that an undo copies from the checkout again, as they are. */
async function unchangedCopies(
  git: GitDoor,
  { repository, worktree, patterns }: { repository: string; worktree: string; patterns: readonly string[] },
): Promise<string[]> {
  const wanted = await wantedFiles(git, { repository, patterns });
  const pairs: string[] = [];
  for (const path of wanted) {
    const [mine, theirs] = await Promise.all([sizeOf(worktree, path), sizeOf(repository, path)]);
    if (mine !== null && mine === theirs) pairs.push(path);
  }
  if (pairs.length === 0) return [];
  const digests = async (cwd: string): Promise<string[]> => {
    const call = { cwd, input: pathLines(pairs), timeoutMs: 120_000 };
    return (await git.text(['hash-object', '--no-filters', '--stdin-paths'], call)).split('\n');
  };
  const [mine, theirs] = await Promise.all([digests(worktree), digests(repository)]);
  return pairs.filter((_, index) => mine[index] === theirs[index]);
}

async function sizeOf(root: string, path: string): Promise<number | null> {
  const found = await lstat(onDisk(root, path)).catch(() => null);
  return found?.isFile() === true ? found.size : null;
}
