// A server that does not answer for a while: under memory pressure, or with a disk that hangs.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Desk } from '../support/desk.ts';

let desk: Desk;
let stopped = 0;
beforeEach(() => {
  desk = new Desk();
});
afterEach(async () => {
  if (stopped > 0) process.kill(stopped, 'SIGCONT');
  await desk.clear();
});

test('one that only was slow is taken as it is when it answers again', async () => {
  desk.startProgram('stty -echo; echo ready; exec cat');
  const user = await desk.sitDown();
  await user.sees('ready');
  stopped = desk.pids().server;
  process.kill(stopped, 'SIGSTOP');
  // The clock of the working program is what looks here: nobody presses a key.
  await user.sees('the server does not answer', 30_000);
  process.kill(stopped, 'SIGCONT');
  await user.until((screen) => !screen.includes('agents keep running'), 'the banner gone');
  expect(desk.pids().server).toBe(stopped);
  user.write('\rback\r');
  await user.sees('back');
}, 90_000);
