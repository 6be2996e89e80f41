// Is it safe to ship, and what is there to ship? Reads only.
import { basename, join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import { exists } from '../../platform/files.ts';
import { type GitDoor, readable, splitNul } from '../git/door.ts';
import { callFor, commitOf, commonDirectoryOf, gitDirectoryOf, inWorktree, truePath } from '../git/repository.ts';
import type { ShipRequest } from './ship.ts';

export interface Shippable {
  /** Paths with uncommitted changes, readable form. */
  changed: string[];
  /** The commit checked out. */
  head: string;
}

/** Throws a Failure that says why this cannot be shipped: branch-switched, in-the-middle, nothing-to-ship … */
export async function check(git: GitDoor, request: ShipRequest, signal: AbortSignal): Promise<Shippable> {
  const here = { ...inWorktree(request.worktree), signal };
  const gitDirectory = await gitDirectoryOf(git, here);
  await checkSameRepository(git, request);
  await checkBranch(git, request, gitDirectory);
  await checkNotInTheMiddle(request.worktree, gitDirectory);
  const { stdout } = await git.run(
    ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--ignore-submodules=dirty'],
    {
      ...here,
      timeoutMs: 120_000,
    },
  );
  const changed = readStatus(request.worktree, stdout);
  const head = await commitOf(git, here, 'HEAD');
  if (head === null) throw nothingToShip(request);
  if (changed.length === 0) {
    // A base that is gone cannot be compared with; then there is something to ship.
    const ahead = await git.run(['rev-list', '--max-count=1', `${request.base}..HEAD`, '--'], {
      ...here,
      accept: [0, 128],
    });
    if (ahead.exitCode === 0 && ahead.stdout.byteLength === 0) throw nothingToShip(request);
  } else {
    await checkIdentity(git, request);
  }
  return { changed, head };
}

function nothingToShip(request: ShipRequest): Failure {
  return new Failure({
    code: 'nothing-to-ship',
    message: `${request.branch} has no changes and no commits of its own`,
    remedy: 'let the agent work first',
  });
}

/** The agent may have replaced the worktree's link with a repository of its own. */
async function checkSameRepository(git: GitDoor, request: ShipRequest): Promise<void> {
  const [mine, users] = await Promise.all([
    commonDirectoryOf(git, inWorktree(request.worktree)),
    callFor(request.repository).then((call) => commonDirectoryOf(git, call)),
  ]);
  if ((await truePath(mine)) === (await truePath(users))) return;
  throw new Failure({
    code: 'not-ours',
    message: `${request.worktree} does not belong to ${request.repository} any more`,
    remedy: 'look into it; its .git was replaced',
  });
}

async function checkBranch(git: GitDoor, request: ShipRequest, gitDirectory: string): Promise<void> {
  const { stdout } = await git.run(['symbolic-ref', '--quiet', 'HEAD'], {
    ...inWorktree(request.worktree),
    accept: [0, 1],
  });
  const ref = stdout.toString('utf8').trimEnd();
  if (ref === `refs/heads/${request.branch}`) return;
  // During a rebase HEAD is detached; the better words are those of checkNotInTheMiddle.
  if (ref === '') await checkNotInTheMiddle(request.worktree, gitDirectory);
  throw new Failure({
    code: 'branch-switched',
    message: `the worktree has ${ref === '' ? 'no branch' : ref.replace(/^refs\/heads\//, '')} checked out, not ${request.branch}`,
    remedy: `in ${request.worktree}: git switch ${request.branch}`,
  });
}

const unfinished: ReadonlyArray<{ file: string; what: string; command: string }> = [
  { file: 'MERGE_HEAD', what: 'a merge', command: 'merge' },
  { file: 'rebase-merge', what: 'a rebase', command: 'rebase' },
  { file: 'rebase-apply', what: 'a rebase', command: 'rebase' },
  { file: 'CHERRY_PICK_HEAD', what: 'a cherry-pick', command: 'cherry-pick' },
  { file: 'REVERT_HEAD', what: 'a revert', command: 'revert' },
];

async function checkNotInTheMiddle(worktree: string, gitDirectory: string): Promise<void> {
  for (const { file, what, command } of unfinished) {
    if (!(await exists(join(gitDirectory, file)))) continue;
    throw new Failure({
      code: 'in-the-middle',
      message: `${what} is not finished in ${worktree}`,
      remedy: `finish it there with git ${command} --continue, or give it up with git ${command} --abort`,
    });
  }
}

/** Changed paths of `status --porcelain=v2 -z`. Throws for conflicts and for a repository inside. */
function readStatus(worktree: string, stdout: Buffer): string[] {
  const changed: string[] = [];
  const records = splitNul(stdout);
  for (let at = 0; at < records.length; at++) {
    const record = records[at] ?? '';
    const path = readable(
      record
        .split(' ')
        .slice(fieldsBefore[record.charAt(0)] ?? 1)
        .join(' '),
    );
    if (record.startsWith('u ')) {
      throw new Failure({
        code: 'in-the-middle',
        message: `${path} has conflicts that are not resolved`,
        remedy: `resolve them in ${worktree} and git add the file`,
      });
    }
    if (record.startsWith('? ') && path.endsWith('/')) {
      throw new Failure({
        code: 'nested-repository',
        message: `${path} is a repository of its own and would be committed as a mere link`,
        remedy: `delete ${path}.git to commit its files, or add ${basename(path)} to .gitignore`,
      });
    }
    changed.push(path);
    // A rename is followed by the path it had.
    if (record.startsWith('2 ')) at++;
  }
  return changed;
}

/** Fields before the path, by kind of record. */
const fieldsBefore: Record<string, number> = { '1': 8, '2': 9, u: 10, '?': 1, '!': 1 };

/** Asked before anything is done: git would find out only after the hooks ran. */
async function checkIdentity(git: GitDoor, request: ShipRequest): Promise<void> {
  const here = inWorktree(request.worktree);
  for (const who of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    const { exitCode, stderr } = await git.run(['var', who], { ...here, accept: [0, 128] });
    if (exitCode === 0) continue;
    throw new Failure({
      code: 'no-identity',
      message: 'git does not know who you are, so it cannot commit',
      remedy: 'git config --global user.name "Your Name" and git config --global user.email you@example.com',
      detail: stderr.toString('utf8').slice(0, 2000),
    });
  }
}
