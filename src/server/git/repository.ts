// Where a repository keeps its things, and which worktrees are ours.
import { randomBytes } from 'node:crypto';
import { copyFile, lstat, readdir, realpath, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import { Sha } from '../../domain/ids.ts';
import { errorCode, exists, readSmallFile } from '../../platform/files.ts';
import type { GitCall, GitDoor } from './door.ts';

/** A file of this name in the git directory of a worktree says that we made it. Nothing else is ever removed. */
export const markerName = 'sesame-worktree';
/** The reason with which a worktree is locked while it is being made; as good as the marker. */
export const makingReason = 'sesame is making this worktree';

/**
 * How to call git for a repository the user named: its directory, and GIT_DIR when it is bare, because a bare
 * repository is used only when it is named, never when it is found.
 */
export async function callFor(repository: string): Promise<Pick<GitCall, 'cwd' | 'env'>> {
  return (await isGitDirectory(repository)) ? { cwd: repository, env: { GIT_DIR: repository } } : { cwd: repository };
}

/**
 * How to call git in a worktree of ours: never finds a repository further up when the worktree's own link is gone, and
 * takes paths as they are written.
 */
export function inWorktree(worktree: string): Pick<GitCall, 'cwd' | 'env'> & { env: Record<string, string> } {
  return { cwd: worktree, env: { GIT_CEILING_DIRECTORIES: dirname(worktree), GIT_LITERAL_PATHSPECS: '1' } };
}

/** True for a directory that is itself a git directory: a bare repository or a `.git`. */
export async function isGitDirectory(path: string): Promise<boolean> {
  const parts = await Promise.all(['HEAD', 'objects', 'refs'].map((name) => exists(join(path, name))));
  return parts.every(Boolean) && !(await exists(join(path, '.git')));
}

export async function gitDirectoryOf(git: GitDoor, call: Pick<GitCall, 'cwd' | 'env'>): Promise<string> {
  const linked = call.env?.['GIT_DIR'] === undefined ? await linkedDirectoryOf(call.cwd) : null;
  return linked ?? git.text(['rev-parse', '--absolute-git-dir'], call);
}

/**
 * Where git keeps the linked worktree, read from its link file without starting git. Null when there is none, or when
 * what it names does not point back.
 */
export async function linkedDirectoryOf(worktree: string): Promise<string | null> {
  const named = /^gitdir: (.+?)\n?$/s.exec((await readLink(join(worktree, '.git'))) ?? '')?.[1];
  if (named === undefined) return null;
  const directory = resolve(worktree, named);
  const back = (await readLink(join(directory, 'gitdir')))?.replace(/\n$/, '');
  if (back === undefined) return null;
  return (await truePath(dirname(resolve(directory, back)))) === (await truePath(worktree)) ? directory : null;
}

function readLink(path: string): Promise<string | null> {
  return readSmallFile(path).catch(() => null);
}

/** The git directory all worktrees of the repository share. */
export async function commonDirectoryOf(git: GitDoor, call: Pick<GitCall, 'cwd' | 'env'>): Promise<string> {
  const path = await git.text(['rev-parse', '--git-common-dir'], call);
  return isAbsolute(path) ? path : resolve(call.cwd, path);
}

/** The commit a revision names, or null. The text may be anything. */
export async function commitOf(
  git: GitDoor,
  call: Pick<GitCall, 'cwd' | 'env'>,
  revision: string,
): Promise<Sha | null> {
  if (revision.includes('\0') || revision === '') return null;
  const { stdout, exitCode } = await git.run(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
    { ...call, accept: [0, 1, 128] },
  );
  const sha = Sha.safeParse(stdout.toString('latin1').trim());
  return exitCode === 0 && sha.success ? sha.data : null;
}

/** What git keeps about one linked worktree: `<common>/worktrees/<name>`. */
export interface Registration {
  directory: string;
  ours: boolean;
}

/** The registration of the worktree at `path`, which may be gone; null when git does not know it. */
export async function findRegistration(common: string, path: string): Promise<Registration | null> {
  const wanted = await truePath(path);
  const names = await readdir(join(common, 'worktrees')).catch(() => []);
  for (const name of names) {
    const directory = join(common, 'worktrees', name);
    const link = await readLink(join(directory, 'gitdir'));
    if (link === null) continue;
    const at = dirname(resolve(directory, link.replace(/\n$/, '')));
    if (at !== path && (await truePath(at)) !== wanted) continue;
    return { directory, ours: await isOurs(directory) };
  }
  return null;
}

export async function isOurs(gitDirectory: string): Promise<boolean> {
  if (await exists(join(gitDirectory, markerName))) return true;
  const reason = await readSmallFile(join(gitDirectory, 'locked')).catch(() => null);
  return reason?.trim() === makingReason;
}

/** The path with links resolved as far as it exists: what is gone keeps its name. */
export async function truePath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await truePath(parent), basename(path));
  }
}

/**
 * Calls `use` with a private copy of the worktree's index, which is deleted afterwards. The agent's own index is never
 * locked or written. The copy lies in the git directory of the worktree, so that a shared index is found.
 */
export async function withPrivateIndex<T>(
  gitDirectory: string,
  use: (env: { GIT_INDEX_FILE: string }) => Promise<T>,
  options: { empty: boolean } = { empty: false },
): Promise<T> {
  const index = join(gitDirectory, 'index');
  const copy = join(gitDirectory, `sesame-index-${randomBytes(6).toString('hex')}`);
  try {
    if (!options.empty) await copyIndex(index, copy);
    return await use({ GIT_INDEX_FILE: copy });
  } finally {
    await rm(copy, { force: true });
    await rm(`${copy}.lock`, { force: true });
  }
}

async function copyIndex(from: string, to: string): Promise<void> {
  try {
    // Before copying: when git replaces the index in between, an older time only makes it look more carefully.
    const { mtime } = await stat(from);
    await copyFile(from, to);
    // Git trusts an entry's stat data only if the file is older than the index. The copy must not look newer than the
    // original, or a change made in the second of the checkout would be missed.
    const second = Math.floor(mtime.getTime() / 1000);
    await utimes(to, second, second);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    if (errorCode(error) === 'ENOSPC') {
      throw new Failure(
        {
          code: 'disk-full',
          message: `the disk is full, git could not write in ${dirname(to)}`,
          remedy: 'free some space, then try again',
        },
        { cause: error },
      );
    }
    throw error;
  }
}

/** Names of the filter drivers in the configuration, to switch them off. */
export async function filterNames(git: GitDoor, call: Pick<GitCall, 'cwd' | 'env'>): Promise<string[]> {
  const pattern = '^filter\\..*\\.(clean|smudge|process)$';
  const { stdout } = await git.run(['config', '--null', '--name-only', '--get-regexp', pattern], {
    ...call,
    accept: [0, 1],
  });
  const names = stdout
    .toString('utf8')
    .split('\0')
    .filter((key) => key !== '')
    .map((key) => key.slice('filter.'.length, key.lastIndexOf('.')));
  return [...new Set(names)];
}

/** The link file of a linked worktree; a main worktree has a directory there. */
export async function isLinkedWorktree(path: string): Promise<boolean> {
  const link = await lstat(join(path, '.git')).catch(() => null);
  return link?.isFile() ?? false;
}
