import { expect, test } from 'vitest';
import { Pacer } from './pacer.ts';

test('the first change after quiet is due at once, the next after the interval', () => {
  const pacer = new Pacer(8);
  expect(pacer.changed(1000, false)).toBe(false);
  expect(pacer.dueInMs(1000)).toBeLessThanOrEqual(0);
  pacer.sent(1000);
  expect(pacer.dueInMs(1001)).toBe(Number.POSITIVE_INFINITY);
  pacer.changed(1003, false);
  expect(pacer.dueInMs(1003)).toBe(5);
  expect(pacer.dueInMs(1100)).toBeLessThanOrEqual(0);
});

test('a synchronized update is held until it ends, and taken right there', () => {
  const pacer = new Pacer(8);
  pacer.sent(1000);
  pacer.changed(1010, true);
  expect(pacer.dueInMs(1020)).toBeGreaterThan(0);
  expect(pacer.changed(1030, false)).toBe(true);
});

test('a synchronized update that does not end is shown after 150 ms', () => {
  const pacer = new Pacer(8);
  pacer.sent(1000);
  pacer.changed(1010, true);
  pacer.changed(1100, true);
  expect(pacer.dueInMs(1110)).toBe(50);
  expect(pacer.dueInMs(1160)).toBe(0);
});

test('an update that ends too soon after the last frame waits for a later end', () => {
  const pacer = new Pacer(8);
  pacer.changed(1000, true);
  expect(pacer.changed(1001, false)).toBe(true);
  pacer.sent(1001);
  pacer.changed(1002, true);
  expect(pacer.changed(1003, false)).toBe(false);
  pacer.changed(1004, true);
  expect(pacer.changed(1009, false)).toBe(true);
});

test('changes without end are shown half as often, and after a pause as often as before', () => {
  const pacer = new Pacer(8);
  let now = 1000;
  const gaps: number[] = [];
  pacer.sent(now);
  for (let frame = 0; frame < 20; frame++) {
    pacer.changed(now + 1, false);
    const gap = 1 + pacer.dueInMs(now + 1);
    gaps.push(gap);
    now += gap;
    pacer.sent(now);
  }
  expect(gaps.slice(0, 12)).toEqual(Array(12).fill(8));
  expect(gaps.slice(-5)).toEqual(Array(5).fill(16));

  now += 17;
  pacer.changed(now, false);
  expect(pacer.dueInMs(now)).toBeLessThanOrEqual(0);
  pacer.sent(now);
  pacer.changed(now + 1, false);
  expect(pacer.dueInMs(now + 1)).toBe(7);
});

test('the echoes of who types fast are no stream: each is due at once', () => {
  const pacer = new Pacer(8);
  for (let now = 1000; now < 2000; now += 10) {
    pacer.changed(now, false);
    expect(pacer.dueInMs(now)).toBeLessThanOrEqual(0);
    pacer.sent(now);
  }
});
