// Commit and push with the user's own git: their hooks, their identity, their signing, their credentials. Every step
// looks at what is there, so a second call does what is still missing and nothing twice.
import { Failure, type FailureBody } from '../../domain/failure.ts';
import { plainText } from '../../domain/plain-text.ts';
import type { ShipResult, ShipStep } from '../../domain/ship.ts';
import type { Clock } from '../../platform/clock.ts';
import { exists } from '../../platform/files.ts';
import type { GitCall, GitDoor } from '../git/door.ts';
import { cleanWords, firstComplaint, toFailure } from '../git/git-failure.ts';
import { commitOf, inWorktree } from '../git/repository.ts';
import { check } from './check.ts';
import { makeMessage } from './message.ts';
import { collectProgress } from './progress-text.ts';
import { pushFailure } from './push-outcome.ts';
import { asItIs, type Destination, findDestinations } from './remote.ts';
import type { Ship, ShipProgress, ShipRequest } from './ship.ts';

/** Hooks run test suites; pushes cross slow lines. Both can be stopped by the user at any time. */
const commitMs = 60 * 60_000;
const pushMs = 30 * 60_000;

export function createShip({ git, clock }: { git: GitDoor; clock: Clock }): Ship {
  const running = new Map<string, Promise<ShipResult>>();
  const steps = new WeakMap<object, ShipStep>();
  return {
    ship(request, progress, signal) {
      // Pressing twice ships once: the second press gets the first one's result.
      const before = running.get(request.worktree);
      if (before !== undefined) return before;
      let step: ShipStep = 'check';
      const told: ShipProgress = {
        step: (now, output) => {
          step = now;
          progress.step(now, output);
        },
      };
      const ended = shipOnce(git, clock, request, told, signal)
        .catch((error: unknown) => {
          if (typeof error === 'object' && error !== null) steps.set(error, step);
          throw error;
        })
        .finally(() => running.delete(request.worktree));
      running.set(request.worktree, ended);
      return ended;
    },
    stepOf: (error) => (typeof error === 'object' && error !== null ? (steps.get(error) ?? 'check') : 'check'),
  };
}

async function shipOnce(
  git: GitDoor,
  clock: Clock,
  request: ShipRequest,
  progress: ShipProgress,
  signal: AbortSignal,
): Promise<ShipResult> {
  progress.step('check', '');
  const found = await check(git, request, signal);
  progress.step('message', '');
  const given = plainText(request.message ?? '').trim();
  let commit = found.head;
  if (found.changed.length > 0) {
    const message = given === '' ? makeMessage({ ...request, files: found.changed }) : `${given}\n`;
    progress.step('message', message);
    commit = await makeCommit(git, clock, request, message, progress, signal);
  }
  const result = { commit, branch: request.branch, pushed: false, remote: null, pullRequest: null };
  if (!request.push) return result;
  progress.step('push', '');
  return { ...result, pushed: true, remote: await push(git, clock, request, progress, signal) };
}

async function makeCommit(
  git: GitDoor,
  clock: Clock,
  request: ShipRequest,
  message: string,
  progress: ShipProgress,
  signal: AbortSignal,
): Promise<string> {
  progress.step('commit', '');
  const output = collectProgress(clock, (text) => progress.step('commit', text));
  const here: GitCall = { ...inWorktree(request.worktree), readOnly: false, signal };
  try {
    await git.run(['add', '--all', '--', '.'], { ...here, programs: true, timeoutMs: commitMs });
    const args = ['commit', '--cleanup=whitespace', '--file=-'];
    const { exitCode, stderr, stdout } = await git.run(args, {
      cwd: here.cwd,
      // Hooks run git themselves: they must not inherit how we read paths.
      env: { GIT_CEILING_DIRECTORIES: here.env?.['GIT_CEILING_DIRECTORIES'] ?? '' },
      readOnly: false,
      hooks: true,
      input: message,
      accept: [0, 1, 128],
      timeoutMs: commitMs,
      maxBytes: 64 << 20,
      signal,
      onOutput: output.add,
    });
    const after = await commitOf(git, here, 'HEAD');
    if (exitCode === 0 && after !== null) return after;
    const words = cleanWords(`${stdout.toString('utf8')}${stderr.toString('utf8')}`);
    // A hook may undo every change it does not like; then there is nothing left to commit and no harm is done.
    if (exitCode === 1 && /nothing to commit|nothing added to commit/.test(words)) {
      throw new Failure({
        code: 'nothing-to-ship',
        message: 'there was nothing left to commit after git looked at the changes',
        remedy: 'look at the diff, then ship again',
        detail: words,
      });
    }
    throw await commitFailure(git, request, { exitCode, words, args, stderr });
  } finally {
    output.close();
  }
}

