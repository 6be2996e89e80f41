import { expect, test } from 'vitest';
import type { CreateEngine } from '../../terminal/engine.ts';
import { createVtEngine } from '../../terminal/vt/vt-engine.ts';
import { warmUp } from './warm-up.ts';

/** An emulator that counts what it is given, and whether it was given up in the end. */
function counting(): { create: CreateEngine; fed: { bytes: number; disposed: boolean } } {
  const fed = { bytes: 0, disposed: false };
  const create: CreateEngine = (options) => {
    const engine = createVtEngine(options);
    const { feed, dispose } = engine;
    engine.feed = (bytes) => {
      fed.bytes += bytes.length;
      feed.call(engine, bytes);
    };
    engine.dispose = () => {
      fed.disposed = true;
      dispose.call(engine);
    };
    return engine;
  };
  return { create, fed };
}

test('all kinds of output are gone through, and the loop is free in between', async () => {
  const { create, fed } = counting();
  let turns = 0;
  const count = (): void => {
    turns += 1;
    if (!fed.disposed) setImmediate(count);
  };
  count();
  await warmUp(create, new AbortController().signal);
  expect(fed.disposed).toBe(true);
  expect(fed.bytes).toBeGreaterThan(1_000_000);
  expect(turns).toBeGreaterThan(10);
});

test('a server that ends does not wait for it', async () => {
  const { create, fed } = counting();
  const stopping = new AbortController();
  const done = warmUp(create, stopping.signal);
  stopping.abort();
  await done;
  expect(fed.disposed).toBe(true);
  expect(fed.bytes).toBeLessThan(1_000_000);
});
