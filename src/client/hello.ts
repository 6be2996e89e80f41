// Asking who answers on the server's socket. A server can be there and say nothing: whoever asks is told, and waits no
// longer than it wants to.
import { Failure, type FailureBody } from '../domain/failure.ts';
import { lockOwner } from '../platform/lock.ts';
import type { Paths } from '../platform/paths.ts';
import type { Hello } from '../protocol/routes.ts';
import { createCall } from './calls.ts';

/** For who cannot go on without a server. A machine that swaps may need seconds. */
export const helloPatienceMs = 15_000;
/** For who looks after the server itself. */
export const lookPatienceMs = 5000;
/** A server that is well answers within milliseconds. */
const noticeMs = 3000;

type Places = Pick<Paths, 'serverSocket' | 'serverLock'>;

export interface HelloOptions {
  patienceMs?: number;
  interrupted?: AbortSignal | undefined;
  /** Told once when there is no answer for some seconds, while it is still waited for. */
  onSlow?: ((notice: FailureBody) => void) | undefined;
}

/** Throws `server-hangs` when nothing is answered within `patienceMs`, besides what every call throws. */
export async function askHello(paths: Places, options: HelloOptions = {}): Promise<Hello> {
  const { patienceMs = helloPatienceMs, interrupted, onSlow } = options;
  const limit = AbortSignal.timeout(patienceMs);
  let isOver = false;
  const tell = async (): Promise<void> => {
    const notice = await silentFor(paths, noticeMs);
    if (!isOver) onSlow?.(notice);
  };
  const slow = setTimeout(() => void tell(), noticeMs);
  try {
    const signal = interrupted === undefined ? limit : AbortSignal.any([interrupted, limit]);
    return await createCall(paths.serverSocket)('hello', { signal });
  } catch (error) {
    if (!limit.aborted || interrupted?.aborted) throw error;
    throw new Failure(await silentFor(paths, patienceMs), { cause: error });
  } finally {
    isOver = true;
    clearTimeout(slow);
  }
}

export const silentServer: FailureBody = {
  code: 'server-hangs',
  message: 'the server does not answer',
  remedy: 'end it with `sesame server stop`: agents keep running, and the next command starts another',
};

async function silentFor(paths: Places, ms: number): Promise<FailureBody> {
  const pid = await lockOwner(paths.serverLock);
  const server = pid === null ? 'the server' : `the server (pid ${pid})`;
  return { ...silentServer, message: `${server} has not answered for ${Math.round(ms / 1000)} s` };
}
