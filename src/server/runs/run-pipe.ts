// The bytes of one PTY on their way into the emulator and the log, and what goes back to the program for them.
//
//   holder -> take -> (waits, bounded by the window) -> parse -> log -> acknowledge to the holder
//
// Offsets only grow: received >= parsed >= logged. The holder may forget what is logged. An answer of the emulator to
// a query goes out together with the acknowledgement that covers the query, once that is in the log: a server killed at
// any moment has done both or neither, and the next one learns from the holder which.

import { HolderRingBytes } from '../../protocol/holder.ts';
import { ProtocolError } from '../../protocol/holder-codec.ts';
import { OutputRing } from '../../protocol/output-ring.ts';
import { PaneMode, type VtEngine } from '../../terminal/engine.ts';
import type { HolderLink } from '../holder/link.ts';
import type { Feed, FeedSource } from './feed.ts';
import type { Snapshot } from './log-files.ts';
import { type OutputLog, segmentBytes } from './output-log.ts';
import { endsAtRest, restPoint } from './rest-point.ts';

/** Bytes the holder may send of a run that somebody looks at before they are acknowledged. */
const followedWindow = 512 << 10;
/** An acknowledgement wakes the holder: under a flood it waits until so much of the window is used. */
const acknowledgeShare = 1 / 4;
/** A checkpoint is worth it after so much output; while output goes on, at most so often. */
const checkpointBytes = 256 << 10;
const checkpointEveryMs = 3000;
/** Making a snapshot stops everything else: about 1 ms per thousand lines of a log. */
const snapshotHistoryLines = 2000;
const tailBytes = 4096;
const lineFeed = 10;
const syncEnd = Buffer.from('\u001b[?2026l');

export interface RunPipeOptions {
  engine: VtEngine;
  output: OutputLog;
  /** The engine has seen everything before this offset. */
  offset: number;
  /** Answers found in a replay whose queries the holder was never told to forget. */
  replies: PendingReply[];
  feed: Feed;
  /** Monotonic milliseconds. */
  elapsed(): number;
  followed(): boolean;
  /** Of a task: what is drawn for a piece that ends at `end`. */
  draw?: ((bytes: Uint8Array, end: number) => Uint8Array) | undefined;
  /** A piece was parsed and given to the log. */
  parsed(): void;
  /** Output is missing: the holder has forgotten what no server has logged. */
  missing(from: number, to: number): void;
}

export interface PendingReply {
  /** Offset after the piece that caused it. */
  after: number;
  bytes: Uint8Array;
}

export class RunPipe implements FeedSource {
  readonly #options: RunPipeOptions;
  readonly #engine: VtEngine;
  readonly #output: OutputLog;
  readonly #replies: PendingReply[];
  #port: { link: HolderLink; pty: number } | null = null;
  /** From the first byte that is not in the log to the last received: never more than the window the holder was granted. */
  #bytes: OutputRing;
  #parsed: number;
  /** Where the piece now being parsed ends. */
  #pieceEnd: number;
  #acked = -1;
  /** The window the holder was told last. */
  #granted = 0;
  /** The program has used synchronized updates. */
  #synchronizes = false;
  #checkpointAt: number;
  #checkpointTime: number;
  #lastPiece: Buffer = Buffer.alloc(0);

  constructor(options: RunPipeOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#output = options.output;
    this.#replies = options.replies;
    this.#bytes = new OutputRing(HolderRingBytes, options.offset);
    this.#parsed = options.offset;
    this.#pieceEnd = options.offset;
    this.#checkpointAt = options.offset;
    this.#checkpointTime = options.elapsed();
  }

  get received(): number {
    return this.#bytes.end;
  }
  get parsed(): number {
    return this.#parsed;
  }
  get pending(): number {
    return this.#bytes.end - this.#parsed;
  }
  get followed(): boolean {
    return this.#options.followed();
  }
  /** Everything that came is parsed and in the log (or the log is broken). */
  get settled(): boolean {
    return this.pending === 0 && this.#output.logged >= this.#parsed;
  }

  /** Begins the flow. */
  connect(link: HolderLink, pty: number): void {
    this.#port = { link, pty };
    this.advance();
  }

  disconnect(): void {
    this.#port = null;
  }

  /** `bytes` are only lent. */
  take(offset: number, bytes: Buffer): void {
    const known = this.#bytes.end - offset;
    if (known >= bytes.length) return;
    if (known < 0) this.#skip(offset);
    this.#bytes.drop(this.#output.logged);
    if (!this.#bytes.put(known > 0 ? bytes.subarray(known) : bytes)) {
      throw new ProtocolError('the holder sent more output than it was asked for');
    }
    this.#options.feed.wake(this);
  }

