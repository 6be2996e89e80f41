// Reading a request's body: bounded in size and time, JSON only.
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../domain/failure.ts';

export const bodyLimitBytes = 8 << 20;
/** Too large a body is read to here and thrown away: a peer that is still sending would not see the answer. */
const drainLimitBytes = 64 << 20;
/** A body on a local socket arrives at once; a peer that needs longer is broken. */
const bodyTimeoutMs = 30_000;

/** The parsed body, `{}` when there is none. Throws Failures: body-too-large, body-too-slow, bad-json. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBody(request);
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new Failure(
      {
        code: 'bad-json',
        message: 'the body is not valid JSON',
        remedy: 'send a JSON object, for example with `curl --json`',
      },
      { cause },
    );
  }
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => finish(tooSlow()), bodyTimeoutMs);
    const take = (piece: Buffer): void => {
      size += piece.length;
      if (size <= bodyLimitBytes) pieces.push(piece);
      else pieces.length = 0;
      if (size > drainLimitBytes) finish(tooLarge());
    };
    const finish = (failure: Failure | null): void => {
      clearTimeout(timer);
      request.off('data', take);
      if (failure === null) resolve(Buffer.concat(pieces));
      else reject(failure);
    };
    request.on('data', take);
    request.once('end', () => finish(size > bodyLimitBytes ? tooLarge() : null));
    request.once('close', () => finish(brokenOff()));
  });
}

const tooLarge = (): Failure =>
  new Failure({
    code: 'body-too-large',
    message: `the request is larger than ${bodyLimitBytes >> 20} MiB`,
    remedy: 'send less at once',
  });

const tooSlow = (): Failure =>
  new Failure({
    code: 'body-too-slow',
    message: `the request was not complete after ${bodyTimeoutMs / 1000} s`,
    remedy: 'send it again',
  });

const brokenOff = (): Failure =>
  new Failure({ code: 'body-broken-off', message: 'the request broke off', remedy: 'send it again' });
