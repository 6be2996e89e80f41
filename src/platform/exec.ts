// The one door to other programs. Never through a shell, output bounded, ended with its owner.
import { execa } from 'execa';
import { errorCode } from './files.ts';

export interface ExecOptions {
  cwd?: string;
  /** The complete environment; nothing is inherited. */
  env: NodeJS.ProcessEnv;
  input?: string | Uint8Array;
  timeoutMs?: number;
  /** Bytes of stdout and of stderr kept; the program is ended past it. */
  maxBytes?: number;
  signal?: AbortSignal;
  /** Called with each piece of output as it comes. */
  onOutput?: (bytes: Uint8Array, from: 'stdout' | 'stderr') => void;
}

export interface ExecResult {
  stdout: Buffer;
  stderr: Buffer;
  /** Null when a signal ended it or it could not be started. */
  exitCode: number | null;
  signal: string | null;
  /** Why it did not run to its end, if so. */
  trouble: 'not-found' | 'timeout' | 'too-much-output' | 'aborted' | null;
}

/** Runs a program to its end. Never throws for what the program did: look at the result. */
export async function exec(file: string, args: readonly string[], options: ExecOptions): Promise<ExecResult> {
  const child = execa(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: options.env,
    extendEnv: false,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    encoding: 'buffer',
    reject: false,
    stripFinalNewline: false,
    maxBuffer: options.maxBytes ?? 64 << 20,
    timeout: options.timeoutMs ?? 0,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    forceKillAfterDelay: 2000,
    // What it started (a hook, ssh) ends with it; without this an aborted commit leaves its hook running.
    killDescendants: true,
    windowsHide: true,
  });
  const { onOutput } = options;
  if (onOutput !== undefined) {
    child.stdout?.on('data', (bytes: Buffer) => onOutput(bytes, 'stdout'));
    child.stderr?.on('data', (bytes: Buffer) => onOutput(bytes, 'stderr'));
  }
  const result = await child;
  return {
    stdout: Buffer.from(result.stdout ?? []),
    stderr: Buffer.from(result.stderr ?? []),
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    trouble: result.timedOut
      ? 'timeout'
      : result.isCanceled
        ? 'aborted'
        : result.isMaxBuffer
          ? 'too-much-output'
          : errorCode(result.cause ?? result) === 'ENOENT'
            ? 'not-found'
            : null,
  };
}
