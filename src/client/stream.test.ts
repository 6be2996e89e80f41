import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Client } from './connect.ts';
import { openFrameStream } from './stream.ts';

test('told that the server is back it connects at once, not after the pause that failures have made long', async () => {
  let attempts = 0;
  const client = {
    closed: new AbortController().signal,
    reach: () => {
      attempts += 1;
      return Promise.reject(new Error('nobody there'));
    },
  } as unknown as Client;
  const stream = openFrameStream(client);
  // The next pause is 0.8 s by now.
  await expect.poll(() => attempts, { timeout: 5000 }).toBeGreaterThanOrEqual(6);
  const before = attempts;
  stream.retry();
  for (let i = 0; i < 20; i++) await turn();
  expect(attempts).toBeGreaterThan(before);
  stream.close();
});
