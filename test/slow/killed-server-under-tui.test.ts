import { test } from 'vitest';
import { killServerUnderTui } from '../support/kill-under-tui.ts';

test('a server killed twenty times under eight programs and a user who looks: same programs, every byte once', async () => {
  await killServerUnderTui(20);
}, 600_000);
