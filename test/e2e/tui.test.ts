// The main job as a user does it: the real program in a real PTY, a real repository with a real remote, three agents.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Desk, leader } from '../support/desk.ts';

let desk: Desk;
beforeEach(() => {
  desk = new Desk({ env: { SESAME_DEMO_SPEED: '4' } });
});
afterEach(() => desk.clear());

describe.each([
  { cols: 80, rows: 24 },
  { cols: 200, rows: 50 },
])('at $cols x $rows', ({ cols, rows }) => {
  test('one prompt on three agents, watched, reviewed and shipped with one key', async () => {
    const user = await desk.sitDown({ cols, rows });
    await user.sees(/\[x\]\d+ Demo/);
    user.write('add a changelog');
    user.write('\t++\r');
    await user.sees(/1 demo/);
    await user.sees(/2 demo/);
    await user.sees(/3 demo/);
    await user.sees('3 done', 60_000);
    user.write('d');
    await user.sees('@@');
    await user.sees('CHANGELOG.md');
    user.write('qs');
    await user.sees('pushed to');
    const branches = desk.git('-C', desk.remote, 'branch', '--list');
    expect(branches).toContain('sesame/add-changelog');
    expect(desk.git('status', '--porcelain')).toBe('');
    user.write('q');
    await user.sees('1 demo');
    user.write('q');
    expect(await user.exited()).toBe(0);
  });
});

test('the agents go on while nobody looks, and are there again afterwards', async () => {
  const first = await desk.sitDown();
  await first.sees(/\[x\]\d+ Demo/);
  first.write('explain the project\r');
  await first.sees('1 demo');
  first.kill('SIGKILL');
  await first.exited();
  const second = await desk.sitDown();
  await second.sees('1 demo');
  await second.sees('1 done', 60_000);
  second.write('\r');
  await second.sees('TERM');
  second.write('/nothing');
  await second.sees('/nothing');
  second.write(leader);
  await second.sees('CMD');
});

test('a killed server is a banner, then everything is as it was', async () => {
  const user = await desk.sitDown();
  await user.sees(/\[x\]\d+ Demo/);
  user.write('explain the project\r');
  await user.sees('1 done', 60_000);
  process.kill(desk.pids().server, 'SIGKILL');
  await user.sees('agents keep running');
  await user.until((screen) => !screen.includes('agents keep running'), 'the server came back');
  user.write('\r');
  await user.sees('TERM');
  user.write('still here');
  await user.sees('still here');
});

test('any program in a pane without chrome', async () => {
  desk.sesame('run', '--', 'sh', '-c', 'echo ready; read line; echo "got $line"; sleep 60');
  const user = await desk.sitDown({ cols: 60, rows: 12, args: ['attach', '--zoom', '1'] });
  await user.sees('ready');
  expect(user.lines()[0]).toBe('ready');
  user.write('words\r');
  await user.sees('got words');
});

test('a window of 20x5 says so and comes back', async () => {
  const user = await desk.sitDown({ cols: 20, rows: 5 });
  await user.sees('too small');
  user.resize(80, 24);
  await user.sees('what should the agents do?');
});
