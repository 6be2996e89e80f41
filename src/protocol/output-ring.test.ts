import { expect, test } from 'vitest';
import { OutputRing, ReadBytes } from './output-ring.ts';

/** Deterministic numbers below `limit`. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % limit;
  };
}

test('whatever is written, read and forgotten, each position keeps its byte', () => {
  const ring = new OutputRing(1 << 20);
  const next = numbers(7);
  const byteAt = (offset: number): number => (offset * 31 + (offset >> 9)) & 0xff;
  let read = 0;
  for (let round = 0; round < 4000; round += 1) {
    if (ring.hasRoom) {
      const region = ring.region();
      expect(region.length).toBeGreaterThan(0);
      const length = 1 + next(region.length);
      for (let at = 0; at < length; at += 1) region[at] = byteAt(ring.end + at);
      ring.advance(length);
    }
    if (next(3) > 0 || !ring.hasRoom) {
      for (let left = 1 + next(3 * ReadBytes); left > 0 && read < ring.end; ) {
        const piece = ring.view(read, Math.min(left, ring.end - read));
        for (const at of [0, piece.length >> 1, piece.length - 1]) expect(piece[at]).toBe(byteAt(read + at));
        read += piece.length;
        left -= piece.length;
      }
      ring.drop(read - next(1 + Math.min(1000, read - ring.start)));
    }
    expect(ring.end - ring.start).toBeLessThanOrEqual(1 << 20);
  }
  expect(read).toBeGreaterThan(20 << 20);
});

test('a ring that nobody empties stops asking for more before it is full', () => {
  const ring = new OutputRing(1 << 20);
  while (ring.hasRoom) ring.advance(ring.region().length);
  expect(ring.end).toBeGreaterThan((1 << 20) - ReadBytes - 1);
  expect(ring.end).toBeLessThan(1 << 20);
  ring.drop(ReadBytes + 1);
  expect(ring.hasRoom).toBe(true);
});

test('forgetting stays within what is there', () => {
  const ring = new OutputRing(1 << 20);
  ring.region();
  ring.advance(10);
  ring.drop(1000);
  expect([ring.start, ring.end]).toEqual([10, 10]);
  ring.drop(3);
  expect(ring.start).toBe(10);
});

test('what is put in comes out at its position, however it grows, wraps and shrinks', () => {
  const first = 12_345;
  const ring = new OutputRing(300_000, first);
  const next = numbers(11);
  const byteAt = (offset: number): number => (offset * 31 + (offset >> 9)) & 0xff;
  let read = first;
  let refused = 0;
  for (let round = 0; round < 3000; round += 1) {
    const from = ring.end;
    const piece = Buffer.from(Array.from({ length: 1 + next(9000) }, (_, at) => byteAt(from + at)));
    const fits = ring.end - ring.start + piece.length <= 300_000;
    expect(ring.put(piece)).toBe(fits);
    if (!fits) refused += 1;
    expect(ring.end).toBe(fits ? from + piece.length : from);
    // Falls behind for a while, then catches up.
    if (round % 100 < 60) continue;
    for (let left = next(30_000); left > 0 && read < ring.end; ) {
      const bytes = ring.view(read, Math.min(left, ring.end - read));
      expect(bytes.every((byte, at) => byte === byteAt(read + at))).toBe(true);
      read += bytes.length;
      left -= bytes.length;
    }
    ring.drop(read);
    ring.shrink();
  }
  expect(refused).toBeGreaterThan(0);
  expect(read).toBeGreaterThan(5_000_000);
});