  parse(bytes: number): number {
    if (this.pending === 0) return 0;
    let piece = this.#bytes.view(this.#parsed, Math.min(bytes, this.pending));
    const rotates = this.#output.segmentLength >= segmentBytes;
    const cut = rotates || this.#checkpointIsDue ? this.#restPoint(piece) : 0;
    if (cut > 0) piece = piece.subarray(0, cut);
    else if (this.#synchronizes) {
      // Frames are taken where a synchronized update ends, so that they show it whole.
      const end = piece.lastIndexOf(syncEnd);
      if (end >= 0) piece = piece.subarray(0, end + syncEnd.length);
    }
    this.#pieceEnd = this.#parsed + piece.length;
    this.#engine.feed(this.#options.draw?.(piece, this.#pieceEnd) ?? piece);
    this.#synchronizes ||= (this.#engine.modes & PaneMode.synchronized) !== 0;
    this.#parsed = this.#pieceEnd;
    this.#lastPiece = piece;
    // What waits for the log must not wait for more output, which may not come before it.
    this.#output.append(piece, this.#replies.length > 0 ? 0 : this.#granted / 2);
    if (cut > 0 && rotates) this.#rotate();
    else if (cut > 0) this.#saveScreen();
    this.#options.parsed();
    return piece.length;
  }

  /** Parses all that has come. */
  drain(): void {
    while (this.parse(this.pending) > 0);
  }

  /** The emulator answers a query of the piece it is given. */
  reply(bytes: Uint8Array): void {
    this.#replies.push({ after: this.#pieceEnd, bytes: bytes.slice() });
  }

  /** The log has grown, or the window has changed. */
  advance(): void {
    const port = this.#port;
    if (port === null) return;
    const { logged } = this.#output;
    for (let next = this.#replies[0]; next !== undefined && next.after <= logged; next = this.#replies[0]) {
      port.link.write(port.pty, next.bytes);
      this.#replies.shift();
    }
    this.#acked = logged;
    this.#granted = this.#window;
    port.link.ack(port.pty, logged, this.#granted);
  }

  /** More is in the log. An answer that waited for it goes out now, and with it the acknowledgement. */
  logProgressed(): void {
    const { logged } = this.#output;
    const [answer] = this.#replies;
    const answers = answer !== undefined && answer.after <= logged;
    if (answers || this.#granted !== this.#window || logged - this.#acked >= this.#window * acknowledgeShare)
      this.advance();
  }

  get #window(): number {
    return this.followed ? followedWindow : this.#options.feed.hiddenWindow;
  }

  /** The screen has another size from here on. */
  resize(cols: number, rows: number): void {
    this.#engine.resize(cols, rows);
    this.#output.resized({ offset: this.#parsed, cols, rows });
  }

  /** Saves the screen where that spares a later server enough work; mends a broken log. */
  checkpoint(): void {
    if (this.pending > 0 || !this.#isAtRest) return;
    this.#bytes.drop(this.#output.logged);
    this.#bytes.shrink();
    if (this.#output.broken) this.#rotate();
    else if (this.#parsed - this.#checkpointAt > checkpointBytes) this.#saveScreen();
  }

  close(): void {
    this.#port = null;
    this.#restart(this.#parsed);
    this.#options.feed.drop(this);
  }

  /** The log goes on after the gap. */
  #skip(offset: number): void {
    this.drain();
    this.#options.missing(this.#parsed, offset);
    this.#parsed = offset;
    this.#restart(offset);
    this.#output.breakOff();
    this.#rotate();
  }

  /** Storage of its own: the log may still write what is in the old one. */
  #restart(offset: number): void {
    this.#bytes = new OutputRing(HolderRingBytes, offset);
  }

  get #checkpointIsDue(): boolean {
    if (this.#parsed - this.#checkpointAt <= checkpointBytes || this.#output.broken) return false;
    if (this.#options.feed.isEasing) return false;
    return this.#options.elapsed() - this.#checkpointTime >= checkpointEveryMs;
  }

  /** A transcript is whole between lines. */
  #restPoint(piece: Buffer): number {
    return this.#options.draw === undefined ? restPoint(piece) : piece.lastIndexOf(lineFeed) + 1;
  }

  get #isAtRest(): boolean {
    return this.#options.draw === undefined
      ? endsAtRest(this.#lastPiece.subarray(-tailBytes))
      : this.#lastPiece.length === 0 || this.#lastPiece.at(-1) === lineFeed;
  }

  #rotate(): void {
    this.#output.rotate(this.#snapshot());
  }

  #saveScreen(): void {
    this.#output.checkpoint(this.#snapshot());
  }

  #snapshot(): Snapshot {
    const { cols, rows, scrolled } = this.#engine;
    this.#checkpointAt = this.#parsed;
    this.#checkpointTime = this.#options.elapsed();
    return { offset: this.#parsed, cols, rows, scrolled, bytes: this.#engine.snapshot(snapshotHistoryLines) };
  }
}
