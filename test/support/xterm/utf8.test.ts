import { expect, test } from 'vitest';
import { randomFrom } from '../vt-streams.ts';
import { Utf8Decoder } from './utf8.ts';

function decode(pieces: Uint8Array[]): string {
  const decoder = new Utf8Decoder();
  let text = '';
  for (const piece of pieces) {
    const target = new Uint32Array(piece.length + 1);
    const size = decoder.decode(piece, target);
    text += String.fromCodePoint(...target.subarray(0, size));
  }
  return text;
}

test('a character cut anywhere comes out whole', () => {
  const text = 'a…“é🚀\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}한b';
  const bytes = new TextEncoder().encode(text);
  for (let step = 1; step < 6; step++) {
    for (let first = 0; first <= step; first++) {
      const pieces = [bytes.subarray(0, first)];
      for (let at = first; at < bytes.length; at += step) pieces.push(bytes.subarray(at, at + step));
      expect(decode(pieces)).toBe(text);
    }
  }
});

test('any bytes decode as the platform decodes them', () => {
  for (let seed = 0; seed < 400; seed++) {
    const random = randomFrom(seed);
    const bytes = Uint8Array.from(
      { length: 30 },
      () => [0x41, 0xe2, 0x80, 0xf0, 0x9f, 0xed, 0xc3, 0xbf][random(8)]! + random(2),
    );
    // A last character that is not complete is still waited for.
    const all = Uint8Array.from([...bytes, 0x41]);
    const cut = random(30);
    expect(decode([all.subarray(0, cut), all.subarray(cut)])).toBe(
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(all),
    );
  }
});
