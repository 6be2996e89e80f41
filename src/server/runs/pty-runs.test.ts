import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processesOf } from '../../../test/support/leftovers.ts';
import {
  endTestRuns,
  loggedOutput,
  openTestRuns,
  programSpec,
  screenShows,
  scriptSpec,
  type TestRuns,
  until,
} from '../../../test/support/runs.ts';
import type { RunSpec } from './runs.ts';

let open: TestRuns;

beforeEach(async () => {
  open = await openTestRuns();
});

afterEach(async () => {
  await endTestRuns(open);
});

/** What a killed server leaves: nothing is flushed or said goodbye to. */
async function restart(): Promise<void> {
  await open.runs.close();
  open = await openTestRuns(open.paths);
}

function exitsOf(spec: RunSpec): unknown[] {
  return open.told.exits.filter(({ run }) => run === spec.id).map(({ exit }) => exit);
}

test('what is typed reaches the program and comes back on the screen', async () => {
  const run = await open.runs.start(programSpec(1, ['/bin/cat']));
  expect(run.write(Buffer.from('hello\r'))).toBe(true);
  await screenShows(run, 'hello\nhello');
  expect(open.runs.programPids()).toEqual([run.pid]);
});

test('a program that ends at once leaves all of its output on screen and in the log', async () => {
  const spec = scriptSpec(1, 'seq 1 8000');
  const run = await open.runs.start(spec);
  await until('it ends', () => run.exit !== null);
  expect(exitsOf(spec)).toEqual([{ code: 0, signal: null }]);
  expect(run.status).toMatchObject({ state: 'exited', code: 0 });
  expect(run.engine.screenText()[22]).toBe('8000');
  const expected = Array.from({ length: 8000 }, (_, i) => `${i + 1}\r\n`).join('');
  expect((await loggedOutput(run)).toString()).toBe(expected);
});

test('a program without any output ends too', async () => {
  const run = await open.runs.start(programSpec(1, ['/bin/false']));
  await until('it ends', () => run.exit !== null);
  expect(run.status).toMatchObject({ state: 'failed', reason: 'crash', message: 'the program ended with code 1' });
});

test('a program that does not exist is a run that failed', async () => {
  const run = await open.runs.start(programSpec(1, ['/does/not/exist']));
  await until('it ends', () => run.exit !== null);
  expect(run.status).toMatchObject({ state: 'failed', reason: 'crash' });
});

test('ending a run is no crash', async () => {
  const run = await open.runs.start(programSpec(1, ['/bin/cat']));
  run.end();
  await until('it ends', () => run.exit !== null);
  expect(run.status.state).toBe('exited');
  expect(run.pid).toBeNull();
});

test('a restarted server finds the program, its screen and its log as they were', async () => {
  const spec = scriptSpec(1, 'printf "\\033]0;named\\007one\\n"; read line; echo "got $line"; read line');
  const first = await open.runs.start(spec);
  await screenShows(first, 'one');
  const { pid } = first;
  first.resize(100, 30);
  await until('it is resized', () => first.engine.cols === 100);
  await restart();
  await open.runs.adopt([spec]);
  const again = open.runs.get(spec.session)!;
  expect(again.pid).toBe(pid);
  expect(again.title).toBe('named');
  expect([again.engine.cols, again.engine.rows]).toEqual([100, 30]);
  expect(again.engine.screenText()[0]).toBe('one');
  again.write(Buffer.from('two\r'));
  await screenShows(again, 'got two');
});

test('a run that ended while there was no server is told as ended, once', async () => {
  const spec = scriptSpec(1, 'read line; echo "got $line"; exit 3');
  const first = await open.runs.start(spec);
  first.write(Buffer.from('x\r'));
  await restart();
  await open.runs.adopt([spec]);
  const run = open.runs.get(spec.session)!;
  await until('it ends', () => run.exit !== null);
  expect(run.exit).toEqual({ code: 3, signal: null });
  expect(run.engine.screenText()[1]).toBe('got x');
  await restart();
  await open.runs.adopt([spec]);
  expect(open.runs.get(spec.session)!.exit).toEqual({ code: 3, signal: null });
  expect(open.runs.get(spec.session)!.engine.screenText()[1]).toBe('got x');
  expect(open.told.exits).toEqual([]);
});

