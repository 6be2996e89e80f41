import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rehearse } from './rehearsal.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sr-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Terminals this process has open. */
function terminals(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return /ptmx|\/pts\//.test(readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      // The one the folder was read by.
      return false;
    }
  }).length;
}

test('every key comes back through the terminal, and nothing is left', async () => {
  const before = terminals();
  expect(await rehearse(join(directory, 's'), new AbortController().signal)).toBe(280);
  expect(readdirSync(directory)).toEqual([]);
  await expect.poll(terminals).toBe(before);
});

test('a holder that ends does not wait for it', async () => {
  const before = terminals();
  const ending = new AbortController();
  const done = rehearse(join(directory, 's'), ending.signal);
  ending.abort();
  expect(await done).toBeLessThan(10);
  await expect.poll(terminals).toBe(before);
});

test('without a place for the socket it says so, and the terminal is given back', async () => {
  const before = terminals();
  await expect(rehearse(join(directory, 'nowhere', 's'), new AbortController().signal)).rejects.toThrow('nowhere');
  await expect.poll(terminals).toBe(before);
});
