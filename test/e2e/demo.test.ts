// `sesame demo`: the whole job on a repository made for it, which is gone afterwards.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Desk } from '../support/desk.ts';
import { processesOf } from '../support/leftovers.ts';

let desk: Desk;
let temporary: string;
beforeEach(() => {
  desk = new Desk({ env: { SESAME_DEMO_SPEED: '40' } });
  temporary = join(desk.place, 't');
  mkdirSync(temporary);
  desk.env['TMPDIR'] = temporary;
});
afterEach(() => desk.clear());

test('three agents work on one prompt, and nothing of it is left when the user leaves', async () => {
  const user = await desk.sitDown({ args: ['demo'] });
  await user.sees(/3 demo/);
  await user.sees('3 done', 60_000);
  expect(readdirSync(temporary).filter((name) => name.startsWith('sesame-'))).toHaveLength(1);
  user.write('q');
  expect(await user.exited()).toBe(0);
  expect(readdirSync(temporary).filter((name) => name.startsWith('sesame-'))).toEqual([]);
  expect(processesOf(join(temporary, 'sesame-'))).toEqual([]);
});
