// Finds the holder of a work directory, or starts one.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../../domain/failure.ts';
import { ensureDirectory, errorCode, fileFailure } from '../../platform/files.ts';
import type { Log } from '../../platform/log.ts';
import type { Paths } from '../../platform/paths.ts';
import type { HolderLink, HolderListener } from './link.ts';
import { openLink } from './socket-link.ts';

export interface ConnectHolder {
  paths: Paths;
  /** Starts a holder process: program and arguments. */
  command: readonly string[];
  listener: HolderListener;
  log: Log;
}

/** A holder starts in a tenth of a second; a machine that swaps needs longer. */
const startPatienceMs = 20_000;

/** What the holder's process gets of the environment. Programs get theirs by `spawn`, so no secret is needed here. */
const holderVariables = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'SESAME_WARM_UP'];

/**
 * The link to the running holder, or to one started now, detached, with its output in the holder's log. Of two servers
 * that do this at once both get the same holder. Throws Failures: holder-failed (with the end of its log),
 * holder-version, holder-silent.
 */
export async function connectHolder({ paths, command, listener, log }: ConnectHolder): Promise<HolderLink> {
  const attempt = (): Promise<HolderLink | null> => tryLink(paths.holderSocket, listener);
  const running = await attempt();
  if (running !== null) return running;

  await ensureDirectory(paths.run);
  const deadline = performance.now() + startPatienceMs;
  let pauseMs = 10;
  while (performance.now() < deadline) {
    const start = await startHolder(paths, command);
    log.info('started a holder', { outcome: start });
    const link = await attempt();
    if (link !== null) return link;
    if (start === 'failed') break;
    // Another one has the lock and is about to listen, or is about to end.
    await wait(pauseMs);
    pauseMs = Math.min(pauseMs * 2, 500);
  }
  const detail = await readTail(paths.holderLog);
  throw new Failure({
    code: 'holder-failed',
    message: `the process that holds the terminals could not be started: ${command.join(' ')}`,
    remedy: `see ${paths.holderLog}, then try again`,
    ...(detail === '' ? {} : { detail }),
  });
}

/** Null when nobody listens. */
async function tryLink(socketPath: string, listener: HolderListener): Promise<HolderLink | null> {
  try {
    return await openLink(socketPath, `server ${process.pid}`, listener);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE') return null;
    if (error instanceof Failure) throw error;
    throw fileFailure(error, 'connect to', socketPath);
  }
}

/** Resolves when the process can be reached (`ready`), found another holder (`second`), or ended or stayed silent (`failed`). */
async function startHolder(paths: Paths, command: readonly string[]): Promise<'ready' | 'second' | 'failed'> {
  const [file, ...args] = command;
  if (file === undefined) throw new Error('no command for the holder');
  const env: NodeJS.ProcessEnv = { SESAME_WORK_DIR: paths.workDir };
  for (const name of holderVariables) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  let log: number;
  try {
    log = openSync(paths.holderLog, 'a', 0o600);
  } catch (error) {
    throw fileFailure(error, 'open', paths.holderLog);
  }
  try {
    const child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', log], env, cwd: paths.workDir });
    const { promise, resolve } = Promise.withResolvers<'ready' | 'second' | 'failed'>();
    child.stdout?.once('data', () => resolve('ready'));
    child.once('error', () => resolve('failed'));
    child.once('exit', (code) => resolve(code === 75 ? 'second' : 'failed'));
    const patience = setTimeout(() => resolve('failed'), startPatienceMs);
    const outcome = await promise;
    clearTimeout(patience);
    child.stdout?.destroy();
    child.unref();
    return outcome;
  } finally {
    closeSync(log);
  }
}

async function readTail(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .slice(-10)
      .join('\n')
      .replaceAll(/[^\P{Cc}\n]/gu, '');
  } catch {
    return '';
  }
}
