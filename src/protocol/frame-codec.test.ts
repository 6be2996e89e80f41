import { describe, expect, test } from 'vitest';
import { Failure } from '../domain/failure.ts';
import type { Frame } from './frame.ts';
import { decodeFrame, decodeHistory, encodeFrame, encodeFrameMessage, encodeHistoryMessage } from './frame-codec.ts';
import { decodeJson, encodeJsonMessage, encodeMessage, MessageReader } from './frame-message.ts';
import { StreamReply } from './stream.ts';

/** A small generator with a seed, so that a failing case can be run again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomFrame(seed: number): Frame {
  const random = randomFrom(seed);
  const cols = 1 + random(300);
  const rows = 1 + random(100);
  const texts = ['e\u0301', '👩‍👩‍👧', '', 'https://example.org/ü', 'x'.repeat(2000)];
  return {
    seq: random(2 ** 32),
    cols,
    rows,
    cursorX: random(cols),
    cursorY: random(rows),
    modes: random(2 ** 21),
    history: random(100_000),
    oldest: random(2 ** 32),
    reset: random(2) === 1,
    clusters: Array.from({ length: random(4) }, () => ({ id: random(2 ** 21), text: texts[random(texts.length)]! })),
    extras: Array.from({ length: random(4) }, () => ({
      id: random(2 ** 32),
      underline: random(6),
      underlineColor: random(2 ** 26),
      url: texts[random(texts.length)]!,
    })),
    spans: Array.from({ length: random(12) }, () => {
      const col = random(cols);
      const words = new Uint32Array(4 * random(cols - col + 1)).map(() => random(2 ** 32));
      return { row: random(rows), col, words };
    }),
  };
}

interface Read {
  type: number;
  channel: number;
  payload: number[];
}

function readAll(chunks: Uint8Array[], reader = new MessageReader()): Read[] {
  const read: Read[] = [];
  for (const chunk of chunks) {
    reader.push(chunk, (type, channel, payload) => read.push({ type, channel, payload: [...payload] }));
  }
  return read;
}

describe('frames', () => {
  test('a frame comes back as it was sent', () => {
    for (let seed = 0; seed < 300; seed++) {
      const frame = randomFrame(seed);
      expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
    }
  });

  test('a frame can be read from any offset of a receive buffer and keeps nothing of it', () => {
    for (let offset = 0; offset < 5; offset++) {
      const frame = randomFrame(7);
      const bytes = encodeFrame(frame);
      const buffer = new Uint8Array(bytes.length + offset);
      buffer.set(bytes, offset);
      const read = decodeFrame(buffer.subarray(offset));
      buffer.fill(0xff);
      expect(read).toEqual(frame);
    }
  });

  test('a frame cut anywhere is refused with a failure', () => {
    const bytes = encodeFrame({ ...randomFrame(3), spans: [{ row: 0, col: 0, words: new Uint32Array(4) }] });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeFrame(bytes.subarray(0, length))).toThrow(Failure);
    }
  });

  test('damaged frames either read or are refused with a failure, never anything else', () => {
    for (let seed = 0; seed < 2000; seed++) {
      const random = randomFrom(seed);
      const bytes = encodeFrame(randomFrame(seed % 20));
      for (let i = 0; i <= random(4); i++) bytes[random(Math.min(bytes.length, 200))] = random(256);
      try {
        const frame = decodeFrame(bytes);
        for (const span of frame.spans) {
          expect(span.row).toBeLessThan(frame.rows);
          expect(span.col + span.words.length / 4).toBeLessThanOrEqual(frame.cols);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }
  });

  test('a frame message and a history message carry their frame', () => {
    const frame = randomFrame(11);
    const read: Read[] = readAll([encodeFrameMessage(5, frame), encodeHistoryMessage(6, 77, frame)]);
    expect(read.map(({ type, channel }) => [type, channel])).toEqual([
      [StreamReply.frame, 5],
      [StreamReply.history, 6],
    ]);
    expect(decodeFrame(new Uint8Array(read[0]!.payload))).toEqual(frame);
    expect(decodeHistory(new Uint8Array(read[1]!.payload))).toEqual({ request: 77, frame });
  });
});

describe('messages', () => {
  const messages = [
    encodeMessage(1, 0),
    encodeMessage(255, 2 ** 32 - 1, new Uint8Array([1])),
    encodeJsonMessage(3, 9, { text: 'é'.repeat(40) }),
    encodeMessage(4, 1, new Uint8Array(100).fill(7)),
  ];
  const stream = new Uint8Array(messages.flatMap((message) => [...message]));
  const whole = readAll(messages);

  test('messages come out the same wherever the stream is cut', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(readAll([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(whole);
    }
    expect(readAll([...stream].map((byte) => new Uint8Array([byte])))).toEqual(whole);
  });

  test('messages come out the same for random pieces', () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = randomFrom(seed);
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < stream.length; ) {
        const end = at + 1 + random(40);
        chunks.push(stream.subarray(at, end));
        at = end;
      }
      expect(readAll(chunks)).toEqual(whole);
    }
  });

  test('an announced length over the limit is refused before the bytes come', () => {
    const reader = new MessageReader(64);
    expect(() => readAll([encodeMessage(1, 1, new Uint8Array(61)).subarray(0, 4)], reader)).toThrow(Failure);
    expect(readAll([encodeMessage(1, 1, new Uint8Array(59))], new MessageReader(64))).toHaveLength(1);
  });

  test('a length too short for its envelope is refused', () => {
    expect(() => readAll([new Uint8Array([4, 0, 0, 0])])).toThrow(Failure);
  });

  test('a callback may push into the same reader', () => {
    const reader = new MessageReader();
    const seen: number[] = [];
    const message = encodeMessage(1, 1, new Uint8Array([42]));
    reader.push(message.subarray(0, 3), () => seen.push(0));
    reader.push(message.subarray(3), (type, _channel, payload) => {
      reader.push(message.subarray(0, 6), () => seen.push(-1));
      seen.push(type, ...payload);
    });
    expect(seen).toEqual([1, 42]);
  });

  test('JSON that cannot be parsed is a failure', () => {
    expect(() => decodeJson(new Uint8Array([123]))).toThrow(Failure);
  });
});
