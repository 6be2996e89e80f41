// The server from start to end: lock, socket, then everything else; what was told to the one who started it; a graceful
// stop. It answers `hello` before the rest is loaded.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { flushCompileCache } from 'node:module';
import { Failure, type FailureBody, toFailureBody } from '../domain/failure.ts';
import { systemClock } from '../platform/clock.ts';
import { ensureDirectory } from '../platform/files.ts';
import { acquireLock } from '../platform/lock.ts';
import { type Log, openLog } from '../platform/log.ts';
import { type Paths, resolvePaths } from '../platform/paths.ts';
import { version } from '../platform/program.ts';
import type { Hello } from '../protocol/routes.ts';
import { ApiVersion } from '../protocol/version.ts';
import { openHttpServer } from './api/http-server.ts';
import type { Composition } from './compose.ts';

/** Runs until it is told to stop. Resolves with the process's exit code: 0 also when another server holds the lock. */
export async function runServer(env: NodeJS.ProcessEnv): Promise<number> {
  const report = openStartReport(env);
  // Losing the terminal it was started from is no reason to end.
  process.on('SIGHUP', () => undefined);
  try {
    const paths = resolvePaths(env);
    // The umask stays the user's: git and agents inherit it. What is ours is private by its own mode, in a private
    // directory.
    await ensureDirectory(paths.run);
    await Promise.all([chmod(paths.root, 0o700), chmod(paths.run, 0o700)]);
    const lock = await acquireLock(paths.serverLock);
    if ('heldBy' in lock) {
      await report({ state: 'other' });
      return 0;
    }
    try {
      const log = openLog(paths.serverLog, systemClock.now);
      try {
        await serve(env, paths, log, () => report({ state: 'ready' }));
      } finally {
        await log.flush();
      }
    } finally {
      await lock.release();
    }
    return 0;
  } catch (error) {
    const failure = toFailureBody(error);
    process.stderr.write(
      `${error instanceof Failure ? JSON.stringify(failure) : error instanceof Error ? error.stack : failure.message}\n`,
    );
    await report({ state: 'failed', failure });
    return 1;
  }
}

async function serve(env: NodeJS.ProcessEnv, paths: Paths, log: Log, onListening: () => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  const stop = (why: string): void => {
    if (stopping.signal.aborted) return;
    log.info('stopping', { why });
    stopping.abort();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  // A bug must not take the agents' screens away: it is written down and the server goes on.
  process.on('uncaughtException', (error) => log.error('uncaught', { stack: error.stack }));
  process.on('unhandledRejection', (error) =>
    log.error('unhandled', { stack: error instanceof Error ? error.stack : String(error) }),
  );

  let composition: Composition | null = null;
  const startedAt = systemClock.now();
  const hello = (): Hello => ({
    name: 'sesame',
    version,
    api: ApiVersion,
    pid: process.pid,
    startedAt,
    workDir: paths.workDir,
    seq: composition?.lastSeq() ?? 0,
    holder: composition?.holder() ?? null,
    notices: composition?.notices() ?? [],
  });

  // The database is opened first: when it cannot be, nobody should find a server.
  const { compose } = await import('./compose.ts');
  composition = await compose({ env, paths, log, hello, stopping: stopping.signal, stop: () => stop('request') });
  const opened = composition.open();
  const server = await openHttpServer({ socketPath: paths.serverSocket, hello, ready: opened });
  log.info('listening', { version, pid: process.pid });
  await onListening();
  try {
    // Written down now, so that a server that is killed later has not compiled for nothing.
    await Promise.all([opened.then(() => flushCompileCache()), once(stopping.signal, 'abort')]);
  } finally {
    stopping.abort();
    await composition.close();
    // Last, so that who finds no socket may count on the rest being closed.
    await server.close();
  }
}

type StartReport = { state: 'ready' } | { state: 'other' } | { state: 'failed'; failure: FailureBody };

/** Writes one line to the descriptor that the starting client reads, and closes it. Without one it says nothing. */
function openStartReport(env: NodeJS.ProcessEnv): (report: StartReport) => Promise<void> {
  const descriptor = env['SESAME_START_REPORT'];
  delete env['SESAME_START_REPORT'];
  delete env['NODE_COMPILE_CACHE'];
  if (descriptor === undefined || !/^\d+$/.test(descriptor)) return () => Promise.resolve();
  let told = false;
  return async (report) => {
    if (told) return;
    told = true;
    const stream = createWriteStream('', { fd: Number(descriptor) });
    // The client may have gone: then there is nobody to tell.
    stream.on('error', () => undefined);
    stream.end(JSON.stringify(report));
    await once(stream, 'close');
  };
}