test('without its holder a run comes back as ended, with its last screen and the reason', async () => {
  const spec = scriptSpec(1, 'echo last words; read line');
  await screenShows(await open.runs.start(spec), 'last words');
  const holder = open.runs.holderPid()!;
  await open.runs.close();
  process.kill(holder, 'SIGKILL');
  await until('the holder is gone', () => !isAlive(holder));
  open = await openTestRuns(open.paths);
  await open.runs.adopt([spec]);
  const run = open.runs.get(spec.session)!;
  expect(run.engine.screenText()[0]).toBe('last words');
  await until('it is told', () => open.told.exits.length === 1);
  expect(run).toMatchObject({ pid: null, exit: { code: null, signal: null } });
  expect(run.status).toMatchObject({ state: 'exited', evidence: { signal: 'server' } });
  expect(run.status.message).toContain('was the machine restarted?');
});

test('a stopped holder ends its runs as the user wanted', async () => {
  const run = await open.runs.start(programSpec(1, ['/bin/cat']));
  await open.runs.shutdownHolder();
  await until('it is told', () => open.told.exits.length === 1);
  expect(run.status).toMatchObject({ state: 'exited', evidence: { rule: 'you stopped it; the program was ended' } });
  expect(open.runs.holderPid()).toBeNull();
});

test('input for a program that does not read is refused in the end, and nothing else stops', async () => {
  const deaf = await open.runs.start(scriptSpec(1, 'stty raw -echo; echo deaf; sleep 1000'));
  const other = await open.runs.start(programSpec(2, ['/bin/cat']));
  await screenShows(deaf, 'deaf');
  const text = 'x'.repeat(10 << 20);
  expect(deaf.paste(text, false)).toBe(true);
  await until('it is refused', () => !deaf.paste(text, false));
  await until('the other takes it', () => other.write(Buffer.from('alive\r')));
  await screenShows(other, 'alive');
  expect(deaf.write(Buffer.alloc(17 << 20))).toBe(false);
});

test('losing the holder ends the runs, says so, and the next start begins with a new one', async () => {
  const run = await open.runs.start(programSpec(1, ['/bin/cat']));
  process.kill(open.runs.holderPid()!, 'SIGKILL');
  await until('it is noticed', () => run.exit !== null);
  expect(run.status).toMatchObject({ state: 'exited', code: null, evidence: { signal: 'server' } });
  expect(open.runs.holderPid()).toBeNull();
  const next = await open.runs.start(programSpec(2, ['/bin/cat']));
  next.write(Buffer.from('again\r'));
  await screenShows(next, 'again');
});

test('answers to queries are given once, and not again by a later server', async () => {
  const script = 'stty raw -echo; printf "\\033[6n"; dd bs=1 count=6 2>/dev/null | od -An -c; read forever';
  const spec = scriptSpec(1, script);
  const run = await open.runs.start(spec);
  await screenShows(run, '033   [   1   ;   1   R');
  await restart();
  await open.runs.adopt([spec]);
  const again = open.runs.get(spec.session)!;
  again.write(Buffer.from('typed'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(again.engine.screenText().join('\n')).not.toContain('R\u001b');
});

test('a first prompt is pasted once the program is quiet, and submitted as a key of its own', async () => {
  const script =
    'printf "\\033[?2004hready\\n"; stty raw -echo; dd bs=1 count=18 2>/dev/null | od -An -c -w32; read forever';
  const run = await open.runs.start(scriptSpec(1, script, { paste: 'do it' }));
  await screenShows(run, '2   0   1   ~  \\r');
  expect(run.engine.screenText().join('\n')).toContain('033   [   2   0   0   ~   d   o       i   t');
});

test('forgetting a run ends its program and removes its output', async () => {
  const spec = programSpec(1, ['/bin/cat']);
  const run = await open.runs.start(spec);
  const pid = run.pid!;
  await open.runs.forget(spec.session);
  expect(open.runs.get(spec.session)).toBeNull();
  await until('the program is gone', () => !isAlive(pid));
});

test('a flood is followed live from the log, every byte once', async () => {
  const run = await open.runs.start(scriptSpec(1, 'seq 1 400000'));
  let next = 0;
  let length = 0;
  for await (const { offset, bytes } of run.output(0, new AbortController().signal)) {
    expect(offset).toBe(next);
    next += bytes.length;
    length += bytes.length;
  }
  expect(length).toBe(Array.from({ length: 400_000 }, (_, i) => String(i + 1).length + 2).reduce((a, b) => a + b));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('once every program was ended none is started any more, and no holder comes back', async () => {
  const starts = [1, 2, 3].map((number) => open.runs.start(programSpec(number, ['/bin/cat'])).catch(() => null));
  await until('a holder is being started', () => existsSync(open.paths.holderLog));
  await open.runs.shutdownHolder();
  await Promise.all(starts);
  await expect(open.runs.start(programSpec(4, ['/bin/cat']))).rejects.toMatchObject({ code: 'server-stopping' });
  // The holder's own exit follows the end of its connection.
  await until('nothing runs', () => processesOf(open.paths.workDir).length === 0);
});
