// The demo agent as a user has it: in a real PTY, its screen read by the emulator.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endTestRuns, openTestRuns, programSpec, screenShows, type TestRuns, until } from '../../test/support/runs.ts';
import { demo } from '../agents/demo/index.ts';
import { builtEntry } from '../platform/program.ts';
import type { Run } from '../server/runs/runs.ts';
import { noColors } from '../terminal/screen-colors.ts';

let runs: TestRuns;
let work: string;
beforeEach(async () => {
  runs = await openTestRuns();
  work = await mkdtemp(join(tmpdir(), 'sdemo-'));
});
afterEach(async () => {
  await endTestRuns(runs);
  await rm(work, { recursive: true, force: true });
});

const main = builtEntry('demo-agent');

function start(prompt: string | null, more: { args?: string[]; cols?: number; rows?: number } = {}): Promise<Run> {
  const argv = [process.execPath, main, '--speed', '40', '--state', join(work, '.state'), ...(more.args ?? [])];
  if (prompt !== null) argv.push('--prompt', prompt);
  return runs.runs.start(
    programSpec(1, argv, { agent: demo, cwd: work, cols: more.cols ?? 80, rows: more.rows ?? 24 }),
  );
}

const states = (): string[] => runs.told.statuses.map(({ status }) => status.state);
const state = (run: Run) => until(`done, is ${run.status.state}`, () => run.status.state === 'done');

test('a turn: it reports, edits, says what it did, and takes the next prompt', async () => {
  const run = await start('add a changelog');
  await state(run);
  expect(run.title).toBe('demo: add a changelog');
  expect(states()).toEqual(['working', 'done']);
  expect(await readFile(join(work, 'CHANGELOG.md'), 'utf8')).toContain('add a changelog');
  run.paste('second line\nof notes', true);
  await until('a second turn', () => states().length === 4);
  expect(states()).toEqual(['working', 'done', 'working', 'done']);
  run.write(Buffer.from('/exit\r'));
  await until('it ends', () => run.exit !== null);
  expect(run.exit).toEqual({ code: 0, signal: null });
});

test.each(['1', '2', '\u001b[B\r'])('a question at 40 columns is answered by %j', async (keys) => {
  const run = await start('ask first', { cols: 40, rows: 16 });
  await until('it asks', () => run.status.state === 'waiting');
  await screenShows(run, '❯ 1. Yes');
  expect(demo.choices(run.engine.screenText(), noColors).map(({ label }) => label)).toEqual(['Yes', 'Always', 'No']);
  run.write(Buffer.from(keys));
  await state(run);
  expect(await readFile(join(work, 'README.md'), 'utf8')).toContain('ask first');
  for (const line of run.engine.screenText()) expect(line.length).toBeLessThanOrEqual(40);
});

test('told no it leaves that file, and its last words count the others', async () => {
  const run = await start('ask first');
  await until('it asks', () => run.status.state === 'waiting');
  await screenShows(run, '❯ 1. Yes');
  run.write(Buffer.from('3'));
  await state(run);
  const [, count] = /(one|two|three) files?/i.exec(run.status.message ?? '') ?? [];
  const entries = await readdir(work, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('.state'))
    .map(({ name }) => name);
  expect(files).not.toContain('README.md');
  expect(['one', 'two', 'three'].indexOf(count?.toLowerCase() ?? '') + 1).toBe(files.length);
});

test('with --yes it never asks', async () => {
  const run = await start('ask first', { args: ['--yes'] });
  await state(run);
  expect(states()).toEqual(['working', 'done']);
});

test('ctrl+c stops a turn, twice at the prompt ends it', async () => {
  const run = await start('hang');
  await screenShows(run, 'Working…');
  run.write(Buffer.from('\u0003'));
  await until('it is idle', () => run.status.state === 'idle');
  run.write(Buffer.from('\u0003'));
  await screenShows(run, 'ctrl+c again ends');
  run.write(Buffer.from('\u0003'));
  await until('it ends', () => run.exit !== null);
  expect(run.exit).toEqual({ code: 0, signal: null });
});

test('told to fail it reports the error and exits with 1; told to crash it dies by a signal', async () => {
  const fails = await start('fail');
  await until('it ended', () => fails.exit !== null);
  expect(fails.exit).toEqual({ code: 1, signal: null });
  expect(
    runs.told.statuses.some(({ status }) => status.state === 'failed' && status.message?.includes('told to fail')),
  ).toBe(true);
  const crashes = await start('crash');
  await until('it ended', () => crashes.exit !== null);
  expect(crashes.exit).toEqual({ code: null, signal: 9 });
});

test('told to flood it prints every line and goes on', async () => {
  const run = await start('flood');
  await state(run);
  const lines = [...run.engine.historyText(0, run.engine.history), ...run.engine.screenText()];
  const numbers = lines.filter((line) => line.includes('the quick')).map((line) => Number(line.slice(0, 6)));
  expect(numbers.at(-1)).toBe(20_000);
  expect(numbers).toEqual(numbers.map((_, index) => 20_000 - numbers.length + 1 + index));
});

test('a resize in the middle of a turn leaves one clean screen', async () => {
  const run = await start('add notes');
  run.resize(50, 12);
  await state(run);
  await until(
    'the prompt line is there',
    () => run.engine.screenText().filter((line) => line.startsWith('>')).length === 1,
  );
  expect(run.engine.cols).toBe(50);
});

test('a conversation goes on after its end', async () => {
  const first = await start('add notes', { args: ['--conversation', 'c-1'] });
  await state(first);
  first.end();
  await until('it ended', () => first.exit !== null);
  const second = await start(null, { args: ['--resume', 'c-1'] });
  await screenShows(second, 'The conversation goes on');
  await screenShows(second, '❯ add notes');
  const unknown = await start(null, { args: ['--resume', 'c-2'] });
  await until('it ended', () => unknown.exit !== null);
  expect(unknown.exit?.code).toBe(1);
});
