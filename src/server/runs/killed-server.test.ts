import { test } from 'vitest';
import { killServerUnderOutput } from '../../../test/support/kill-server.ts';

// test/slow has the same with twenty kills and more output.
test('a server killed under output loses no byte, doubles none, and answers each query once', async () => {
  await killServerUnderOutput(2, 50);
}, 90_000);
