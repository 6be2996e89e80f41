// Output on its way to one server. Each PTY has its own credit; the first bytes after quiet go out at once, what
// follows is joined for a millisecond, behind a large piece for longer, or until a piece is full. Nothing waits in the socket: while it is blocked the
// bytes stay in the rings, and the PTYs take turns when it opens again.
import type { Socket } from 'node:net';
import { HolderReply } from '../protocol/holder.ts';
import { encodeJsonFrame, encodeOutputHeader, OutputHeaderBytes } from '../protocol/holder-codec.ts';
import type { Pty } from './pty.ts';

/** A frame of this size is exactly one read of the server. */
const pieceBytes = (64 << 10) - OutputHeaderBytes;
const joinMs = 1;
/** A flood costs the least in large pieces; nobody reads it that fast. */
const floodBytes = 8 << 10;
const floodJoinMs = 4;
/**
 * Read from a terminal beyond the credit, so that the program goes on while an acknowledgement is on its way. More would
 * be work for nobody: sixteen floods that may fill their rings first keep a processor busy for 200 ms after a key.
 */
const readAheadBytes = 16 << 10;
/** So little is an echo or a prompt: it goes before the floods of other PTYs. */
const urgentBytes = 4 << 10;

interface Feed {
  pty: Pty;
  /** Position after the last byte sent. */
  sent: number;
  /** Position the server's credit ends at. */
  until: number;
  isQueued: boolean;
  /** Milliseconds in which what comes is only collected, after a piece was sent. */
  joining: number;
  isExitSent: boolean;
}

export class Feeds {
  readonly #socket: Socket;
  readonly #feeds = new Map<number, Feed>();
  /** Those with something to send, in turn. */
  #queue: Feed[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isBlocked = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Starts the flow of a PTY at `offset`, or gives it more credit. */
  acknowledge(pty: Pty, offset: number, windowBytes: number): void {
    let feed = this.#feeds.get(pty.id);
    if (feed === undefined) {
      feed = { pty, sent: offset, until: 0, isQueued: false, joining: 0, isExitSent: false };
      this.#feeds.set(pty.id, feed);
    }
    feed.until = offset + windowBytes;
    pty.readUntil = feed.until + readAheadBytes;
    feed.sent = Math.min(feed.sent, pty.ring.end);
    this.changed(pty);
  }

  /** The PTY has more output or has ended. */
  changed(pty: Pty): void {
    const feed = this.#feeds.get(pty.id);
    if (feed === undefined) return;
    feed.sent = Math.max(feed.sent, pty.ring.start);
    const length = waiting(feed);
    if (length === 0) this.#sendExit(feed);
    else if (feed.joining === 0 || length >= pieceBytes || pty.exit !== null) {
      this.#enqueue(feed);
      this.#send();
    }
  }

  forget(pty: Pty): void {
    this.#feeds.delete(pty.id);
    this.#queue = this.#queue.filter((feed) => feed.pty !== pty);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#isBlocked = true;
    // Without a server their output is kept, as far as the rings reach.
    for (const { pty } of this.#feeds.values()) pty.readUntil = Number.POSITIVE_INFINITY;
    this.#feeds.clear();
    this.#queue = [];
  }

  #enqueue(feed: Feed): void {
    if (feed.isQueued) return;
    feed.isQueued = true;
    if (waiting(feed) <= urgentBytes) this.#queue.unshift(feed);
    else this.#queue.push(feed);
  }

  #send(): void {
    while (!this.#isBlocked) {
      const feed = this.#queue.shift();
      if (feed === undefined) return;
      feed.isQueued = false;
      this.#sendPiece(feed);
      const rest = waiting(feed);
      if (rest === 0) this.#sendExit(feed);
      else if (rest >= floodBytes || feed.pty.exit !== null) {
        // It had its turn.
        feed.isQueued = true;
        this.#queue.push(feed);
      }
      // A little that is left over is joined with what follows: reads of 4095 bytes leave one byte of each piece.
    }
  }

  #sendPiece(feed: Feed): void {
    const length = Math.min(waiting(feed), pieceBytes);
    if (length === 0) return;
    const bytes = feed.pty.ring.view(feed.sent, length);
    this.#socket.cork();
    this.#socket.write(encodeOutputHeader(feed.pty.id, feed.sent, bytes.length));
    this.#socket.write(bytes, this.#onWritten);
    this.#socket.uncork();
    feed.sent += bytes.length;
    this.#isBlocked = this.#socket.writableLength > 0;
    feed.joining = length < floodBytes ? joinMs : floodJoinMs;
    this.#timer ??= setTimeout(this.#onJoined, joinMs);
  }

  readonly #onWritten = (): void => {
    if (!this.#isBlocked || this.#socket.writableLength > 0) return;
    this.#isBlocked = false;
    this.#send();
  };

  readonly #onJoined = (): void => {
    this.#timer = undefined;
    let isAnyJoining = false;
    for (const feed of this.#feeds.values()) {
      if (feed.joining > 0) feed.joining -= joinMs;
      if (feed.joining > 0) isAnyJoining = true;
      else if (waiting(feed) > 0) this.#enqueue(feed);
    }
    this.#send();
    if (isAnyJoining) this.#timer ??= setTimeout(this.#onJoined, joinMs);
  };

  /** The exit follows the last byte, once per server. */
  #sendExit(feed: Feed): void {
    const { exit, ring, id } = feed.pty;
    if (exit === null || feed.isExitSent || feed.sent < ring.end) return;
    feed.isExitSent = true;
    this.#socket.write(encodeJsonFrame(HolderReply.exited, id, { ...exit, end: ring.end }));
  }
}

/** Bytes that may be sent now. */
function waiting(feed: Feed): number {
  return Math.max(0, Math.min(feed.pty.ring.end, feed.until) - feed.sent);
}
