// The server's end of the frame stream (src/protocol/stream.ts): one client, many panes. Nothing is ever queued behind
// what the client has not read: then frames are left out, and the next one holds all that changed since the last.
import type { Duplex } from 'node:stream';
import * as z from 'zod';
import { type FailureBody, toFailureBody } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { Log } from '../../platform/log.ts';
import { encodeHistoryMessage } from '../../protocol/frame-codec.ts';
import { decodeJson, encodeJsonMessage, MessageReader } from '../../protocol/frame-message.ts';
import { PaneVisibility, StreamFrameLimit, StreamReply, StreamRequest } from '../../protocol/stream.ts';
import { historyPage } from '../../terminal/history-page.ts';
import type { Runs } from '../runs/runs.ts';
import { Pane } from './pane.ts';
import { applySize, changeSize, leadSize, leaveSize } from './sizes.ts';

export interface FrameStreamOptions {
  runs: Runs;
  /** The session a client means. Throws a Failure when there is none. */
  find(text: string): SessionId;
  log: Log;
  /** Monotonic milliseconds. */
  elapsed?(): number;
}

const unreadBytes = 64 << 10;
const unreadLimitBytes = 16 << 20;
const mostPanes = 1000;

const Visibility = z.union([
  z.literal(PaneVisibility.hidden),
  z.literal(PaneVisibility.thumbnail),
  z.literal(PaneVisibility.full),
]);
const Cols = z.number().int().min(1).max(1000);
const Subscription = z.object({ session: z.string().max(200), cols: Cols, rows: Cols, visibility: Visibility });
const HistoryRequest = z.object({
  request: z.number().int().min(0).max(0xffffffff),
  from: z.number().int().min(0),
  count: z.number().int().min(0),
});

/** Serves one connection until it closes. Malformed input closes it, and nothing else. */
export function serveFrameStream(socket: Duplex, head: Uint8Array, options: FrameStreamOptions): void {
  new FrameStream(socket, options).start(head);
}

class FrameStream {
  readonly #socket: Duplex;
  readonly #runs: Runs;
  readonly #find: FrameStreamOptions['find'];
  readonly #log: Log;
  readonly #elapsed: () => number;
  readonly #panes = new Map<number, Pane>();
  readonly #reader = new MessageReader();
  #stopFollowing: () => void = () => undefined;
  #flushes = false;
  #timer: { handle: NodeJS.Timeout; at: number } | null = null;
  #isClosed = false;

  constructor(socket: Duplex, options: FrameStreamOptions) {
    this.#socket = socket;
    this.#runs = options.runs;
    this.#find = options.find;
    this.#log = options.log;
    this.#elapsed = options.elapsed ?? (() => performance.now());
  }

