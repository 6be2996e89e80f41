// What is compiled ahead by typing where nobody sees it must not be seen.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Desk } from '../support/desk.ts';

let desk: Desk;
beforeEach(() => {
  desk = new Desk({ env: { SESAME_WARM_UP: '1' } });
});
afterEach(() => desk.clear());

const logs = (): string =>
  [desk.paths.serverLog, desk.paths.holderLog].map((path) => readFileSync(path, 'utf8')).join('');

test('who types while keys are rehearsed finds exactly their own, and nothing is left behind', async () => {
  const program = desk.startProgram('stty -echo; echo ready; exec cat');
  const user = await desk.sitDown();
  await user.sees('ready');
  user.write('\r');
  const words = Array.from({ length: 60 }, (_, i) => `word${i}`);
  for (const word of words) {
    user.write(`${word}\r`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await user.sees('word59');
  expect(desk.sesame('read', '1').trim().split('\n').slice(-20)).toEqual(words.slice(-20));
  await expect.poll(() => logs().match(/"rehearsed","keys":280/g), { timeout: 20_000 }).toHaveLength(2);
  const [folder, ...others] = readdirSync(desk.paths.output);
  expect(others).toEqual([]);
  const printed = readFileSync(join(desk.paths.output, folder ?? '', '000000000000.out'), 'utf8');
  expect(printed.trim().split(/\s+/)).toEqual(['ready', ...words]);
  expect(logs()).not.toContain('"error"');
  await expect
    .poll(() => readdirSync(desk.paths.run).filter((name) => /rehearsal|\.w$/.test(name)), { timeout: 5000 })
    .toEqual([]);
  expect(desk.pids().programs).toEqual([program.pid]);
});
