import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { QuietTimer } from './quiet-timer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Touches every 100 ms for so long; returns when it told, in milliseconds. */
function touchFor(durationMs: number, atLatestMs?: number): number[] {
  const told: number[] = [];
  const start = Date.now();
  const elapsed = (): number => Date.now() - start;
  const timer = new QuietTimer(150, elapsed, () => told.push(elapsed()), atLatestMs);
  for (let at = 0; at < durationMs; at += 100) {
    timer.touch();
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(1000);
  return told;
}

test('it tells once, after the last touch', () => {
  expect(touchFor(3000)).toEqual([3050]);
});

test('what never comes to rest is told of in between, and once more when it does', () => {
  expect(touchFor(2500, 1000)).toEqual([1000, 2000, 2550]);
});
