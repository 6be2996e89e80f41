// A paste of 10 MB into a program that never reads: refused or kept, the rest of the screen stays live.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Desk, leader } from '../support/desk.ts';
import { until } from '../support/until.ts';

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});
afterEach(() => desk.clear());

test('a paste of 10 MB into a program that never reads: another pane echoes, and both can be left', async () => {
  const deaf = desk.startProgram("stty raw -echo; printf 'deaf'; exec sleep 1000");
  desk.startProgram("printf 'listens'; exec cat");
  const user = await desk.sitDown({ cols: 160, rows: 40 });
  await user.sees('deaf');
  await user.sees('listens');
  user.write('1\r');
  await user.sees(' TERM ');
  user.write(`\x1b[200~${'0123456789abcde\n'.repeat(655_360)}\x1b[201~`);
  user.write(leader);
  await user.sees(' CMD ', 60_000);
  user.write('2\r');
  await user.sees(' TERM ');
  user.write('still alive\r');
  await user.sees(/still alive[\s\S]*still alive/);
  user.write(leader);
  await user.sees(' CMD ');
  const { programs } = desk.pids();
  expect(programs).toContain(deaf.pid);
  desk.sesame('stop', deaf.id);
  await until('the deaf program is gone', () => !desk.pids().programs.includes(deaf.pid));
  user.write('q');
  expect(await user.exited()).toBe(0);
});
