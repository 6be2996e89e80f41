import { describe, expect, test } from 'vitest';
import { type SseMessage, SseParser } from './sse.ts';

const text = ': hello\n\nid: 7\ndata: {"a":"é✓"}\n\nevent: stopping\r\ndata: one\r\ndata:two\r\n\r\nid: 9\n\ndata: cut';
const expected: SseMessage[] = [
  { event: 'message', id: '7', data: '{"a":"é✓"}' },
  { event: 'stopping', id: '7', data: 'one\ntwo' },
];

describe('server-sent events', () => {
  test('say the same cut at every byte', () => {
    const bytes = new TextEncoder().encode(text);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const messages: SseMessage[] = [];
      const parser = new SseParser((message) => messages.push(message));
      parser.push(bytes.subarray(0, cut));
      parser.push(bytes.subarray(cut));
      expect(messages).toEqual(expected);
    }
  });

  test('one without an end is refused instead of kept for ever', () => {
    const parser = new SseParser(() => undefined);
    const piece = new Uint8Array(8 << 20).fill(0x61);
    expect(() => {
      for (let i = 0; i < 5; i += 1) parser.push(piece);
    }).toThrow('too long');
  });
});
