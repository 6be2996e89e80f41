// The frame stream as the TUI uses it: panes subscribe, frames come decoded. Reconnects by itself and subscribes every
// open pane again; the first frame after that carries `reset`.
import type { Socket } from 'node:net';
import { type FailureBody, toFailureBody } from '../domain/failure.ts';
import type { SessionId } from '../domain/ids.ts';
import { streams } from '../protocol/endpoints.ts';
import type { Frame } from '../protocol/frame.ts';
import { decodeFrame, decodeHistory } from '../protocol/frame-codec.ts';
import { decodeJson, encodeJsonMessage, encodeMessage, MessageReader } from '../protocol/frame-message.ts';
import { type PaneVisibility, StreamProtocol, StreamReply, StreamRequest, type Subscribe } from '../protocol/stream.ts';
import { backOff } from './back-off.ts';
import type { Client } from './connect.ts';
import { connectionFailure, startRequest } from './http.ts';

export type { Frame } from '../protocol/frame.ts';
export { PaneVisibility } from '../protocol/stream.ts';

export interface PaneListener {
  /** Call `ack` once it is on the screen: two unacknowledged frames stop the pane. */
  frame(frame: Frame): void;
  /** The pane could not be opened (or not any more); it is closed. */
  failed(failure: FailureBody): void;
  ended(exit: { code: number | null; exitSignal: number | null }): void;
  /** Input that `input` had taken did not reach the program whole: it does not read, or the server went away meanwhile. */
  refused(message: string): void;
}

export interface PaneChannel {
  /** Encoded bytes for the program, all of them or none: null when they were taken, else why not. Nothing is kept for later. */
  input(bytes: Uint8Array): string | null;
  resize(cols: number, rows: number): void;
  setVisibility(visibility: PaneVisibility): void;
  ack(seq: number): void;
  /** `count` history lines from `from` (0 is the oldest kept). Rejects when the stream breaks before the answer. */
  history(from: number, count: number): Promise<Frame>;
  close(): void;
}

export interface FrameStream {
  /** True while a server is connected. */
  readonly connected: boolean;
  /** When it said something last, as `performance.now()` counts. */
  readonly heardAt: number;
  open(
    session: SessionId,
    size: { cols: number; rows: number },
    visibility: PaneVisibility,
    listener: PaneListener,
  ): PaneChannel;
  /** The server is known to be there again: connects now, without waiting for the pause between two attempts. */
  retry(): void;
  close(): void;
}

/** A larger paste is cut: a message must not keep others waiting. */
const inputPieceBytes = 256 << 10;
/** A server that said something so long after a key had read the key. */
const surelyReadMs = 250;
/** Longer ago, nobody remembers what it was. */
const rememberedMs = 30_000;
/** With more than this waiting for the server to read it, all panes together, no input is taken. */
const unsentLimitBytes = 32 << 20;

interface Pane {
  subscribe: Subscribe;
  listener: PaneListener;
  typedAt: number;
  waiting: Map<number, { resolve: (frame: Frame) => void; reject: (error: Error) => void }>;
}

/** What a stream needs of a client. */
export interface StreamClient {
  readonly paths: Pick<Client['paths'], 'serverSocket'>;
  reach(): Promise<unknown>;
  readonly closed: AbortSignal;
}

