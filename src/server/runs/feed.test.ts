import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Feed, type FeedSource } from './feed.ts';

/** A clock that each parsed byte moves on, so that a turn takes as long as the test says. */
function open(): {
  feed: Feed;
  clock: { now: number };
  watch(isWatched: boolean): void;
  source(name: string, followed?: boolean): FeedSource & { add(bytes: number): void };
  order: string[];
} {
  const clock = { now: 0 };
  const order: string[] = [];
  let isWatched = false;
  const feed = new Feed(
    () => clock.now,
    () => isWatched,
  );
  const watch = (now: boolean): void => {
    isWatched = now;
  };
  const source = (name: string, followed = false): FeedSource & { add(bytes: number): void } => {
    let pending = 0;
    const made = {
      get pending() {
        return pending;
      },
      followed,
      parse(bytes: number) {
        const taken = Math.min(bytes, pending);
        pending -= taken;
        clock.now += taken * 20e-6;
        if (taken > 0) order.push(name);
        return taken;
      },
      add(bytes: number) {
        pending += bytes;
        feed.wake(made);
      },
    };
    return made;
  };
  return { feed, clock, watch, source, order };
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

test('a run that somebody looks at is parsed before the others, and does not stop them', async () => {
  const { source, order } = open();
  const hidden = source('hidden');
  const shown = source('shown', true);
  hidden.add(1 << 20);
  shown.add(1 << 20);
  await turns(6);
  expect(order[0]).toBe('shown');
  expect(order).toContain('hidden');
});

test('a run that is expensive to parse does not keep the others waiting', async () => {
  const { source, order } = open();
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) source(name).add(1 << 20);
  await turns(8);
  expect(new Set(order)).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f']));
});

test('after a key nothing is parsed in the background for a moment, then little, then everything', async () => {
  const { feed, clock, source, order } = open();
  const typedInto = source('typed', true);
  const flood = source('flood');
  feed.focus(typedInto);
  flood.add(64 << 20);
  typedInto.add(1);
  await turns(10);
  expect(order).toEqual(['typed']);

  // The moment is over: one short turn, and a gap after it that the clock has not passed yet.
  clock.now = 31;
  await expect.poll(() => order.length).toBeGreaterThan(1);
  const eased = order.length;
  await turns(20);
  expect(order.length).toBe(eased);

  // Long after the key there are no gaps.
  clock.now = 2100;
  await expect.poll(() => clock.now).toBeGreaterThan(2200);
});

test('what comes in the background does not shorten the moment after a key', async () => {
  const { feed, clock, source, order } = open();
  const flood = source('flood');
  feed.focus(null);
  for (clock.now = 0; clock.now < 30; clock.now += 5) {
    flood.add(1000);
    await turns(3);
  }
  expect(order).toEqual([]);
});

test('keys without a pause hold up the others for a moment, not for good', async () => {
  const { feed, clock, source, order } = open();
  const flood = source('flood');
  flood.add(64 << 20);
  for (clock.now = 0; clock.now < 95; clock.now += 5) {
    feed.focus(null);
    await turns(3);
  }
  expect(order).toEqual([]);
  for (; clock.now < 1000; clock.now += 5) {
    feed.focus(null);
    flood.add(1);
    await turns(3);
  }
  const times = order.length;
  expect(times).toBeGreaterThan(5);
  expect(times).toBeLessThan(15);
});

test('while somebody looks at another run, floods leave gaps', async () => {
  const { clock, watch, source, order } = open();
  watch(true);
  source('flood').add(64 << 20);
  await turns(20);
  const before = order.length;
  expect(before).toBeGreaterThan(0);
  await turns(20);
  expect(order.length).toBe(before);
  clock.now += 3;
  await expect.poll(() => order.length).toBeGreaterThan(before);
});

test('a run that was dropped is not parsed any more', async () => {
  const { feed, source, order } = open();
  const run = source('run');
  run.add(100);
  feed.drop(run);
  await turns(3);
  expect(order).toEqual([]);
});

test('an echo is parsed with the read it came by, and only that', async () => {
  const { feed, clock, source, order } = open();
  const typed = source('typed');
  const other = source('other');
  feed.focus(typed);
  typed.add(10);
  typed.add(10);
  other.add(10);
  await Promise.resolve();
  expect(order).toEqual(['typed']);
  expect(typed.pending).toBe(0);
  typed.add(5000);
  await Promise.resolve();
  expect(typed.pending).toBe(5000);
  await turns(2);
  expect(typed.pending).toBe(0);
  clock.now += 150;
  typed.add(10);
  await Promise.resolve();
  expect(typed.pending).toBe(10);
});
