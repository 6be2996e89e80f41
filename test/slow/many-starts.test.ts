// Many sessions at once in one repository, and a server that is told to stop in the middle of it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Desk, launcher } from '../support/desk.ts';
import { processesOf } from '../support/leftovers.ts';
import { run } from '../support/program.ts';
import { until } from '../support/until.ts';

interface Row {
  id: string;
  status: string;
  branch: string;
}

let desk: Desk;
beforeEach(() => {
  desk = new Desk({ env: { SESAME_DEMO_SPEED: '40' } });
});
afterEach(() => desk.clear());

const begin = (prompt: string): ReturnType<typeof run> =>
  run([launcher, 'new', prompt, '-a', 'demo', '--json'], { env: desk.env, cwd: desk.repository });

test('eight requests at once give eight sessions that all get to their end', async () => {
  const outcomes = await Promise.all(Array.from({ length: 8 }, (_, index) => begin(`add a changelog ${index % 2}`)));
  expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(8).fill({ code: 0, stderr: '' }));
  const rows = outcomes.flatMap(({ stdout }) => JSON.parse(stdout) as Row[]);
  expect(new Set(rows.map(({ branch }) => branch)).size).toBe(8);
  const done = desk.json<Row[]>('wait', ...rows.map(({ id }) => id), '--for', 'done', '--timeout', '60');
  expect(done.map(({ status }) => status)).toEqual(Array(8).fill('done'));
});

test('`server stop --all` while sessions are being started leaves no process behind', async () => {
  desk.sesame('server', 'start');
  const starts = Promise.all(Array.from({ length: 4 }, (_, index) => begin(`explain the project ${index}`)));
  await until('the first row', () => desk.json<Row[]>('ls').length > 0);
  desk.sesame('server', 'stop', '--all');
  // A request that came too late starts another server, which is the user's wish; it is stopped with its programs.
  await starts;
  desk.say(['server', 'stop', '--all']);
  await until('no process is left', () => processesOf(desk.place).length === 0);
  // What was called off is there and says so.
  const rows = desk.json<Row[]>('ls');
  expect(rows.filter(({ status }) => status === 'starting' || status === 'working')).toEqual([]);
});
