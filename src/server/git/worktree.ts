// Worktrees of sessions: made, brought back, removed, listed. Only a worktree with our marker is ever removed.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import type { Sha } from '../../domain/ids.ts';
import { branchPrefix } from '../../domain/names.ts';
import { exec } from '../../platform/exec.ts';
import { exists, fileFailure } from '../../platform/files.ts';
import { type GitDoor, readable, splitNul } from './door.ts';
import type { WorktreeEntry } from './git.ts';
import {
  callFor,
  commitOf,
  commonDirectoryOf,
  findRegistration,
  isLinkedWorktree,
  linkedDirectoryOf,
  makingReason,
  markerName,
  truePath,
} from './repository.ts';

/** Checking out a very large repository on a slow disk. */
const checkoutMs = 15 * 60_000;

export async function addWorktree(
  git: GitDoor,
  options: { repository: string; path: string; branch: string; sha: Sha },
): Promise<void> {
  const call = { ...(await callFor(options.repository)), readOnly: false };
  await makeBranch(git, options);
  try {
    await checkOut(git, options);
  } catch (error) {
    // Only as long as it is still ours and unmoved; a failure here must not hide the first one.
    await git.run(['update-ref', '-d', `refs/heads/${options.branch}`, options.sha], call).catch(() => undefined);
    throw error;
  }
}

export async function checkOutBranch(
  git: GitDoor,
  options: { repository: string; path: string; branch: string; from: { ref: string; sha: Sha } },
): Promise<void> {
  const { repository, branch, from } = options;
  const call = { ...(await callFor(repository)), readOnly: false };
  await refuseElsewhere(git, options);
  const ref = `refs/heads/${branch}`;
  if ((await commitOf(git, call, ref)) !== null) {
    await checkOut(git, options);
    return;
  }
  await createBranch(git, { repository, branch, sha: from.sha, reason: `sesame: branch from ${from.ref}` });
  try {
    await checkOut(git, options);
  } catch (error) {
    await git.run(['update-ref', '-d', ref, from.sha], call).catch(() => undefined);
    throw error;
  }
  // As `git switch` does for a branch that a remote has: so it is pushed to where it came from.
  if ((await commitOf(git, call, `refs/remotes/${from.ref}`)) !== null) {
    await git.run(['branch', `--set-upstream-to=${from.ref}`, '--', branch], call);
  }
}

/** Git has a branch in one worktree at a time. A directory that is gone does not count. */
async function refuseElsewhere(
  git: GitDoor,
  { repository, path, branch }: { repository: string; path: string; branch: string },
): Promise<void> {
  const taken = (await listWorktrees(git, repository)).find(
    (entry) => entry.branch === branch && entry.path !== path && entry.prunable === null,
  );
  if (taken === undefined) return;
  throw new Failure({
    code: 'branch-checked-out',
    message: `the branch ${branch} is checked out in ${taken.path}`,
    remedy:
      'switch that one to another branch, or start from it as a base instead: the session then has a branch of its own',
  });
}

/** Creates the branch if there is none: one atomic step, so that of two at once one gets it. No upstream, no config. */
export async function makeBranch(
  git: GitDoor,
  options: { repository: string; branch: string; sha: Sha },
): Promise<void> {
  if (!options.branch.startsWith(branchPrefix)) throw new Error(`not a session's branch: ${options.branch}`);
  await createBranch(git, { ...options, reason: 'sesame: session started' });
}

async function createBranch(
  git: GitDoor,
  options: { repository: string; branch: string; sha: Sha; reason: string },
): Promise<void> {
  const call = await callFor(options.repository);
  const ref = `refs/heads/${options.branch}`;
  const { exitCode, stderr } = await git.run(['update-ref', '-m', options.reason, '--', ref, options.sha, ''], {
    ...call,
    readOnly: false,
    accept: [0, 1, 128],
  });
  if (exitCode === 0) return;
  const words = stderr.toString('utf8');
  if (
    /reference already exists|cannot create|cannot lock ref/.test(words) &&
    !/No space left|Permission denied|\.lock/.test(words)
  ) {
    throw new Failure({
      code: 'branch-taken',
      message: `the branch ${options.branch} cannot be made: the name is taken`,
      remedy: 'choose another name',
      detail: words.trimEnd(),
    });
  }
  // Asked again so that the door finds the words for it.
  await git.run(['update-ref', '-m', options.reason, '--', ref, options.sha, ''], {
    ...call,
    readOnly: false,
  });
}

export async function restoreWorktree(
  git: GitDoor,
  options: { repository: string; path: string; branch: string },
): Promise<void> {
  const call = await callFor(options.repository);
  if ((await commitOf(git, call, `refs/heads/${options.branch}`)) === null) {
    throw new Failure({
      code: 'no-such-branch',
      message: `the branch ${options.branch} is gone from ${options.repository}`,
      remedy: 'bring it back with git branch, or discard the session',
    });
  }
  const stale = await findRegistration(await commonDirectoryOf(git, call), options.path);
  if (stale?.ours === true && !(await exists(options.path))) {
    await git.run(['worktree', 'remove', '--force', '--force', '--', options.path], { ...call, readOnly: false });
  }
  await refuseElsewhere(git, options);
  await checkOut(git, options);
}