async function commitFailure(
  git: GitDoor,
  request: ShipRequest,
  { exitCode, words, args, stderr }: { exitCode: number; words: string; args: string[]; stderr: Buffer },
): Promise<Failure> {
  if (/gpg failed to sign|failed to write commit object/.test(words)) {
    return new Failure({
      code: 'cannot-sign',
      message: 'the commit could not be signed',
      remedy: 'unlock your key in a terminal (for example: echo test | gpg --clearsign), then ship again',
      detail: words,
    });
  }
  // git itself ends with 128; 1 is what a hook that refuses makes of it, whatever the hook printed.
  const hooks =
    exitCode === 1 ? await presentHooks(git, request.worktree, ['pre-commit', 'prepare-commit-msg', 'commit-msg']) : [];
  if (hooks.length === 0) return toFailure(args, request.worktree, { stderr, exitCode, trouble: null });
  return new Failure({
    code: 'hook-failed',
    message: `the ${hooks.join(' or ')} hook refused the commit: ${firstComplaint(words) ?? 'it printed nothing'}`,
    remedy: 'correct what the hook complains about (or tell the agent to), then ship again',
    detail: words,
  });
}

async function presentHooks(git: GitDoor, worktree: string, names: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const here = inWorktree(worktree);
    // Asked with hooks on: otherwise the answer would be our own setting that turns them off.
    const path = await git.text(['rev-parse', '--path-format=absolute', '--git-path', `hooks/${name}`], {
      ...here,
      hooks: true,
    });
    if (await exists(path)) found.push(name);
  }
  return found;
}

/** Pushes to every address of the remote, as git does, and returns them as they may be shown. */
async function push(
  git: GitDoor,
  clock: Clock,
  request: ShipRequest,
  progress: ShipProgress,
  signal: AbortSignal,
): Promise<string> {
  const destinations = await findDestinations(git, request);
  if (destinations.length === 0) {
    throw new Failure({
      code: 'no-remote',
      message: 'the commit is made and stays, but there is no remote to push to',
      remedy: 'add one with git remote add origin <url>, then ship again; or ship without pushing',
    });
  }
  const output = collectProgress(clock, (text) => progress.step('push', text));
  try {
    const failures: FailureBody[] = [];
    for (const destination of destinations) {
      const failed = await pushTo(git, destination, request, output.add, signal);
      // As git does: one address that refuses does not keep the others from getting the branch.
      if (failed !== null) failures.push(failed);
    }
    const [first] = failures;
    if (first !== undefined) throw new Failure(first);
    return destinations.map(({ shown }) => shown).join(', ');
  } finally {
    output.close();
  }
}

async function pushTo(
  git: GitDoor,
  destination: Destination,
  { branch, worktree }: ShipRequest,
  onOutput: NonNullable<GitCall['onOutput']>,
  signal: AbortSignal,
): Promise<FailureBody | null> {
  const ref = `refs/heads/${branch}`;
  const { exitCode, stdout, stderr } = await git.run(
    // An explicit address and refspec: no setting of the remote has a say, no tracking ref moves, nothing is forced.
    ['push', '--porcelain', '--progress', '--no-follow-tags', '--no-force', '--', destination.url, `${ref}:${ref}`],
    {
      cwd: worktree,
      env: { GIT_CEILING_DIRECTORIES: inWorktree(worktree).env['GIT_CEILING_DIRECTORIES'] ?? '' },
      settings: asItIs(destination),
      readOnly: false,
      hooks: true,
      accept: [0, 1, 128],
      timeoutMs: pushMs,
      maxBytes: 64 << 20,
      signal,
      onOutput,
    },
  );
  const report = {
    exitCode,
    stdout: stdout.toString('utf8'),
    words: cleanWords(stderr.toString('utf8')),
    branch,
    remote: destination.shown,
    worktree,
  };
  if (pushFailure({ ...report, hook: false }) === null) return null;
  return pushFailure({ ...report, hook: (await presentHooks(git, worktree, ['pre-push'])).length > 0 });
}
