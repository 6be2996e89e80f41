// `.worktreeinclude` and `copy` of sesame.json: files that git ignores but every worktree needs (`.env`, local settings),
// copied from the user's checkout. Same syntax as .gitignore.
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { errorCode, exists } from '../../platform/files.ts';
import { type GitCall, type GitDoor, readable, splitNul } from './door.ts';
import { isGitDirectory } from './repository.ts';

const fileLimit = 10_000;
const totalBytes = 1 << 30;
const atOnce = 8;

export interface Included {
  copied: string[];
  /** What the file names and was not copied, and why; at most 100 are listed. */
  skipped: Array<{ path: string; reason: string }>;
}

/** Copies nothing that git tracks, nothing over a file that is there, and nothing through a link. Modes are kept. */
export async function copyIncluded(
  git: GitDoor,
  { repository, worktree, patterns = [] }: { repository: string; worktree: string; patterns?: readonly string[] },
): Promise<Included> {
  const names = await wantedFiles(git, { repository, patterns });
  const copied: string[] = [];
  const skipped: Included['skipped'] = [];
  let bytes = 0;
  const copyOne = async (name: string): Promise<void> => {
    const path = readable(name);
    const found = await lstat(join(repository, path)).catch(() => null);
    const reason =
      found === null
        ? 'it cannot be read'
        : copied.length >= fileLimit
          ? `more than ${fileLimit} files`
          : found.isFile() && bytes + found.size > totalBytes
            ? 'more than 1 GiB in all'
            : null;
    if (found?.isFile() === true && reason === null) bytes += found.size;
    const trouble = reason ?? (await copyEntry(repository, worktree, path, found?.isSymbolicLink() === true));
    if (trouble === null) copied.push(path);
    else if (skipped.length < 100) skipped.push({ path, reason: trouble });
  };
  for (let at = 0; at < names.length; at += atOnce) await Promise.all(names.slice(at, at + atOnce).map(copyOne));
  return { copied: copied.sort(), skipped };
}

/** Files of the checkout that every worktree should have: they match what is wanted, and git ignores them. Byte strings. */
export async function wantedFiles(
  git: GitDoor,
  { repository, patterns }: { repository: string; patterns: readonly string[] },
): Promise<string[]> {
  const list = join(repository, '.worktreeinclude');
  const wanted = [
    ...((await exists(list)) ? [`--exclude-from=${list}`] : []),
    ...patterns.map((pattern) => `--exclude=${pattern}`),
  ];
  if (wanted.length === 0 || (await isGitDirectory(repository))) return [];
  const call: GitCall = { cwd: repository, timeoutMs: 60_000 };
  const { stdout } = await git.run(['ls-files', '-z', '--others', '--ignored', ...wanted], call);
  if (stdout.byteLength === 0) return [];
  const ignored = await git.run(['check-ignore', '-z', '--stdin'], { ...call, input: stdout, accept: [0, 1] });
  return splitNul(ignored.stdout).filter((name) => !name.endsWith('/'));
}

/** Null when it was copied, else why not. */
async function copyEntry(from: string, to: string, path: string, isLink: boolean): Promise<string | null> {
  const source = join(from, path);
  const target = join(to, path);
  try {
    if (await leadsThroughLink(to, path)) return 'a folder of its path is a link in the worktree';
    await mkdir(dirname(target), { recursive: true });
    if (isLink) {
      const goal = await readlink(source);
      const end = resolve(dirname(source), goal);
      if (isAbsolute(goal) || !(end === from || end.startsWith(from + sep)))
        return 'a link that leads out of the repository';
      await symlink(goal, target);
    } else {
      await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    }
    return null;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return 'it is in the worktree already';
    if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full';
    return code === 'EACCES' ? 'permission denied' : `it cannot be copied (${code ?? 'unknown error'})`;
  }
}

async function leadsThroughLink(root: string, path: string): Promise<boolean> {
  const folders = dirname(path) === '.' ? [] : dirname(path).split('/');
  for (let depth = 1; depth <= folders.length; depth++) {
    const found = await lstat(join(root, ...folders.slice(0, depth))).catch(() => null);
    if (found === null) return false;
    if (found.isSymbolicLink()) return true;
  }
  return false;
}