/**
 * Adds a worktree for an existing branch and marks it as ours. It is locked with our reason until the marker is there,
 * so that a crash in between leaves nothing that looks like the user's. Whatever fails, nothing of it stays.
 */
async function checkOut(git: GitDoor, options: { repository: string; path: string; branch: string }): Promise<void> {
  const call = { ...(await callFor(options.repository)), readOnly: false };
  if (await exists(options.path)) {
    throw new Failure({
      code: 'worktree-taken',
      message: `${options.path} exists already`,
      remedy: 'move that directory away, then try again',
    });
  }
  await mkdir(dirname(options.path), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw fileFailure(error, 'create the directory', dirname(options.path));
  });
  await git.run(['worktree', 'add', '--lock', '--reason', makingReason, '--', options.path, options.branch], {
    ...call,
    programs: true,
    timeoutMs: checkoutMs,
  });
  try {
    const made = await linkedDirectoryOf(options.path);
    if (made === null) throw new Error(`git made ${options.path} and does not know it`);
    const marker = join(made, markerName);
    await writeFile(marker, `${options.branch}\n`, { mode: 0o600 }).catch((error: unknown) => {
      throw fileFailure(error, 'write', marker);
    });
    // What `git worktree unlock` does.
    await rm(join(made, 'locked'), { force: true });
  } catch (error) {
    await git
      .run(['worktree', 'remove', '--force', '--force', '--', options.path], { ...call, timeoutMs: checkoutMs })
      .catch(() => undefined);
    throw error;
  }
}

export async function removeWorktree(
  git: GitDoor,
  options: { repository: string; path: string; branch: string | null },
): Promise<void> {
  const call = { ...(await callFor(options.repository)), readOnly: false };
  const common = await commonDirectoryOf(git, call);
  const registration = await findRegistration(common, options.path);
  const there = await exists(options.path);
  if (registration?.ours === false || (there && (registration === null || !(await isLinkedWorktree(options.path))))) {
    throw new Failure({
      code: 'not-ours',
      message: `${options.path} was not made by sesame or was changed since, so it is left alone`,
      remedy: 'look into it and delete it by hand if you do not need it',
    });
  }
  if (there) {
    await refuseAncestor(options.path, [options.repository, common]);
    await removeTree(git, options.path);
  }
  if (registration !== null) {
    await git.run(['worktree', 'remove', '--force', '--force', '--', options.path], call);
  }
  const { repository, branch } = options;
  if (branch !== null) await removeBranch(git, { repository, branch });
}

async function refuseAncestor(path: string, precious: string[]): Promise<void> {
  const at = await truePath(path);
  for (const other of precious) {
    const kept = await truePath(other);
    if (kept === at || kept.startsWith(at + sep)) throw new Error(`refusing to delete ${path}: ${other} is in it`);
  }
}

/** In a child process: a worktree can hold hundreds of thousands of files. */
async function removeTree(git: GitDoor, path: string): Promise<void> {
  const result = await exec('rm', ['-rf', '--', path], {
    env: { PATH: git.searchPath },
    timeoutMs: checkoutMs,
  });
  if (result.exitCode === 0) return;
  throw new Failure({
    code: 'cannot-remove',
    message: `${path} could not be deleted completely`,
    remedy: 'end the programs that use it and check its permissions, then try again',
    detail: result.stderr.toString('utf8').slice(0, 2000),
  });
}

/** Deletes the branch, unless a worktree has it checked out: the user may be looking at it. */
async function removeBranch(git: GitDoor, options: { repository: string; branch: string }): Promise<void> {
  if (!options.branch.startsWith(branchPrefix)) throw new Error(`not a session's branch: ${options.branch}`);
  const call = await callFor(options.repository);
  const sha = await commitOf(git, call, `refs/heads/${options.branch}`);
  if (sha === null) return;
  const others = await listWorktrees(git, options.repository);
  if (others.some(({ branch }) => branch === options.branch)) return;
  await git.run(['update-ref', '-d', `refs/heads/${options.branch}`, sha], { ...call, readOnly: false });
}

export async function listWorktrees(git: GitDoor, repository: string): Promise<WorktreeEntry[]> {
  const { stdout } = await git.run(['worktree', 'list', '--porcelain', '-z'], await callFor(repository));
  const entries: WorktreeEntry[] = [];
  for (const line of splitNul(stdout).map(readable)) {
    const [key = ''] = line.split(' ', 1);
    const value = line.slice(key.length + 1);
    if (key === 'worktree') {
      entries.push({ path: value, head: null, branch: null, bare: false, prunable: null, locked: null });
      continue;
    }
    const entry = entries.at(-1);
    if (entry === undefined) continue;
    if (key === 'HEAD') entry.head = /^0+$/.test(value) ? null : value;
    else if (key === 'branch') entry.branch = value.replace(/^refs\/heads\//, '');
    else if (key === 'bare') entry.bare = true;
    else if (key === 'prunable') entry.prunable = value;
    else if (key === 'locked') entry.locked = value;
  }
  return entries;
}
