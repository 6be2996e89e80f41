// The one door to git. Every call has a hardened environment (environment.ts), a bound on time and on output, and
// becomes a Failure when git says no.
//
// Calls of git alone go through simple-git. Its `raw` turns output into text, so the bytes are taken from its output
// handler: paths need not be UTF-8. Calls that may run the user's programs for minutes (a checkout with filters, a commit
// with hooks, a push) go through exec, because simple-git can only interrupt git itself, once, and would leave the others
// running.
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { GitPluginError, type SimpleGitOptions, simpleGit } from 'simple-git';
import { Failure } from '../../domain/failure.ts';
import { exec } from '../../platform/exec.ts';
import { errorCode } from '../../platform/files.ts';
import { gitEnvironment } from './environment.ts';
import { type GitTrouble, toFailure } from './git-failure.ts';

export interface GitCall {
  cwd: string;
  input?: string | Uint8Array;
  /** Variables on top of the hardened ones: GIT_INDEX_FILE, GIT_DIR, dates. */
  env?: Readonly<Record<string, string>>;
  /** Takes no optional lock. Default true; false for calls that write. */
  readOnly?: boolean;
  /** May start programs of the user: filters, ssh, credential helpers. They are ended with the call. */
  programs?: boolean;
  /** Lets the user's hooks run; implies `programs`. */
  hooks?: boolean;
  /** Filter drivers that must not run; see `filterNames`. */
  withoutFilters?: readonly string[];
  /** Settings for this call alone, on top of the hardened ones. */
  settings?: ReadonlyArray<readonly [string, string]>;
  /** Exit codes that are answers. Default: only 0; anything else throws. */
  accept?: readonly number[];
  /** Default 30 s. */
  timeoutMs?: number;
  /** Default 32 MiB. Past it the call fails with `git-output-too-large`, or returns what came when `truncate`. */
  maxBytes?: number;
  truncate?: boolean;
  signal?: AbortSignal;
  onOutput?: (bytes: Uint8Array, from: 'stdout' | 'stderr') => void;
}

export interface GitAnswer {
  stdout: Buffer;
  stderr: Buffer;
  exitCode: number;
  /** The output was longer than the bound and `truncate` allowed it. */
  truncated: boolean;
}

export interface GitDoor {
  /** Where programs are looked for. */
  readonly searchPath: string;
  /** Runs git in `call.cwd`. Throws a Failure for an exit code that is not accepted and for everything that kept it from ending. */
  run(args: readonly string[], call: GitCall): Promise<GitAnswer>;
  /** The answer as text without its last newline. */
  text(args: readonly string[], call: GitCall): Promise<string>;
}

/** What simple-git would refuse and we do on purpose; `environment.ts` says why for each setting. */
const deliberate: NonNullable<SimpleGitOptions['unsafe']> = {
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeHooksPath: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeFilter: true,
  allowUnsafeEditor: true,
  allowUnsafePager: true,
  allowUnsafeAskPass: true,
  allowUnsafeSshCommand: true,
};

export function openGitDoor(inherited: NodeJS.ProcessEnv): GitDoor {
  const run = async (args: readonly string[], call: GitCall): Promise<GitAnswer> => {
    const bounds = { timeoutMs: call.timeoutMs ?? 30_000, maxBytes: call.maxBytes ?? 32 << 20 };
    const env = gitEnvironment(inherited, {
      hooks: call.hooks ?? false,
      withoutFilters: call.withoutFilters ?? [],
      settings: call.settings ?? [],
      readOnly: call.readOnly ?? true,
      extra: call.env ?? {},
    });
    await checkDirectory(call.cwd);
    const long = call.hooks === true || call.programs === true;
    let outcome = await (long ? runLong : runShort)(args, call, env, bounds);
    for (let tries = 1; tries < 12 && metHalfMadeWorktree(outcome) && call.hooks !== true; tries++) {
      await delay(10 * tries);
      outcome = await (long ? runLong : runShort)(args, call, env, bounds);
    }
    const truncated = outcome.trouble === 'too-much-output' && call.truncate === true;
    if (truncated || (outcome.trouble === null && (call.accept ?? [0]).includes(outcome.exitCode ?? -1))) {
      return { stdout: outcome.stdout, stderr: outcome.stderr, exitCode: outcome.exitCode ?? 0, truncated };
    }
    throw await toFailure(args, call.cwd, outcome);
  };
  return {
    searchPath: inherited['PATH'] ?? '/usr/bin:/bin',
    run,
    text: async (args, call) => (await run(args, call)).stdout.toString('utf8').replace(/\n$/, ''),
  };
}

/**
 * Every git that looks at the list of worktrees (add, list, remove) dies when it meets one that another git is just
 * adding: git 2.39 creates the file and fills it a moment later. It dies before it changes anything.
 */
function metHalfMadeWorktree(outcome: GitOutcome): boolean {
  return (
    outcome.exitCode === 128 && /failed to read \S*worktrees\/.*\/commondir/.test(outcome.stderr.toString('latin1'))
  );
}

export interface GitOutcome {
  stdout: Buffer;
  stderr: Buffer;
  exitCode: number | null;
  trouble: GitTrouble | null;
}

interface Bounds {
  timeoutMs: number;
  maxBytes: number;
}

