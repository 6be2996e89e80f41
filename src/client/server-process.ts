// Starting the server: detached, with its output in the log, and a pipe (descriptor 3) on which it says how the start
// went. The pipe ends with the process, so nobody polls and nobody waits for a server that died.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { Failure, type FailureBody } from '../domain/failure.ts';
import { ensureDirectory, fileFailure } from '../platform/files.ts';
import type { Paths } from '../platform/paths.ts';

export interface ServerCommand {
  /** Program and arguments, absolute. */
  argv: readonly [string, ...string[]];
  env: NodeJS.ProcessEnv;
}

/** One JSON line the server writes to descriptor 3. `other`: another server holds the lock. */
export type StartReport = { state: 'ready' } | { state: 'other' } | { state: 'failed'; failure: FailureBody };

/** Names the descriptor of the report to the server. */
export const reportDescriptorVariable = 'SESAME_START_REPORT';

/** Starts a server and resolves with its report. Throws a Failure when it cannot be started or ends without a word. */
export async function startServer(paths: Paths, command: ServerCommand): Promise<'ready' | 'other'> {
  await ensureDirectory(paths.run);
  const report = await spawnServer(paths, command);
  if (report === null) {
    throw new Failure({
      code: 'server-start',
      message: 'the sesame server ended while it was starting',
      remedy: `read ${paths.serverLog}, then try again`,
      detail: lastLines(paths.serverLog),
    });
  }
  if (report.state === 'failed') throw new Failure(report.failure);
  return report.state;
}

async function spawnServer(paths: Paths, command: ServerCommand): Promise<StartReport | null> {
  let log: number;
  try {
    log = openSync(paths.serverLog, 'a', 0o600);
  } catch (error) {
    throw fileFailure(error, 'write', paths.serverLog);
  }
  try {
    // Loaded here: most commands find a server running.
    const { spawn } = await import('node:child_process');
    const [file, ...args] = command.argv;
    const child = spawn(file, args, {
      cwd: paths.root,
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
      env: { ...command.env, [reportDescriptorVariable]: '3' },
    });
    return await new Promise((resolve, reject) => {
      child.once('error', (error) => reject(fileFailure(error, 'start the server from', file)));
      const pipe = child.stdio[3];
      if (!pipe || !('read' in pipe)) return resolve(null);
      let text = '';
      pipe.setEncoding('utf8');
      pipe.on('data', (piece: string) => {
        text = (text + piece).slice(0, 1 << 16);
      });
      pipe.once('error', () => resolve(null));
      pipe.once('end', () => resolve(readReport(text)));
      child.unref();
    });
  } finally {
    closeSync(log);
  }
}

function readReport(text: string): StartReport | null {
  try {
    return JSON.parse(text) as StartReport;
  } catch {
    // Cut off or empty: the server died before it could say why.
    return null;
  }
}

function lastLines(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-5).join('\n').slice(-2000);
  } catch {
    return '';
  }
}
