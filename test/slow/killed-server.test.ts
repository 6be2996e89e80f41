import { test } from 'vitest';
import { killServerUnderOutput } from '../support/kill-server.ts';

test('a server killed twenty times under output of eight programs loses no byte, doubles none, and answers each query once', async () => {
  await killServerUnderOutput(20, 200);
}, 600_000);
