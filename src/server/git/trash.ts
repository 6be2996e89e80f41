// The safety copy of a worktree, kept in a ref of the user's repository:
//
//   refs/sesame/trash/<id> = W   tree: every file as it was, untracked ones included, ignored ones not
//     first parent           = the session's branch
//     second parent          = I, tree: the index; parent: HEAD
//
// Files that differ from the index are kept byte for byte: no filter, no line-ending rule, no hook has a say.
import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import { Sha } from '../../domain/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import { exists } from '../../platform/files.ts';
import { type GitCall, type GitDoor, onDisk, pathLines, readable, splitNul } from './door.ts';
import {
  callFor,
  commitOf,
  commonDirectoryOf,
  filterNames,
  findRegistration,
  gitDirectoryOf,
  inWorktree,
  withPrivateIndex,
} from './repository.ts';

export const trashPrefix = 'refs/sesame/trash/';
/** Hashing every changed file of a very large worktree. */
const savingMs = 10 * 60_000;

export async function saveTrash(
  git: GitDoor,
  clock: Clock,
  options: { repository: string; worktree: string; branch: string; id: string },
): Promise<{ ref: string; sha: Sha }> {
  if (!/^[0-9A-Za-z][0-9A-Za-z-]*$/.test(options.id)) throw new Error(`not an id for the trash: ${options.id}`);
  const call = { ...(await callFor(options.repository)), readOnly: false };
  const tip = await commitOf(git, call, `refs/heads/${options.branch}`);
  const commit = (tree: string, parents: string[]): Promise<Sha> =>
    makeCommit(git, call, { tree, parents, subject: `sesame: ${options.branch} as it was discarded`, at: clock.now() });

  const known = await findRegistration(await commonDirectoryOf(git, call), options.worktree);
  let kept: Sha;
  if (known !== null && (await exists(options.worktree))) {
    const here = inWorktree(options.worktree);
    const head = await commitOf(git, here, 'HEAD');
    const trees = await readTrees(git, options.worktree);
    const branch = tip ?? head ?? (await commit(await emptyTree(git, call), []));
    const index = await commit(trees.index, head === null ? [branch] : [head]);
    kept = await commit(trees.files, [branch, index]);
  } else if (tip !== null) {
    kept = await commit(`${tip}^{tree}`, [tip]);
  } else {
    throw new Failure({
      code: 'nothing-to-keep',
      message: `neither the worktree ${options.worktree} nor the branch ${options.branch} is there any more`,
      remedy: 'the session can be removed from the list',
    });
  }
  const ref = trashPrefix + options.id;
  await git.run(['update-ref', '--', ref, kept], call);
  return { ref, sha: kept };
}

/** Trees of the index and of all files that git does not ignore, as objects in the repository. */
async function readTrees(git: GitDoor, worktree: string): Promise<{ index: string; files: string }> {
  const here = inWorktree(worktree);
  const [gitDirectory, withoutFilters] = await Promise.all([gitDirectoryOf(git, here), filterNames(git, here)]);
  return withPrivateIndex(gitDirectory, async (index) => {
    const call: GitCall = {
      cwd: here.cwd,
      env: { ...here.env, ...index },
      withoutFilters,
      readOnly: false,
      timeoutMs: savingMs,
    };
    const unmerged = await dropUnmerged(git, call);
    const indexTree = await git.text(['write-tree'], call);
    const paths = new Set([...unmerged, ...(await changedPaths(git, call)), ...(await untrackedPaths(git, call))]);
    if (await exists(join(gitDirectory, 'modules'))) await refuseLiveSubmodules(git, call);
    const entries = await hashFiles(git, call, worktree, [...paths], '0'.repeat(indexTree.length));
    if (entries.length > 0) {
      await git.run(['update-index', '-z', '--index-info'], {
        ...call,
        input: Buffer.from(entries.join(''), 'latin1'),
      });
    }
    return { index: indexTree, files: await git.text(['write-tree'], call) };
  });
}

/** Takes paths in conflict out of the private index: a tree cannot hold them. Their files are kept. */
async function dropUnmerged(git: GitDoor, call: GitCall): Promise<string[]> {
  const { stdout } = await git.run(['ls-files', '--unmerged', '-z'], call);
  const paths = [...new Set(splitNul(stdout).map((line) => line.slice(line.indexOf('\t') + 1)))];
  if (paths.length > 0) {
    await git.run(['update-index', '--force-remove', '-z', '--stdin'], {
      ...call,
      input: Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1'),
    });
  }
  return paths;
}

async function changedPaths(git: GitDoor, call: GitCall): Promise<string[]> {
  const { stdout } = await git.run(['diff-files', '--name-only', '-z', '--ignore-submodules=all'], call);
  return splitNul(stdout);
}

