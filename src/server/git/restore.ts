// Bringing a discarded worktree back from its safety copy (trash.ts says what that is): the branch at its old commit,
// staged changes staged, every other file as it was, byte for byte.
import { chmod, mkdir, rename, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import type { Sha } from '../../domain/ids.ts';
import { errorCode, fileFailure } from '../../platform/files.ts';
import { type GitCall, type GitDoor, onDisk, readable, splitNul } from './door.ts';
import { callFor, commitOf, inWorktree } from './repository.ts';
import { addWorktree, checkOutBranch, removeWorktree } from './worktree.ts';

/** Bytes of blobs held in memory at once; a larger file is unpacked by git into a file. */
const batchBytes = 16 << 20;

interface Target {
  repository: string;
  path: string;
  branch: string;
}

/** All or nothing: when something fails, branch and worktree are taken away again and the safety copy stays. */
export async function restoreTrash(git: GitDoor, options: Target & { ref: string; existing?: boolean }): Promise<void> {
  const call = await callFor(options.repository);
  const kept = await commitOf(git, call, options.ref);
  if (kept === null) {
    throw new Failure({
      code: 'no-such-trash',
      message: `the safety copy ${options.ref} is gone from ${options.repository}`,
      remedy: 'copies are kept for 30 days; `git fsck --lost-found` may still find the commit',
    });
  }
  const branch = await commitOf(git, call, `${kept}^1`);
  if (branch === null) throw new Error(`${options.ref} is no safety copy of ours`);
  const index = await commitOf(git, call, `${kept}^2`);
  const existing = options.existing === true;
  if (existing) await checkOutUnmoved(git, options, branch);
  else await addWorktree(git, { ...options, sha: branch });
  try {
    const here: GitCall = { ...inWorktree(options.path), readOnly: false };
    if (index !== null) await git.run(['read-tree', '-m', '-i', index], here);
    await restoreFiles(git, here, branch, kept);
  } catch (error) {
    await removeWorktree(git, { ...options, branch: existing ? null : options.branch }).catch(() => undefined);
    throw error;
  }
}

/** The user's own branch, which has to stand where it stood: the kept files are changes to that commit. */
async function checkOutUnmoved(git: GitDoor, options: Target & { ref: string }, was: Sha): Promise<void> {
  const now = await commitOf(git, await callFor(options.repository), `refs/heads/${options.branch}`);
  if (now !== null && now !== was) {
    throw new Failure({
      code: 'branch-moved',
      message: `the branch ${options.branch} has moved on since the session was discarded`,
      remedy: `nothing is lost: its files are in ${options.ref}; see them with git show --stat ${options.ref}`,
    });
  }
  await checkOutBranch(git, { ...options, from: { ref: was, sha: was } });
}

interface Change {
  mode: string;
  sha: string;
  /** Path as bytes, one character each. */
  path: string;
}

async function restoreFiles(git: GitDoor, here: GitCall, from: string, to: string): Promise<void> {
  const { stdout } = await git.run(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to], here);
  const fields = splitNul(stdout);
  const changes: Change[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = '', , sha = ''] = (fields[at] ?? '').split(' ');
    changes.push({ mode, sha, path: fields[at + 1] ?? '' });
  }
  // First everything out of the way, so that no write goes through a link that should not be there.
  for (const { path } of changes) await clear(here.cwd, path);
  await writeAll(
    git,
    here,
    changes.filter(({ mode }) => mode !== '000000' && mode !== '160000'),
  );
}

async function clear(root: string, path: string): Promise<void> {
  await rm(onDisk(root, path), { force: true, recursive: true });
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    try {
      await rmdir(onDisk(root, parent));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') return;
    }
  }
}

async function writeAll(git: GitDoor, here: GitCall, changes: Change[]): Promise<void> {
  if (changes.length === 0) return;
  const asked = await git.text(['cat-file', '--batch-check=%(objectsize)'], {
    ...here,
    input: changes.map(({ sha }) => `${sha}\n`).join(''),
  });
  const sizes = asked.split('\n').map(Number);
  let batch: Change[] = [];
  let bytes = 0;
  for (const [at, change] of changes.entries()) {
    const size = sizes[at];
    if (size === undefined || !Number.isFinite(size)) throw new Error(`the safety copy lost ${readable(change.path)}`);
    if (size > batchBytes) {
      await unpackLarge(git, here, change);
      continue;
    }
    if (bytes + size > batchBytes || batch.length >= 1000) {
      await writeBatch(git, here, batch);
      batch = [];
      bytes = 0;
    }
    batch.push(change);
    bytes += size;
  }
  await writeBatch(git, here, batch);
}

async function writeBatch(git: GitDoor, here: GitCall, batch: Change[]): Promise<void> {
  if (batch.length === 0) return;
  const { stdout } = await git.run(['cat-file', '--batch'], {
    ...here,
    input: batch.map(({ sha }) => `${sha}\n`).join(''),
    maxBytes: batchBytes * 2,
  });
  let at = 0;
  for (const change of batch) {
    const headerEnd = stdout.indexOf(10, at);
    const size = Number(/^[0-9a-f]+ blob (\d+)$/.exec(stdout.toString('latin1', at, headerEnd))?.[1]);
    if (headerEnd === -1 || !Number.isFinite(size)) throw new Error(`the safety copy lost ${readable(change.path)}`);
    const content = stdout.subarray(headerEnd + 1, headerEnd + 1 + size);
    await write(here.cwd, change, content);
    at = headerEnd + 1 + size + 1;
  }
}

async function write(root: string, { path, mode }: Change, content: Buffer): Promise<void> {
  const file = onDisk(root, path);
  try {
    await mkdir(onDisk(root, dirname(path)), { recursive: true });
    if (mode === '120000') await symlink(content, file);
    else await writeFile(file, content, { flag: 'wx', mode: fileMode(mode) });
  } catch (error) {
    throw fileFailure(error, 'write', join(root, readable(path)));
  }
}

async function unpackLarge(git: GitDoor, here: GitCall, { path, mode, sha }: Change): Promise<void> {
  const name = await git.text(['unpack-file', sha], { ...here, timeoutMs: 10 * 60_000 });
  const file = onDisk(here.cwd, path);
  await mkdir(onDisk(here.cwd, dirname(path)), { recursive: true });
  await chmod(join(here.cwd, name), fileMode(mode) & ~process.umask());
  await rename(join(here.cwd, name), file);
}

function fileMode(mode: string): number {
  return mode === '100755' ? 0o777 : 0o666;
}
