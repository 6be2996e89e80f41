import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { resolvePaths } from '../../platform/paths.ts';
import { createVtEngine } from '../../terminal/vt/vt-engine.ts';
import { rehearse } from './rehearsal.ts';

let directory: string;
const said: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sr-'));
  said.length = 0;
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function start(signal: AbortSignal, sinceShownMs = (): number => Number.POSITIVE_INFINITY): Promise<number> {
  const paths = resolvePaths({ SESAME_WORK_DIR: directory });
  const write = (message: string): void => void said.push(message);
  const log = { info: write, error: write, flush: () => Promise.resolve() };
  return rehearse({ paths, createEngine: createVtEngine, clock: systemClock, log, sinceShownMs, signal });
}

test('every key comes back as a frame, and nothing is left or said', async () => {
  mkdirSync(join(directory, '.sesame/run'), { recursive: true });
  expect(await start(new AbortController().signal)).toBe(280);
  expect(readdirSync(join(directory, '.sesame/run'))).toEqual([]);
  expect(said).toEqual([]);
});

test('what a killed server left of one is no hindrance, and is taken away', async () => {
  const left = join(directory, '.sesame/run/rehearsal/rehearsal-1');
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, '000000000000.out'), 'half a line');
  writeFileSync(join(directory, '.sesame/run/rehearsal.p'), '');
  expect(await start(new AbortController().signal)).toBe(280);
  expect(readdirSync(join(directory, '.sesame/run'))).toEqual([]);
});

test('a server that ends does not wait for it', async () => {
  mkdirSync(join(directory, '.sesame/run'), { recursive: true });
  const stopping = new AbortController();
  const done = start(stopping.signal);
  stopping.abort();
  expect(await done).toBeLessThan(10);
  expect(readdirSync(join(directory, '.sesame/run'))).toEqual([]);
});

test('nothing is typed while somebody is shown output', async () => {
  mkdirSync(join(directory, '.sesame/run'), { recursive: true });
  const stopping = new AbortController();
  const done = start(stopping.signal, () => 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  stopping.abort();
  expect(await done).toBe(0);
});

test('without a place for the sockets it says so', async () => {
  await expect(start(new AbortController().signal)).rejects.toThrow('rehearsal');
});