async function untrackedPaths(git: GitDoor, call: GitCall): Promise<string[]> {
  const { stdout } = await git.run(['ls-files', '-z', '--others', '--exclude-standard'], call);
  const paths = splitNul(stdout);
  const nested = paths.find((path) => path.endsWith('/'));
  if (nested !== undefined) throw holdsRepository(call.cwd, readable(nested));
  return paths;
}

/** Commits and changes inside a submodule live in its own repository, which goes away with the worktree. */
async function refuseLiveSubmodules(git: GitDoor, call: GitCall): Promise<void> {
  const { stdout } = await git.run(
    ['status', '--porcelain=v2', '-z', '--untracked-files=no', '--ignore-submodules=none'],
    call,
  );
  for (const record of splitNul(stdout)) {
    const match = /^[12] \S+ S(?!\.\.\.)\S{3} (?:\S+ ){5,6}(.*)$/s.exec(record);
    if (match !== null) throw holdsRepository(call.cwd, readable(match[1] ?? ''));
  }
}

function holdsRepository(worktree: string, path: string): Failure {
  return new Failure({
    code: 'nested-repository',
    message: `${join(worktree, path)} is a repository of its own with work that cannot be kept here`,
    remedy: 'push its work or move the directory away, then try again',
  });
}

/** Lines for `update-index --index-info`: removals first, so that a file may take the place of a directory. */
async function hashFiles(
  git: GitDoor,
  call: GitCall,
  worktree: string,
  paths: string[],
  noObject: string,
): Promise<string[]> {
  const removed: string[] = [];
  const added: string[] = [];
  const files: Array<{ path: string; mode: string }> = [];
  for (const path of paths) {
    const bytes = onDisk(worktree, path);
    const found = await lstat(bytes).catch(() => null);
    if (found?.isSymbolicLink() === true) {
      const target = await readlink(bytes, 'buffer');
      const sha = await git.text(['hash-object', '-w', '--no-filters', '--stdin'], { ...call, input: target });
      added.push(`120000 ${sha}\t${path}\0`);
    } else if (found?.isFile() === true) {
      files.push({ path, mode: (found.mode & 0o100) === 0 ? '100644' : '100755' });
    } else if (found === null || found.isDirectory()) {
      removed.push(`0 ${noObject}\t${path}\0`);
    }
  }
  if (files.length > 0) {
    const { stdout } = await git.run(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
      ...call,
      input: pathLines(files.map(({ path }) => path)),
    });
    const shas = stdout.toString('latin1').trimEnd().split('\n');
    if (shas.length !== files.length) throw new Error(`${shas.length} objects for ${files.length} files`);
    added.push(...files.map(({ path, mode }, index) => `${mode} ${shas[index] ?? ''}\t${path}\0`));
  }
  return [...removed, ...added];
}

async function emptyTree(git: GitDoor, call: GitCall): Promise<string> {
  return git.text(['mktree'], { ...call, input: '' });
}

/** A commit by sesame itself: no identity of the user is needed, no hook runs, nothing is signed. */
async function makeCommit(
  git: GitDoor,
  call: GitCall,
  options: { tree: string; parents: string[]; subject: string; at: number },
): Promise<Sha> {
  const tree = await git.text(['rev-parse', '--verify', options.tree], call);
  const date = `${Math.floor(options.at / 1000)} +0000`;
  const who = { NAME: 'sesame', EMAIL: 'sesame@localhost', DATE: date };
  const env: Record<string, string> = { ...call.env };
  for (const [field, value] of Object.entries(who)) {
    env[`GIT_AUTHOR_${field}`] = value;
    env[`GIT_COMMITTER_${field}`] = value;
  }
  const parents = options.parents.flatMap((parent) => ['-p', parent]);
  return Sha.parse(
    await git.text(['commit-tree', tree, ...parents, '-F', '-'], { ...call, env, input: `${options.subject}\n` }),
  );
}

export async function expireTrash(git: GitDoor, clock: Clock, repository: string, days: number): Promise<number> {
  const call = { ...(await callFor(repository)), readOnly: false };
  const format = '--format=%(refname) %(objectname) %(committerdate:unix)';
  const lines = (await git.text(['for-each-ref', format, trashPrefix], call)).split('\n');
  const oldest = clock.now() / 1000 - days * 86_400;
  let expired = 0;
  for (const line of lines) {
    const [ref, sha, at] = line.split(' ');
    if (ref === undefined || sha === undefined || !(Number(at) < oldest)) continue;
    await git.run(['update-ref', '-d', '--', ref, sha], call);
    expired++;
  }
  return expired;
}
