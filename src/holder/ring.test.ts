import { expect, test } from 'vitest';
import { ReadBytes, Ring } from './ring.ts';

/** Deterministic numbers below `limit`. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % limit;
  };
}

test('whatever is written, read and forgotten, each position keeps its byte', () => {
  const ring = new Ring(1 << 20);
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
  const ring = new Ring(1 << 20);
  while (ring.hasRoom) ring.advance(ring.region().length);
  expect(ring.end).toBeGreaterThan((1 << 20) - ReadBytes - 1);
  expect(ring.end).toBeLessThan(1 << 20);
  ring.drop(ReadBytes + 1);
  expect(ring.hasRoom).toBe(true);
});

test('forgetting stays within what is there', () => {
  const ring = new Ring(1 << 20);
  ring.region();
  ring.advance(10);
  ring.drop(1000);
  expect([ring.start, ring.end]).toEqual([10, 10]);
  ring.drop(3);
  expect(ring.start).toBe(10);
});
