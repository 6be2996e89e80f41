// Messages of the frame stream (stream.ts) and of the holder's wire (holder.ts), which share one envelope:
//
//   u32 length of the rest | u8 type | u32 channel or pty | payload          (little endian)
import { Failure } from '../domain/failure.ts';
import { StreamFrameLimit } from './stream.ts';

export const messageHeaderBytes = 9;
const smallBuffer = 1 << 12;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const noBytes = new Uint8Array(0);

/** Fills in the envelope of a message whose payload is already in place after it. */
export function writeMessageHeader(message: Uint8Array, type: number, channel: number): void {
  const view = new DataView(message.buffer, message.byteOffset, messageHeaderBytes);
  view.setUint32(0, message.length - 4, true);
  view.setUint8(4, type);
  view.setUint32(5, channel, true);
}

export function encodeMessage(type: number, channel: number, payload: Uint8Array = noBytes): Uint8Array {
  const message = new Uint8Array(messageHeaderBytes + payload.length);
  message.set(payload, messageHeaderBytes);
  writeMessageHeader(message, type, channel);
  return message;
}

export function encodeJsonMessage(type: number, channel: number, value: unknown): Uint8Array {
  return encodeMessage(type, channel, encoder.encode(JSON.stringify(value)));
}

/** The JSON of a payload, to be given to a schema. Throws a Failure `bad-message`. */
export function decodeJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(payload));
  } catch (cause) {
    throw badMessage('its JSON could not be parsed', cause);
  }
}

/**
 * `payload` is valid until the callback returns: it is a view into the bytes pushed or into the reader's own buffer.
 */
export type OnMessage = (type: number, channel: number, payload: Uint8Array) => void;

/**
 * Cuts a stream of bytes into messages. Holds at most one unfinished message of at most `limit` bytes. A message
 * longer than that or too short for its envelope throws a Failure `bad-message`: close that connection.
 */
export class MessageReader {
  readonly #limit: number;
  #held: Uint8Array = noBytes;
  #length = 0;

  constructor(limit: number = StreamFrameLimit) {
    this.#limit = limit;
  }

  push(chunk: Uint8Array, onMessage: OnMessage): void {
    let at = 0;
    while (this.#length > 0) {
      // First enough for the length field, then for the whole message.
      const need = this.#length < 4 ? 4 : 4 + this.#sizeAt(this.#held, 0);
      const part = chunk.subarray(at, at + need - this.#length);
      this.#hold(part, need);
      at += part.length;
      if (this.#length < need) return;
      if (need === 4) continue;
      const message = this.#held.subarray(0, this.#length);
      this.#length = 0;
      // The buffer is given away with the message, so that a callback that pushes again cannot overwrite it.
      this.#held = noBytes;
      emit(message, onMessage);
    }
    while (chunk.length - at >= 4) {
      const end = at + 4 + this.#sizeAt(chunk, at);
      if (end > chunk.length) break;
      const message = chunk.subarray(at, end);
      at = end;
      emit(message, onMessage);
    }
    if (at < chunk.length) this.#hold(chunk.subarray(at), 0);
  }

  #sizeAt(bytes: Uint8Array, at: number): number {
    const size = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
    if (size < messageHeaderBytes - 4) throw badMessage('it is too short');
    if (size > this.#limit) throw badMessage(`it has ${size} bytes, more than ${this.#limit}`);
    return size;
  }

  /** Grows by doubling as bytes arrive: a length that is only announced costs nothing. */
  #hold(part: Uint8Array, need: number): void {
    const length = this.#length + part.length;
    if (length > this.#held.length) {
      const wanted = Math.max(length, Math.min(need, Math.max(smallBuffer, length * 2)));
      const grown = new Uint8Array(wanted);
      grown.set(this.#held.subarray(0, this.#length));
      this.#held = grown;
    }
    this.#held.set(part, this.#length);
    this.#length = length;
  }
}

function emit(message: Uint8Array, onMessage: OnMessage): void {
  const view = new DataView(message.buffer, message.byteOffset, messageHeaderBytes);
  onMessage(view.getUint8(4), view.getUint32(5, true), message.subarray(messageHeaderBytes));
}

function badMessage(why: string, cause?: unknown): Failure {
  return new Failure(
    {
      code: 'bad-message',
      message: `a message could not be read: ${why}`,
      remedy: 'the two programs may be of different versions; run `sesame server stop` and start again',
    },
    { cause },
  );
}
