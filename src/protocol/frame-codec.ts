// Frames as bytes. Everything is a little-endian u32, so that all cells of a frame are written and read with one copy:
//
//   header    flags, seq, cols | rows << 16, cursorX | cursorY << 16, modes, history, oldest, counts of spans, clusters, extras
//   spans     (row | col << 16, cells) of each
//   cells     4 words per cell, all spans one after the other
//   clusters  (id, byte length, UTF-8 padded to 4)
//   extras    (id, underline, underline colour, byte length, UTF-8 padded to 4)
//
// Flag bit 0 is `reset`. The program runs on little-endian machines only (all that Node supports here).
import { Failure } from '../domain/failure.ts';
import type { Frame, FrameLink, FrameSpan } from './frame.ts';
import { messageHeaderBytes, writeMessageHeader } from './frame-message.ts';
import { StreamReply } from './stream.ts';

const cellWords = 4;
const headerWords = 10;
const flagReset = 1;
/** More would not fit the message limit; keeps a hostile count from costing memory before the length check. */
const maxCells = 1 << 19;
const maxScreenCells = 1 << 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

interface EncodedText {
  head: number[];
  bytes: Uint8Array;
}

/** The frame's bytes, as the payload of a message. */
export function encodeFrame(frame: Frame): Uint8Array {
  return encodeAfter(frame, 0);
}

/** A complete `frame` message for a channel, cells copied once. */
export function encodeFrameMessage(channel: number, frame: Frame): Uint8Array {
  const bytes = encodeAfter(frame, messageHeaderBytes);
  writeMessageHeader(bytes, StreamReply.frame, channel);
  return bytes;
}

/** A complete `history` message: the number of the request, then the frame. */
export function encodeHistoryMessage(channel: number, request: number, frame: Frame): Uint8Array {
  const bytes = encodeAfter(frame, messageHeaderBytes + 4);
  writeMessageHeader(bytes, StreamReply.history, channel);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(messageHeaderBytes, request, true);
  return bytes;
}

/** The payload of a `history` message. Throws a Failure `bad-frame`. */
export function decodeHistory(payload: Uint8Array): { request: number; frame: Frame } {
  if (payload.length < 4) throw malformed('it is too short');
  const request = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
  return { request, frame: decodeFrame(payload.subarray(4)) };
}

/** Leaves `reserve` bytes before the payload for its headers; the payload itself lies on a multiple of 4. */
function encodeAfter(frame: Frame, reserve: number): Uint8Array {
  const texts: EncodedText[] = [];
  for (const { id, text } of frame.clusters) texts.push({ head: [id], bytes: encoder.encode(text) });
  for (const { id, underline, underlineColor, url } of frame.extras) {
    texts.push({ head: [id, underline, underlineColor], bytes: encoder.encode(url) });
  }
  let words = headerWords;
  for (const span of frame.spans) words += 2 + span.words.length;
  for (const { head, bytes } of texts) words += head.length + 1 + ((bytes.length + 3) >> 2);

  const lead = (reserve + 3) & ~3;
  const buffer = new ArrayBuffer(lead + words * 4);
  const out = new Uint32Array(buffer, lead, words);
  out[0] = frame.reset ? flagReset : 0;
  out[1] = frame.seq;
  out[2] = frame.cols | (frame.rows << 16);
  out[3] = frame.cursorX | (frame.cursorY << 16);
  out[4] = frame.modes;
  out[5] = frame.history;
  out[6] = frame.oldest;
  out[7] = frame.spans.length;
  out[8] = frame.clusters.length;
  out[9] = frame.extras.length;
  let at = headerWords;
  for (const span of frame.spans) {
    out[at++] = span.row | (span.col << 16);
    out[at++] = span.words.length / cellWords;
  }
  for (const span of frame.spans) {
    out.set(span.words, at);
    at += span.words.length;
  }
  for (const { head, bytes } of texts) {
    for (const word of head) out[at++] = word;
    out[at++] = bytes.length;
    new Uint8Array(buffer, lead + at * 4).set(bytes);
    at += (bytes.length + 3) >> 2;
  }
  return new Uint8Array(buffer, lead - reserve);
}

/**
 * Reads a frame; nothing of it refers to `payload` afterwards. Throws a Failure `bad-frame` on anything that does not
 * add up: a count that leads outside, a span outside the screen, bytes left over.
 */
export function decodeFrame(payload: Uint8Array): Frame {
  if (payload.length < headerWords * 4) throw malformed('it is too short');
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let at = 0;
  const next = (): number => {
    if (at + 4 > payload.length) throw malformed('it ends early');
    const word = view.getUint32(at, true);
    at += 4;
    return word;
  };
  const text = (): string => {
    const length = next();
    if (length > payload.length - at) throw malformed('a text leads outside');
    const value = decoder.decode(payload.subarray(at, at + length));
    at += (length + 3) & ~3;
    return value;
  };

  const flags = next();
  const seq = next();
  const size = next();
  const cursor = next();
  const cols = size & 0xffff;
  const rows = size >>> 16;
  if (cols * rows > maxScreenCells) throw malformed('its screen is too large');
  const frame: Frame = {
    seq,
    cols,
    rows,
    cursorX: cursor & 0xffff,
    cursorY: cursor >>> 16,
    modes: next(),
    history: next(),
    oldest: next(),
    reset: (flags & flagReset) !== 0,
    clusters: [],
    extras: [],
    spans: [],
  };
  const spanCount = next();
  const clusterCount = next();
  const extraCount = next();
  if (spanCount * 8 > payload.length - at) throw malformed('too many spans');

  const shapes: Array<{ row: number; col: number; cells: number }> = [];
  let cells = 0;
  for (let i = 0; i < spanCount; i++) {
    const place = next();
    const shape = { row: place & 0xffff, col: place >>> 16, cells: next() };
    if (shape.row >= rows || shape.col + shape.cells > cols) throw malformed('a span lies outside the screen');
    cells += shape.cells;
    if (cells > maxCells) throw malformed('too many cells');
    shapes.push(shape);
  }
  const cellBytes = cells * cellWords * 4;
  if (cellBytes > payload.length - at) throw malformed('cells are missing');
  // One copy for all spans: the payload is a view into a receive buffer and lies at any offset.
  const all = new Uint32Array(cells * cellWords);
  new Uint8Array(all.buffer).set(payload.subarray(at, at + cellBytes));
  at += cellBytes;
  let from = 0;
  for (const { row, col, cells: count } of shapes) {
    const span: FrameSpan = { row, col, words: all.subarray(from, from + count * cellWords) };
    from += count * cellWords;
    frame.spans.push(span);
  }
  for (let i = 0; i < clusterCount; i++) {
    const id = next();
    frame.clusters.push({ id, text: text() });
  }
  for (let i = 0; i < extraCount; i++) {
    const link: FrameLink = { id: next(), underline: next(), underlineColor: next(), url: text() };
    frame.extras.push(link);
  }
  if (at !== payload.length) throw malformed('bytes are left over');
  return frame;
}

function malformed(why: string): Failure {
  return new Failure({
    code: 'bad-frame',
    message: `a screen frame could not be read: ${why}`,
    remedy: 'client and server may be of different versions; run `sesame server stop` and start again',
  });
}
