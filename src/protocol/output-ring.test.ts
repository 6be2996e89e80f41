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

test('a ring that nobody empties stops asking for more before it is full', () => {
  const ring = new OutputRing(1 << 20);
  const read = Buffer.alloc(ReadBytes);
  while (ring.hasRoom) expect(ring.put(read, 5000)).toBe(true);
  expect(ring.end).toBeGreaterThan((1 << 20) - ReadBytes);
  expect(ring.end).toBeLessThan(1 << 20);
  ring.drop(ReadBytes);
  expect(ring.hasRoom).toBe(true);
  expect(ring.put(read)).toBe(true);
});

test('forgetting stays within what is there', () => {
  const ring = new OutputRing(1 << 20);
  ring.put(Buffer.alloc(20), 10);
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
