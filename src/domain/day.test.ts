import { expect, test } from 'vitest';
import { costOn, startOfDay, startOfNextDay } from './day.ts';

test('a day goes from midnight to midnight, also when the clocks change', () => {
  for (let at = new Date(2026, 0, 1, 12).getTime(); at < new Date(2027, 0, 1).getTime(); at += 12 * 60 * 60 * 1000) {
    const [start, next] = [startOfDay(at), startOfNextDay(at)];
    expect(start).toBeLessThanOrEqual(at);
    expect(next).toBeGreaterThan(at);
    expect([startOfDay(next - 1), startOfDay(next)]).toEqual([start, next]);
  }
});

test('what was told yesterday is not the cost of today', () => {
  const evening = new Date(2026, 5, 1, 23, 59).getTime();
  expect(costOn(evening + 30_000, { usd: 2, at: evening })).toBe(2);
  expect(costOn(evening + 60_000, { usd: 2, at: evening })).toBeNull();
});
