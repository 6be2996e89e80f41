// The body of an answer as it arrives. Listening from the first moment, with a queue of its own: a stream that breaks
// throws away what nobody has read yet, and breaks the process when nobody listens.
import type { IncomingMessage } from 'node:http';

const queueBytes = 1 << 20;

export interface BodyReader extends AsyncIterable<Buffer> {
  dispose(): void;
}

/** Everything that arrived is given before the error is thrown. `arrived` is told of each piece. For one reader. */
export function createBodyReader(response: IncomingMessage, arrived: (bytes: number) => void): BodyReader {
  const queue: Buffer[] = [];
  let queued = 0;
  let ended = false;
  let failure: Error | null = null;
  let wake = (): void => undefined;

  response.on('data', (bytes: Buffer) => {
    arrived(bytes.length);
    queue.push(bytes);
    queued += bytes.length;
    if (queued >= queueBytes) response.pause();
    wake();
  });
  response.on('end', () => {
    ended = true;
    wake();
  });
  response.on('error', (error) => {
    failure ??= error;
    wake();
  });
  response.on('close', () => {
    if (!ended) failure ??= Object.assign(new Error('closed'), { code: 'ECONNRESET' });
    wake();
  });

  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const bytes = queue.shift();
        if (bytes !== undefined) {
          queued -= bytes.length;
          if (queued < queueBytes && response.isPaused()) response.resume();
          yield bytes;
        } else if (failure !== null) throw failure;
        else if (ended) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
    dispose: () => {
      queue.length = 0;
      response.destroy();
    },
  };
}
