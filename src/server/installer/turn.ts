// One installation of an agent at a time, among all processes. The lock is a file; beside it each contender listens on a
// socket before it tries. Who finds the lock taken connects to its holder: the kernel ends that connection when the holder
// is done and also when it is killed, so that the wait needs no looking again and again.
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join, relative } from 'node:path';
import { acquireLock, processStart } from '../../platform/lock.ts';
import { Trouble } from './trouble.ts';

export interface Turn {
  release(): Promise<void>;
}

const bellName = /^\.turn-(\d+)$/;

/** A holder that lives and cannot be waited for (no sockets on this disk) is tried so often. */
const attempts = 3;

/**
 * Waits for its turn in this directory, which must exist; `onWait` is called when there is somebody to wait for.
 * Throws the Trouble `busy` when it cannot wait, the reason of an abort, and what the disk said.
 */
export async function takeTurn(directory: string, signal: AbortSignal, onWait: () => void): Promise<Turn> {
  const closeBell = await openBell(bellOf(directory, process.pid));
  try {
    for (let failed = 0; ; ) {
      signal.throwIfAborted();
      const lock = await acquireLock(join(directory, 'install.lock'));
      if (!('heldBy' in lock)) {
        await removeDeadBells(directory);
        return {
          // The lock first: who hears the bell end finds it free.
          release: async () => {
            await lock.release();
            await closeBell();
          },
        };
      }
      if (await waitFor(bellOf(directory, lock.heldBy), signal, onWait)) failed = 0;
      else if (++failed === attempts)
        throw new Trouble('busy', `another process (pid ${lock.heldBy}) is installing it`);
    }
  } catch (error) {
    await closeBell();
    throw error;
  }
}

/** Relative where that is shorter: the path of a socket may have little more than a hundred bytes. */
function bellOf(directory: string, pid: number): string {
  const path = join(directory, `.turn-${pid}`);
  const near = relative(process.cwd(), path);
  return near.length < path.length ? near : path;
}

/** Resolves with how to close it. On a disk without sockets nobody can wait for us, and that is all. */
async function openBell(path: string): Promise<() => Promise<void>> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => waiting.delete(socket));
    socket.resume();
  });
  try {
    // Of a process that had our number before.
    await rm(path, { force: true });
    server.listen(path);
    await once(server, 'listening');
  } catch {
    return () => Promise.resolve();
  }
  return async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of waiting) socket.destroy();
    await closed;
  };
}

/** True once the one who listens there has ended or is done; false when nobody listens. */
async function waitFor(path: string, signal: AbortSignal, onWait: () => void): Promise<boolean> {
  const socket = connect(path);
  // Killed or done: an error is an end like any other.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const leave = (): void => void socket.destroy();
  signal.addEventListener('abort', leave, { once: true });
  let reached = false;
  socket.once('connect', () => {
    reached = true;
    onWait();
  });
  socket.on('error', leave);
  socket.resume();
  await closed;
  signal.removeEventListener('abort', leave);
  return reached;
}

/** Only the holder of the lock does this, and only to processes that are no more. */
async function removeDeadBells(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = Number(bellName.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && (await processStart(pid)) === null) await rm(join(directory, name), { force: true });
  }
}
