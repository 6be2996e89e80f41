// What git said, turned into what happened and what to do. git speaks English here: the door sets LC_ALL.
import { readdir, readFile, readlink, statfs } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { Failure, type FailureBody } from '../../domain/failure.ts';
import { plainText } from '../../domain/plain-text.ts';

export type GitTrouble = 'not-found' | 'timeout' | 'too-much-output' | 'aborted';

interface Outcome {
  stderr: Buffer;
  exitCode: number | null;
  trouble: GitTrouble | null;
}

/** At most this much of a program's words is kept with a failure. */
const detailLimit = 8 << 10;

/** The Failure for a call that did not give an accepted answer. Never throws. */
export async function toFailure(args: readonly string[], cwd: string, outcome: Outcome): Promise<Failure> {
  const words = cleanWords(outcome.stderr.toString('utf8'));
  if (outcome.trouble !== null) return new Failure(ofTrouble(outcome.trouble, args));
  const lock = /Unable to create '(.+\.lock)': File exists/.exec(words)?.[1];
  if (lock !== undefined) return new Failure({ ...(await ofLock(lock)), detail: words });
  for (const { pattern, body } of known) {
    const match = pattern.exec(words);
    if (match !== null) return new Failure({ ...body(match, cwd), detail: words });
  }
  if (await isDiskFull(words, cwd)) return new Failure({ ...diskFull(cwd), detail: words });
  const command = args.find((arg) => !arg.startsWith('-')) ?? '';
  return new Failure({
    code: 'git-failed',
    message: `git ${command} failed in ${cwd}: ${firstComplaint(words) ?? `exit code ${outcome.exitCode ?? 'unknown'}`}`,
    remedy: 'run the same in that directory to see more',
    detail: words,
  });
}

/** A program's output fit for a screen: no control characters, no user names or passwords of URLs, bounded. */
export function cleanWords(text: string): string {
  const clean = withoutUserinfo(plainText(text)).trimEnd();
  return clean.length <= detailLimit ? clean : `…${clean.slice(-detailLimit)}`;
}

/** Removes `user:password@` from every URL in the text. */
export function withoutUserinfo(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/'"@]*(?:@[^\s/'"@]*)*@/gi, '$1');
}

/** The line that says what is wrong, without git's own prefix. */
export function firstComplaint(words: string): string | null {
  const line = /^(?:fatal|error): (.+)$/m.exec(words)?.[1] ?? words.split('\n').find((text) => text.trim() !== '');
  return line ?? null;
}

function diskFull(cwd: string): FailureBody {
  return {
    code: 'disk-full',
    message: `the disk is full, git could not write in ${cwd}`,
    remedy: 'free some space, then try again',
  };
}

/** Some of git's messages about a failed write do not say why, so look at the disk itself. */
async function isDiskFull(words: string, cwd: string): Promise<boolean> {
  if (!/(?:couldn't|could not|unable to|failed to|cannot) (?:write|create|update)|write error/.test(words))
    return false;
  const named = /'(\/[^']+)'/.exec(words)?.[1];
  for (const path of [cwd, ...(named === undefined ? [] : [dirname(named)])]) {
    const disk = await statfs(path).catch(() => null);
    if (disk !== null && disk.bavail * disk.bsize < 64 << 10) return true;
  }
  return false;
}

function ofTrouble(trouble: GitTrouble, args: readonly string[]): FailureBody {
  const command = `git ${args.find((arg) => !arg.startsWith('-')) ?? ''}`.trim();
  switch (trouble) {
    case 'not-found':
      return {
        code: 'no-git',
        message: 'git was not found',
        remedy: 'install git 2.36 or newer and make sure it is in the PATH of the server',
      };
    case 'timeout':
      return {
        code: 'git-timeout',
        message: `${command} took too long and was ended`,
        remedy: 'check the disk and the network, then try again',
      };
    case 'too-much-output':
      return {
        code: 'git-output-too-large',
        message: `${command} printed more than fits here`,
        remedy: 'run it in the worktree to see everything',
      };
    case 'aborted':
      return { code: 'aborted', message: `${command} was stopped`, remedy: 'start it again when you want it' };
  }
}