async function runShort(
  args: readonly string[],
  call: GitCall,
  env: Record<string, string>,
  bounds: Bounds,
): Promise<GitOutcome> {
  const pieces = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const end = new AbortController();
  let trouble: GitTrouble | null = null;
  let kept = 0;
  let giveUp: () => void = () => undefined;
  const gaveUp = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  let lastWait: NodeJS.Timeout | undefined;
  const stop = (why: GitTrouble): void => {
    trouble ??= why;
    end.abort();
    // simple-git waits for the end of the output, which something that git started may hold open.
    lastWait ??= setTimeout(giveUp, 1000);
  };
  const take = (from: 'stdout' | 'stderr') => (bytes: Buffer) => {
    kept += bytes.byteLength;
    if (kept > bounds.maxBytes) stop('too-much-output');
    else pieces[from].push(bytes);
    call.onOutput?.(bytes, from);
  };
  const onAbort = (): void => stop('aborted');
  if (call.signal?.aborted === true) return { ...joined(pieces), exitCode: null, trouble: 'aborted' };
  call.signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop('timeout'), bounds.timeoutMs);
  let exitCode: number | null = null;
  try {
    const ended = simpleGit({
      baseDir: call.cwd,
      abort: end.signal,
      // The environment was built from an allow-list, so simple-git's own guard has nothing to add.
      allowEnvironment: Object.keys(env),
      unsafe: deliberate,
      // Without an input its pipe would stay open, and a command that reads it would never end.
      input: () => Buffer.from(call.input ?? ''),
      completion: { onClose: true, onExit: false },
      errors: (_error, result) => {
        exitCode = result.exitCode;
        return undefined;
      },
    })
      .env(env)
      .outputHandler((_command, stdout, stderr) => {
        stdout.on('data', take('stdout'));
        stderr.on('data', take('stderr'));
        // simple-git 4.0 waits another 50 ms after a command that printed nothing; an empty piece at the end of its
        // output spares us that. Not needed any more when a silent `update-ref` takes as long as `rev-parse`.
        stdout.once('end', () => stdout.emit('data', Buffer.alloc(0)));
      })
      .raw([...args]);
    await Promise.race([ended, gaveUp]);
  } catch (error) {
    if (trouble === null) {
      if (error instanceof GitPluginError) throw error;
      throw new Error(`git ${args[0] ?? ''} could not be run`, { cause: error });
    }
  } finally {
    clearTimeout(timer);
    clearTimeout(lastWait);
    call.signal?.removeEventListener('abort', onAbort);
  }
  const output = joined(pieces);
  // simple-git reports a program that could not be started as an exit code below zero and a stack trace on stderr.
  const missing = exitCode !== null && exitCode < 0;
  return { ...output, exitCode, trouble: trouble ?? (missing ? 'not-found' : null) };
}

async function runLong(
  args: readonly string[],
  call: GitCall,
  env: Record<string, string>,
  bounds: Bounds,
): Promise<GitOutcome> {
  const result = await exec('git', args, {
    cwd: call.cwd,
    env,
    ...bounds,
    ...(call.input === undefined ? {} : { input: call.input }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    ...(call.onOutput === undefined ? {} : { onOutput: call.onOutput }),
  });
  return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode, trouble: result.trouble };
}

function joined(pieces: { stdout: Buffer[]; stderr: Buffer[] }): { stdout: Buffer; stderr: Buffer } {
  return { stdout: Buffer.concat(pieces.stdout), stderr: Buffer.concat(pieces.stderr) };
}

/** A missing directory and a missing git give the same error when a program is started; tell them apart before. */
async function checkDirectory(path: string): Promise<void> {
  if (path.includes('\0')) throw noDirectory(JSON.stringify(path), undefined);
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') {
      throw new Failure(
        { code: 'no-permission', message: `cannot look into ${path}`, remedy: 'check the permissions of its folders' },
        { cause: error },
      );
    }
    throw noDirectory(path, error);
  }
  throw noDirectory(path, undefined);
}

function noDirectory(path: string, cause: unknown): Failure {
  return new Failure(
    { code: 'no-such-directory', message: `${path} is no directory`, remedy: 'check the path' },
    { cause },
  );
}

/** Entries of a NUL-separated or NUL-terminated list, as bytes in a lossless one-character-per-byte string. */
export function splitNul(bytes: Buffer): string[] {
  const text = bytes.toString('latin1');
  const parts = text.split('\0');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

/** The readable form of a byte string from `splitNul`: UTF-8, with U+FFFD for what is not. */
export function readable(byteString: string): string {
  return Buffer.from(byteString, 'latin1').toString('utf8');
}

/** A path of such a list on disk. Names there are bytes: one that is no UTF-8 must be found as it is. */
export function onDisk(root: string, byteString: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(byteString, 'latin1')]);
}

/** Paths of such a list for a command that reads one a line: in quotes, everything unusual as octal. */
export function pathLines(byteStrings: readonly string[]): Buffer {
  const quoted = (path: string): string =>
    path.replace(
      /["\\\u0000-\u001f\u007f-\u00ff]/g,
      (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
    );
  return Buffer.from(byteStrings.map((path) => `"${quoted(path)}"\n`).join(''), 'latin1');
}
