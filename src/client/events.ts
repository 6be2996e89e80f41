// The event stream, followed for as long as the client lives: reconnects by itself and goes on after the last event.
import type { SesameEvent } from '../domain/event.ts';
import { Failure, toFailureBody } from '../domain/failure.ts';
import { errorCode } from '../platform/files.ts';
import { streams } from '../protocol/endpoints.ts';
import type { Hello } from '../protocol/routes.ts';
import { SseParser } from '../protocol/sse.ts';
import { backOff } from './back-off.ts';
import { readReply } from './calls.ts';
import type { Client } from './connect.ts';
import { openRequest } from './http.ts';

export interface EventFollower {
  /** Called when the stream is open (again); says after which event it goes on. */
  connected(hello: Hello): void;
  event(event: SesameEvent): void;
  /** The stream broke. `stopped`: the server was told to stop; then nobody restarts it. */
  lost(failure: ReturnType<typeof toFailureBody>, stopped: boolean): void;
  /** Asked before each connection: the last event known. May load state first; a rejection counts as a lost server. */
  after(hello: Hello): Promise<number>;
}

/** Runs until `signal` or the client ends. Throws only a Failure that trying again cannot help (`version-mismatch`). */
export async function followEvents(client: Client, follower: EventFollower, signal: AbortSignal): Promise<void> {
  const ended = AbortSignal.any([signal, client.closed]);
  const pause = backOff();
  while (!ended.aborted) {
    let stopped = false;
    try {
      const hello = await client.reach();
      const after = await follower.after(hello);
      if (ended.aborted) return;
      const response = await openRequest(client.paths.serverSocket, {
        ...streams.events,
        headers: { accept: 'text/event-stream', 'last-event-id': String(after) },
        signal: ended,
      });
      if (response.statusCode !== 200) {
        let text = '';
        for await (const piece of response) text += piece;
        readReply(response.statusCode ?? 0, text);
      }
      pause.reset();
      follower.connected(hello);
      const parser = new SseParser((message) => {
        if (message.event === 'stopping') stopped = true;
        else follower.event(JSON.parse(message.data) as SesameEvent);
      });
      for await (const piece of untilBroken(response)) parser.push(piece);
      if (stopped) client.serverStopped();
      if (ended.aborted) return;
      follower.lost(
        {
          code: 'server-lost',
          message: stopped ? 'the sesame server was stopped' : 'the sesame server went away',
          remedy: stopped ? 'start it with `sesame server start`' : 'it is being started again',
        },
        stopped,
      );
    } catch (error) {
      if (ended.aborted) return;
      if (error instanceof Failure && (error.code === 'version-mismatch' || error.code === 'not-a-server')) throw error;
      if (stopped) client.serverStopped();
      follower.lost(toFailureBody(error), stopped);
    }
    await pause.wait(ended);
  }
}

/** A server that is killed breaks the connection instead of ending it; to the reader both are the end. */
async function* untilBroken(response: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* response;
  } catch (error) {
    if (errorCode(error) !== 'ECONNRESET' && errorCode(error) !== 'EPIPE') throw error;
  }
}
