// The end of a server that does not answer.
import { connect } from 'node:net';
import { Failure } from '../domain/failure.ts';
import { errorCode } from '../platform/files.ts';
import { lockOwner } from '../platform/lock.ts';
import type { Paths } from '../platform/paths.ts';

/** A killed process may have to write megabytes before it is gone. */
const endPatienceMs = 5000;

/**
 * Ends a server that does not answer; it resolves when the process is gone. The programs go on at the holder, and the next
 * server takes them over. Null when no server runs. Throws `server-stuck` when even that does not help.
 */
export async function killServer(paths: Pick<Paths, 'serverSocket' | 'serverLock'>): Promise<number | null> {
  const pid = await lockOwner(paths.serverLock);
  if (pid === null) return null;
  const gone = connectionEnds(paths.serverSocket, endPatienceMs);
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself in between.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
  if ((await gone) || (await lockOwner(paths.serverLock)) === null) return pid;
  throw new Failure({
    code: 'server-stuck',
    message: `the server (pid ${pid}) was killed, but the system does not let it end: it may wait for a disk`,
    remedy: `look at \`ps -o stat,wchan -p ${pid}\`; agents keep running`,
  });
}

/** True when who listens is gone within `ms`: the system ends what was connected to it, whether it was accepted or not. */
function connectionEnds(socketPath: string, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const end = (isGone: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isGone);
    };
    const timer = setTimeout(end, ms, false);
    socket.on('error', () => end(true));
    socket.on('close', () => end(true));
    socket.resume();
  });
}