const known: ReadonlyArray<{ pattern: RegExp; body: (match: RegExpExecArray, cwd: string) => FailureBody }> = [
  {
    pattern: /No space left on device|Disk quota exceeded|Out of diskspace/,
    body: (_match, cwd) => diskFull(cwd),
  },
  {
    pattern: /Read-only file system/,
    body: (_match, cwd) => ({
      code: 'read-only',
      message: `the file system of ${cwd} is read-only`,
      remedy: 'make it writable, then try again',
    }),
  },
  {
    pattern: /detected dubious ownership in repository at '(.+)'/,
    body: (match, cwd) => ({
      code: 'dubious-ownership',
      message: `git does not trust ${match[1] ?? cwd}: it belongs to another user`,
      remedy: `if you trust it: git config --global --add safe.directory '${match[1] ?? cwd}'`,
    }),
  },
  {
    pattern: /not a git repository|cannot use bare repository/,
    body: (_match, cwd) => ({
      code: 'not-a-repository',
      message: `${cwd} is not in a git repository`,
      remedy: 'go to a repository, or make one here: git init && git commit --allow-empty -m start',
    }),
  },
  {
    pattern: /'(.+)' is already (?:checked out|used by worktree) at '(.+)'/,
    body: (match) => ({
      code: 'branch-taken',
      message: `the branch ${match[1] ?? ''} is checked out in ${match[2] ?? 'another worktree'}`,
      remedy: 'switch that worktree to another branch, or choose another name',
    }),
  },
  {
    pattern: /a branch named '(.+)' already exists/,
    body: (match) => ({
      code: 'branch-taken',
      message: `there is a branch ${match[1] ?? ''} already`,
      remedy: 'choose another name or delete that branch',
    }),
  },
  {
    pattern: /'(.+)' already exists|'(.+)' is a missing but already registered worktree/,
    body: (match) => ({
      code: 'worktree-taken',
      message: `${match[1] ?? match[2] ?? 'the directory'} exists already`,
      remedy: 'move that directory away, then try again',
    }),
  },
  {
    pattern: /insufficient permission|Permission denied/,
    body: (_match, cwd) => ({
      code: 'no-permission',
      message: `git may not write or read something in ${cwd}`,
      remedy: 'make the repository yours or writable, then try again',
    }),
  },
];

/** git's lock files hold no owner, so look for a git at work in the same repository. */
async function ofLock(lock: string): Promise<FailureBody> {
  const owner = await gitAtWorkIn(dirname(lock));
  return {
    code: 'locked',
    message:
      owner === null
        ? `the repository is locked by ${lock}, and no running git was found that owns it`
        : `the repository is locked by ${lock}: git is at work there (pid ${owner})`,
    remedy:
      owner === null
        ? `if no git runs there, delete the lock and try again: rm '${lock}'`
        : 'wait until it has ended, then try again',
  };
}

/** The pid of a git process whose directory is in the repository of this git directory; null when there is none or no /proc. */
async function gitAtWorkIn(gitDirectory: string): Promise<number | null> {
  const markAt = gitDirectory.lastIndexOf(`${sep}.git`);
  const root = markAt > 0 ? gitDirectory.slice(0, markAt) : gitDirectory;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    try {
      if ((await readFile(`/proc/${pid}/comm`, 'utf8')).trim() !== 'git') continue;
      const at = await readlink(`/proc/${pid}/cwd`);
      if (at === root || at.startsWith(root + sep) || at.startsWith(gitDirectory)) return Number(pid);
    } catch {
      // The process ended or belongs to someone else: it is not the owner we can name.
    }
  }
  return null;
}