  start(head: Uint8Array): void {
    const socket = this.#socket;
    this.#stopFollowing = this.#runs.onStarted((run) => {
      for (const pane of this.#panes.values()) {
        if (pane.session === run.session) this.#show(pane);
      }
    });
    socket.on('data', (bytes: Uint8Array) => this.#read(bytes));
    socket.on('drain', () => this.#schedule(0));
    socket.on('error', () => socket.destroy());
    socket.once('end', () => socket.end());
    socket.once('close', () => this.#close());
    if (head.length > 0) this.#read(head);
  }

  #read(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    try {
      this.#reader.push(bytes, (type, channel, payload) => this.#take(type, channel, payload));
    } catch (error) {
      this.#log.error('a client sent what could not be understood', { reason: toFailureBody(error).message });
      this.#socket.destroy();
      this.#close();
    }
  }

  #take(type: number, channel: number, payload: Uint8Array): void {
    if (type === StreamRequest.subscribe) {
      this.#subscribe(channel, payload);
      return;
    }
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const pane = this.#panes.get(channel);
    // What was said to a pane that has just been closed from this side is no mistake.
    if (pane === undefined) return;
    switch (type) {
      case StreamRequest.unsubscribe:
        this.#drop(pane);
        return;
      case StreamRequest.input:
        this.#type(pane, payload);
        return;
      case StreamRequest.resize:
        pane.cols = Cols.parse(view.getUint16(0, true));
        pane.rows = Cols.parse(view.getUint16(2, true));
        if (pane.visibility !== PaneVisibility.hidden) changeSize(this.#runs, pane);
        return;
      case StreamRequest.visibility:
        pane.visibility = Visibility.parse(view.getUint8(0));
        this.#applyVisibility(pane);
        return;
      case StreamRequest.ack:
        pane.acknowledge(view.getUint32(0, true));
        this.#schedule(pane.dueInMs(this.#elapsed()));
        return;
      case StreamRequest.history: {
        const { request, from, count } = HistoryRequest.parse(decodeJson(payload));
        if (pane.run === null) return;
        if (this.#socket.writableLength > StreamFrameLimit) throw new Error('history is asked for and not read');
        this.#send(encodeHistoryMessage(channel, request, historyPage(pane.run.engine, from, count)));
        return;
      }
      default:
        throw new Error(`an unknown request ${type}`);
    }
  }

  #subscribe(channel: number, payload: Uint8Array): void {
    const wanted = Subscription.parse(decodeJson(payload));
    const known = this.#panes.get(channel);
    if (known !== undefined) this.#drop(known);
    if (this.#panes.size >= mostPanes) throw new Error('too many panes');
    let session: SessionId;
    try {
      session = this.#find(wanted.session);
    } catch (error) {
      this.#send(encodeJsonMessage(StreamReply.failed, channel, toFailureBody(error) satisfies FailureBody));
      return;
    }
    const pane = new Pane({
      ...wanted,
      session,
      channel,
      elapsed: this.#elapsed,
      changed: (changed, now) => this.#changed(changed, now),
      ended: (ended, { code, signal }) =>
        this.#send(encodeJsonMessage(StreamReply.ended, ended.channel, { code, exitSignal: signal })),
    });
    this.#panes.set(channel, pane);
    this.#applyVisibility(pane);
    this.#show(pane);
  }

  #applyVisibility(pane: Pane): void {
    if (pane.visibility === PaneVisibility.full) leadSize(this.#runs, pane);
    if (pane.visibility === PaneVisibility.thumbnail) changeSize(this.#runs, pane);
  }

  #show(pane: Pane): void {
    const run = this.#runs.get(pane.session);
    // None yet: its worktree is being made. It comes by `onStarted`.
    if (run === null) return;
    pane.show(run);
    applySize(this.#runs, pane);
  }

  #type(pane: Pane, bytes: Uint8Array): void {
    if (pane.run === null || pane.run.exit !== null) {
      this.#send(encodeJsonMessage(StreamReply.refused, pane.channel, { message: 'nothing runs in this pane' }));
      return;
    }
    if (!pane.run.write(bytes)) {
      const message = 'the program does not read, and may have got only the beginning';
      this.#send(encodeJsonMessage(StreamReply.refused, pane.channel, { message }));
    }
    this.#runs.focus(pane.session);
    leadSize(this.#runs, pane);
  }

  #changed(pane: Pane, now: boolean): void {
    if (now && this.#mayWrite && pane.dueInMs(this.#elapsed()) <= 0) this.#sendFrame(pane);
    else this.#schedule(pane.dueInMs(this.#elapsed()));
  }

  get #mayWrite(): boolean {
    return !this.#isClosed && this.#socket.writableLength <= unreadBytes;
  }

  /** A flush no later than in so many milliseconds. */
  #schedule(delayMs: number): void {
    if (this.#isClosed || this.#flushes || delayMs === Number.POSITIVE_INFINITY) return;
    if (delayMs <= 0) {
      // When all that came with the same read, or was parsed in the same turn, has been seen.
      this.#flushes = true;
      queueMicrotask(() => {
        this.#flushes = false;
        this.#flush();
      });
      return;
    }
    const at = this.#elapsed() + delayMs;
    if (this.#timer !== null && this.#timer.at <= at) return;
    if (this.#timer !== null) clearTimeout(this.#timer.handle);
    const handle = setTimeout(() => {
      this.#timer = null;
      this.#flush();
    }, Math.ceil(delayMs));
    this.#timer = { handle, at };
  }

  /** Every pane's frame that is due, in one write; then waits for the next that will be. */
  #flush(): void {
    if (!this.#mayWrite) return;
    this.#socket.cork();
    let next = Number.POSITIVE_INFINITY;
    for (const pane of this.#panes.values()) {
      const dueInMs = pane.dueInMs(this.#elapsed());
      if (dueInMs > 0) next = Math.min(next, dueInMs);
      else if (this.#mayWrite) this.#sendFrame(pane);
    }
    this.#socket.uncork();
    this.#schedule(next);
  }

  #sendFrame(pane: Pane): void {
    const message = pane.takeFrame();
    if (message !== null) this.#socket.write(message);
  }

  /** What is no frame is not left out: who asks on and on and does not read is cut off. */
  #send(message: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#socket.writableLength > unreadLimitBytes) this.#socket.destroy();
    else this.#socket.write(message);
  }

  #drop(pane: Pane): void {
    this.#panes.delete(pane.channel);
    leaveSize(this.#runs, pane);
    pane.close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopFollowing();
    if (this.#timer !== null) clearTimeout(this.#timer.handle);
    for (const pane of [...this.#panes.values()]) this.#drop(pane);
  }
}
