// Output on its way to one server. Each PTY has its own credit; the first bytes after quiet go out at once, what
// follows is joined for a millisecond or until a piece is full. Nothing waits in the socket: while it is blocked the
// bytes stay in the rings, and the PTYs take turns when it opens again.
import type { Socket } from 'node:net';
import { HolderReply } from '../protocol/holder.ts';
import { encodeJsonFrame, encodeOutputHeader, OutputHeaderBytes } from '../protocol/holder-codec.ts';
import type { Pty } from './pty.ts';

/** A frame of this size is exactly one read of the server. */
const pieceBytes = (64 << 10) - OutputHeaderBytes;
const joinMs = 1;
/** So little is an echo or a prompt: it goes before the floods of other PTYs. */
const urgentBytes = 4 << 10;

interface Feed {
  pty: Pty;
  /** Position after the last byte sent. */
  sent: number;
  /** Position the server's credit ends at. */
  until: number;
  /** Something was sent less than `joinMs` ago. */
  isJoining: boolean;
  isExitSent: boolean;
}

export class Feeds {
  readonly #socket: Socket;
  readonly #feeds = new Map<number, Feed>();
  /** Have something to send; in turn, the urgent ones first. */
  readonly #urgent = new Set<Feed>();
  readonly #ready = new Set<Feed>();
  readonly #joining = new Set<Feed>();
  #timer: NodeJS.Timeout | undefined;
  #isBlocked = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Starts the flow of a PTY at `offset`, or gives it more credit. */
  acknowledge(pty: Pty, offset: number, windowBytes: number): void {
    const known = this.#feeds.get(pty.id);
    const feed = known ?? { pty, sent: offset, until: 0, isJoining: false, isExitSent: false };
    if (known === undefined) this.#feeds.set(pty.id, feed);
    feed.until = offset + windowBytes;
    feed.sent = Math.min(feed.sent, pty.ring.end);
    this.#consider(feed);
  }

  /** The PTY has more output or has ended. */
  changed(pty: Pty): void {
    const feed = this.#feeds.get(pty.id);
    if (feed !== undefined) this.#consider(feed);
  }

  forget(pty: Pty): void {
    const feed = this.#feeds.get(pty.id);
    if (feed === undefined) return;
    this.#feeds.delete(pty.id);
    this.#urgent.delete(feed);
    this.#ready.delete(feed);
    this.#joining.delete(feed);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isBlocked = true;
    this.#feeds.clear();
    this.#urgent.clear();
    this.#ready.clear();
    this.#joining.clear();
  }

  #consider(feed: Feed): void {
    feed.sent = Math.max(feed.sent, feed.pty.ring.start);
    const length = waiting(feed);
    if (length === 0) this.#sendExit(feed);
    else if (!feed.isJoining || length >= pieceBytes || feed.pty.exit !== null) {
      this.#enqueue(feed);
      this.#sendReady();
    }
  }

  #enqueue(feed: Feed): void {
    const isUrgent = waiting(feed) <= urgentBytes && !this.#ready.has(feed);
    (isUrgent ? this.#urgent : this.#ready).add(feed);
  }

  #sendReady(): void {
    while (!this.#isBlocked) {
      const feed = first(this.#urgent) ?? first(this.#ready);
      if (feed === undefined) return;
      this.#urgent.delete(feed);
      this.#ready.delete(feed);
      this.#sendPiece(feed);
      // Added again it stands last.
      if (waiting(feed) > 0) this.#ready.add(feed);
      else this.#sendExit(feed);
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
    feed.isJoining = true;
    this.#joining.add(feed);
    this.#timer ??= setTimeout(this.#onJoined, joinMs);
  }

  readonly #onWritten = (): void => {
    if (!this.#isBlocked || this.#socket.writableLength > 0) return;
    this.#isBlocked = false;
    this.#sendReady();
  };

  readonly #onJoined = (): void => {
    this.#timer = undefined;
    for (const feed of this.#joining) {
      feed.isJoining = false;
      if (waiting(feed) > 0) this.#enqueue(feed);
    }
    this.#joining.clear();
    this.#sendReady();
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

function first<T>(set: ReadonlySet<T>): T | undefined {
  return set.values().next().value;
}
