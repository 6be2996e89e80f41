// When the changes of a session are measured while somebody types. Time stands still until the test moves it.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SessionId } from '../../domain/ids.ts';
import type { Context } from './context.ts';
import { createFileWatch } from './watch-files.ts';

const id = SessionId.parse('test1');

function open() {
  const clock = { now: 0, typedAt: Number.NEGATIVE_INFINITY };
  const timers = new Set<{ at: number; call: () => void }>();
  const measured: number[] = [];
  const session = {
    id,
    trash: null,
    archivedAt: null,
    workplace: { kind: 'worktree', path: '/nowhere/at/all', base: { sha: 'x' } },
  };
  const context = {
    clock: { elapsed: () => clock.now },
    schedule: (afterMs: number, call: () => void) => {
      const timer = { at: clock.now + afterMs, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    runs: {
      get: () => null,
      get sinceTypedMs() {
        return clock.now - clock.typedAt;
      },
    },
    events: { session: () => session },
    git: {
      diffStat: () => {
        measured.push(clock.now);
        return Promise.resolve({ files: measured.length, insertions: 0, deletions: 0 });
      },
    },
    record: () => undefined,
    log: { info: () => undefined },
  } as unknown as Context;
  /** Moves the time to `now`; what is due meanwhile happens. */
  const until = async (now: number): Promise<void> => {
    for (; clock.now <= now; clock.now += 10) {
      for (const timer of [...timers].filter(({ at }) => at <= clock.now)) {
        timers.delete(timer);
        timer.call();
      }
      await turn();
    }
  };
  return { watch: createFileWatch(context), clock, timers, measured, until };
}

test('what changed is measured when nobody types any more', async () => {
  const { watch, clock, timers, measured, until } = open();
  watch.touch(id);
  for (let now = 0; now <= 1000; now += 100) {
    clock.typedAt = now;
    await until(now);
  }
  expect(measured).toEqual([]);
  await until(1600);
  expect(measured).toHaveLength(1);
  expect(timers.size).toBe(0);
  await watch.close();
});

test('who types on and on sees it all the same', async () => {
  const { watch, clock, measured, until } = open();
  watch.touch(id);
  for (let now = 0; now <= 6000; now += 100) {
    clock.typedAt = now;
    await until(now);
  }
  expect(measured).toHaveLength(1);
  await watch.close();
});

test('a server that ends does not wait for who types', async () => {
  const { watch, clock, timers, measured, until } = open();
  watch.touch(id, true);
  clock.typedAt = 0;
  await until(100);
  await watch.close();
  expect(measured).toEqual([]);
  expect(timers.size).toBe(0);
});
