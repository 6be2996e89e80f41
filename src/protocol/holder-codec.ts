// Frames of holder.ts, written and read. Both ends use this file; what a payload means is their business.
//
//   0        4      5     9
//   | length | type | pty | payload            length counts everything after itself

import { HolderFrameLimit, HolderReply } from './holder.ts';

export const HeaderBytes = 9;
/** A frame header and the offset that opens an output payload. */
export const OutputHeaderBytes = HeaderBytes + 8;

/** The peer does not speak the protocol. The connection is to be closed; nothing else is. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

export function encodeFrame(type: number, pty: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HeaderBytes + payload.byteLength);
  writeHeader(frame, type, pty, payload.byteLength);
  frame.set(payload, HeaderBytes);
  return frame;
}

export function encodeJsonFrame(type: number, pty: number, value: unknown): Buffer {
  return encodeFrame(type, pty, Buffer.from(JSON.stringify(value)));
}

/** The first bytes of an output frame; `length` bytes of the ring follow on the wire, without a copy. */
export function encodeOutputHeader(pty: number, offset: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(OutputHeaderBytes);
  writeHeader(header, HolderReply.output, pty, 8 + length);
  writeOffset(header, offset, HeaderBytes);
  return header;
}

export function encodeResize(type: number, pty: number, cols: number, rows: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt16LE(cols, 0);
  payload.writeUInt16LE(rows, 2);
  return encodeFrame(type, pty, payload);
}

export function encodeAck(type: number, pty: number, offset: number, windowBytes: number): Buffer {
  const payload = Buffer.allocUnsafe(12);
  writeOffset(payload, offset, 0);
  payload.writeUInt32LE(windowBytes, 8);
  return encodeFrame(type, pty, payload);
}

/** A u64 as a number: terminal output stays far below 2^53 bytes. */
export function readOffset(bytes: Buffer, at: number): number {
  const offset = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
  if (!Number.isSafeInteger(offset)) throw new ProtocolError('an offset is out of range');
  return offset;
}

/** Parses a JSON payload. Throws a ProtocolError when it is none. */
export function readJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch (error) {
    throw new ProtocolError('a message is not JSON', { cause: error });
  }
}

export interface FrameSink {
  /** A complete frame. `payload` is only valid during the call. */
  frame(type: number, pty: number, payload: Buffer): void;
  /** Output as it arrives, frames not waited for. `bytes` is only valid during the call. Absent: output is no message here. */
  output?(pty: number, offset: number, bytes: Buffer): void;
}

/**
 * Cuts a byte stream into frames. Holds at most one incomplete frame; output is handed on piece by piece and never
 * held. `push` throws a ProtocolError for a frame that is too short or too long, and whatever the sink throws.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #head = Buffer.alloc(OutputHeaderBytes);
  #headLength = 0;
  #headNeeded = HeaderBytes;
  #body: Buffer = Buffer.alloc(0);
  #bodyLength = 0;
  /** Payload bytes of the current frame that have not been seen. */
  #rest = 0;
  #state: 'head' | 'body' | 'output' = 'head';
  #type = 0;
  #pty = 0;
  #offset = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const take = Math.min(
        this.#state === 'head' ? this.#headNeeded - this.#headLength : this.#rest,
        bytes.length - at,
      );
      if (this.#state === 'head') {
        bytes.copy(this.#head, this.#headLength, at, at + take);
        this.#headLength += take;
        at += take;
        if (this.#headLength === this.#headNeeded) this.#enter();
        continue;
      }
      const piece = bytes.subarray(at, at + take);
      at += take;
      this.#rest -= take;
      if (this.#state === 'output') this.#passOutput(piece);
      else this.#collect(piece);
    }
  }

  /** The head is complete: decides what follows. */
  #enter(): void {
    if (this.#headNeeded === OutputHeaderBytes) {
      this.#offset = readOffset(this.#head, HeaderBytes);
      this.#rest -= 8;
      this.#state = 'output';
      if (this.#rest === 0) this.#reset();
      return;
    }
    const length = this.#head.readUInt32LE(0);
    if (length < HeaderBytes - 4 || length > HolderFrameLimit) {
      throw new ProtocolError(`a message of ${length} bytes is not allowed`);
    }
    this.#type = this.#head.readUInt8(4);
    this.#pty = this.#head.readUInt32LE(5);
    this.#rest = length - (HeaderBytes - 4);
    if (this.#type === HolderReply.output && this.#sink.output !== undefined) {
      if (this.#rest < 8) throw new ProtocolError('an output message has no offset');
      this.#headNeeded = OutputHeaderBytes;
    } else if (this.#rest === 0) {
      this.#reset();
      this.#sink.frame(this.#type, this.#pty, Buffer.alloc(0));
    } else {
      this.#state = 'body';
    }
  }

  #passOutput(piece: Buffer): void {
    const offset = this.#offset;
    this.#offset += piece.length;
    if (this.#rest === 0) this.#reset();
    this.#sink.output?.(this.#pty, offset, piece);
  }

  #collect(piece: Buffer): void {
    if (this.#bodyLength === 0 && this.#rest === 0) {
      this.#reset();
      this.#sink.frame(this.#type, this.#pty, piece);
      return;
    }
    if (this.#bodyLength === 0) this.#body = Buffer.allocUnsafe(piece.length + this.#rest);
    piece.copy(this.#body, this.#bodyLength);
    this.#bodyLength += piece.length;
    if (this.#rest > 0) return;
    const body = this.#body;
    this.#reset();
    this.#sink.frame(this.#type, this.#pty, body);
  }

  #reset(): void {
    this.#state = 'head';
    this.#headLength = 0;
    this.#headNeeded = HeaderBytes;
    this.#bodyLength = 0;
    this.#body = Buffer.alloc(0);
  }
}

function writeHeader(frame: Buffer, type: number, pty: number, payloadLength: number): void {
  frame.writeUInt32LE(HeaderBytes - 4 + payloadLength, 0);
  frame.writeUInt8(type, 4);
  frame.writeUInt32LE(pty, 5);
}

function writeOffset(bytes: Buffer, offset: number, at: number): void {
  bytes.writeUInt32LE(offset % 2 ** 32, at);
  bytes.writeUInt32LE(Math.floor(offset / 2 ** 32), at + 4);
}