export function openFrameStream(client: StreamClient): FrameStream {
  const panes = new Map<number, Pane>();
  const closer = new AbortController();
  const ended = AbortSignal.any([closer.signal, client.closed]);
  let socket: Socket | null = null;
  let lastChannel = 0;
  let lastRequest = 0;
  let heardAt = Number.NEGATIVE_INFINITY;

  const send = (type: number, channel: number, payload?: Uint8Array): void => {
    socket?.write(encodeMessage(type, channel, payload));
  };

  const receive = (type: number, channel: number, payload: Uint8Array): void => {
    const pane = panes.get(channel);
    if (pane === undefined) return;
    switch (type) {
      case StreamReply.frame:
        pane.listener.frame(decodeFrame(payload));
        return;
      case StreamReply.history: {
        const { request, frame } = decodeHistory(payload);
        pane.waiting.get(request)?.resolve(frame);
        pane.waiting.delete(request);
        return;
      }
      case StreamReply.failed:
        panes.delete(channel);
        pane.listener.failed(decodeJson(payload) as FailureBody);
        return;
      case StreamReply.ended:
        pane.listener.ended(decodeJson(payload) as { code: number | null; exitSignal: number | null });
        return;
      case StreamReply.refused:
        pane.listener.refused((decodeJson(payload) as { message: string }).message);
        return;
    }
  };

  /** A server that dies takes along what was in its socket; it may have been in trouble for a while. */
  const tellUnread = ({ typedAt, listener }: Pane): void => {
    const isRecent = performance.now() - typedAt < rememberedMs;
    if (isRecent && heardAt < typedAt + surelyReadMs) listener.refused('the server was lost, maybe with the last keys');
  };

  const connectOnce = async (onOpen: () => void): Promise<void> => {
    await client.reach();
    const { socket: opened, head } = await upgrade(client, ended);
    socket = opened;
    onOpen();
    for (const [channel, pane] of panes)
      opened.write(encodeJsonMessage(StreamRequest.subscribe, channel, pane.subscribe));
    const reader = new MessageReader();
    const leave = (): void => void opened.destroy();
    ended.addEventListener('abort', leave);
    try {
      await new Promise<void>((resolve, reject) => {
        const take = (bytes: Uint8Array): void => {
          heardAt = performance.now();
          try {
            reader.push(bytes, receive);
          } catch (error) {
            reject(error);
          }
        };
        opened.on('data', take);
        opened.once('error', reject);
        opened.once('close', () => resolve());
        if (head.length > 0) take(head);
      });
    } finally {
      socket = null;
      ended.removeEventListener('abort', leave);
      opened.destroy();
      for (const pane of panes.values()) {
        for (const { reject } of pane.waiting.values()) reject(new Error('the stream broke'));
        pane.waiting.clear();
        if (!ended.aborted) tellUnread(pane);
      }
    }
  };

  const pause = backOff();
  let hurry = new AbortController();
  const run = async (): Promise<void> => {
    while (!ended.aborted) {
      try {
        await connectOnce(pause.reset);
      } catch (error) {
        const { code } = toFailureBody(error);
        // The mirror shows these to the user; trying again does not help.
        if (code === 'version-mismatch' || code === 'not-a-server') return;
      }
      await pause.wait(AbortSignal.any([ended, hurry.signal]));
    }
  };
  void run();

  return {
    get connected() {
      return socket !== null;
    },
    get heardAt() {
      return heardAt;
    },
    open: (session, size, visibility, listener) => {
      lastChannel += 1;
      const channel = lastChannel;
      const pane: Pane = {
        subscribe: { session, ...size, visibility },
        listener,
        typedAt: Number.NEGATIVE_INFINITY,
        waiting: new Map(),
      };
      panes.set(channel, pane);
      socket?.write(encodeJsonMessage(StreamRequest.subscribe, channel, pane.subscribe));
      return {
        input: (bytes) => {
          if (socket === null) return 'there is no server now';
          if (socket.writableLength > unsentLimitBytes) return 'the server does not keep up';
          pane.typedAt = performance.now();
          const sent = (error?: Error | null): void => {
            if (error && !ended.aborted) listener.refused('the server went away before all of it was sent');
          };
          for (let at = 0; at < bytes.length; at += inputPieceBytes) {
            const isLast = at + inputPieceBytes >= bytes.length;
            const message = encodeMessage(StreamRequest.input, channel, bytes.subarray(at, at + inputPieceBytes));
            socket.write(message, isLast ? sent : undefined);
          }
          return null;
        },
        resize: (cols, rows) => {
          Object.assign(pane.subscribe, { cols, rows });
          const payload = new Uint8Array(4);
          const view = new DataView(payload.buffer);
          view.setUint16(0, cols, true);
          view.setUint16(2, rows, true);
          send(StreamRequest.resize, channel, payload);
        },
        setVisibility: (next) => {
          pane.subscribe.visibility = next;
          send(StreamRequest.visibility, channel, Uint8Array.of(next));
        },
        ack: (seq) => {
          const payload = new Uint8Array(4);
          new DataView(payload.buffer).setUint32(0, seq, true);
          send(StreamRequest.ack, channel, payload);
        },
        history: (from, count) =>
          new Promise((resolve, reject) => {
            lastRequest += 1;
            const request = lastRequest;
            if (socket === null) {
              reject(new Error('there is no server now'));
              return;
            }
            pane.waiting.set(request, { resolve, reject });
            socket.write(encodeJsonMessage(StreamRequest.history, channel, { request, from, count }));
          }),
        close: () => {
          if (panes.delete(channel)) send(StreamRequest.unsubscribe, channel);
        },
      };
    },
    retry: () => {
      if (socket !== null) return;
      pause.reset();
      hurry.abort();
      hurry = new AbortController();
    },
    close: () => closer.abort(),
  };
}

function upgrade(client: StreamClient, signal: AbortSignal): Promise<{ socket: Socket; head: Uint8Array }> {
  const { serverSocket } = client.paths;
  return new Promise((resolve, reject) => {
    const request = startRequest(serverSocket, {
      ...streams.stream,
      headers: { connection: 'Upgrade', upgrade: StreamProtocol },
    });
    const abort = (): void => void request.destroy(new Error('closed'));
    signal.addEventListener('abort', abort, { once: true });
    request.once('upgrade', (_response, socket, head) => {
      signal.removeEventListener('abort', abort);
      resolve({ socket: socket as Socket, head });
    });
    request.once('response', (response) => {
      response.resume();
      reject(new Error(`the server refused the frame stream (${response.statusCode})`));
    });
    request.once('error', (error) => reject(connectionFailure(error, serverSocket)));
    request.end();
  });
}
