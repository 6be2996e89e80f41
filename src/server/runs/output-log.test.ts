import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { errorCode } from '../../platform/files.ts';
import { adoptOutput, listOutput, readSnapshot, screenPath, segmentPath } from './log-files.ts';
import { OutputLog } from './output-log.ts';

let parent: string;
let directory: string;
let troubles: unknown[];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'log-'));
  directory = join(parent, 'run');
  troubles = [];
});

afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

async function openLog(): Promise<OutputLog> {
  const kept = await listOutput(directory);
  return new OutputLog({ directory, onProgress: () => undefined, onBroken: (error) => troubles.push(error) }, kept);
}

function screen(offset: number) {
  return { offset, cols: 80, rows: 24, scrolled: offset, bytes: Buffer.from(`screen at ${offset}`) };
}

async function readAll(log: OutputLog, from = 0): Promise<string> {
  let text = '';
  for await (const { bytes } of log.read(from, null)) text += Buffer.from(bytes).toString();
  return text;
}

test('what is appended is read back, also by the next one that opens it', async () => {
  const log = await openLog();
  for (let i = 0; i < 1000; i++) log.append(Buffer.from(`${i},`));
  await log.flush();
  expect(log.logged).toBe(3890);
  await log.end();
  const again = await openLog();
  expect(again.logged).toBe(3890);
  again.append(Buffer.from('more'));
  await again.end();
  expect(await readAll(again)).toBe(`${Array.from({ length: 1000 }, (_, i) => `${i},`).join('')}more`);
  expect(await readAll(again, 3885)).toBe(',999,more');
});

test('files are for their owner only', async () => {
  const log = await openLog();
  log.resized({ offset: 0, cols: 80, rows: 24 });
  log.append(Buffer.from('x'));
  log.checkpoint(screen(1));
  await log.end();
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
});

test('two segments are kept, each with its screen, and readers go on at the oldest', async () => {
  const log = await openLog();
  log.append(Buffer.from('aaaa'));
  log.rotate(screen(4));
  log.append(Buffer.from('bbbb'));
  log.rotate(screen(8));
  log.append(Buffer.from('cccc'));
  await log.flush();
  expect(log.start).toBe(4);
  await log.end();
  expect(await readAll(log)).toBe('bbbbcccc');
  const kept = await listOutput(directory);
  expect(kept).toMatchObject({ end: 12, screens: [8, 4] });
  expect(readdirSync(directory).toSorted()).toEqual(
    ['000000000004.out', '000000000004.screen', '000000000008.out', '000000000008.screen', 'sizes'].toSorted(),
  );
});

test('what a killed server had not deleted yet goes when the next one adopts the output', async () => {
  const log = await openLog();
  for (let segment = 0; segment < 3; segment++) {
    log.append(Buffer.from('aaaa'));
    log.rotate(screen(4 * segment + 4));
  }
  log.append(Buffer.from('end'));
  await log.end();
  const whole = readdirSync(directory).toSorted();
  // Killed right after the new segment was begun; and one before, in the middle of a snapshot and of a gap.
  writeFileSync(segmentPath(directory, 4), 'aaaa');
  writeFileSync(screenPath(directory, 4), 'x');
  writeFileSync(segmentPath(directory, 0), 'aa');
  writeFileSync(`${screenPath(directory, 15)}.partial`, 'x');
  writeFileSync(join(directory, 'state.json'), '{}');
  expect((await listOutput(directory))?.segments).toHaveLength(3);
  expect(await adoptOutput(directory)).toMatchObject({
    end: 15,
    screens: [12, 8],
    segments: [{ start: 8 }, { start: 12 }],
  });
  expect(readdirSync(directory).toSorted()).toEqual([...whole, 'state.json'].toSorted());
  const next = await openLog();
  expect([next.start, next.logged]).toEqual([8, 15]);
  await next.end();
});

// The holder sends no more until what it sent is on disk: a write that waits for the clock then holds up the program.
test('so much as the caller may hold is written without waiting for the clock', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const log = await openLog();
    log.append(Buffer.alloc(8 << 10), 16 << 10);
    await nextTurns();
    expect(log.logged).toBe(0);
    log.append(Buffer.alloc(8 << 10), 16 << 10);
    await vi.waitFor(() => expect(log.logged).toBe(16 << 10), { interval: 0 });
    log.append(Buffer.alloc(10), 0);
    await vi.waitFor(() => expect(log.logged).toBe((16 << 10) + 10), { interval: 0 });
    await log.end();
  } finally {
    vi.useRealTimers();
  }
});

async function nextTurns(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
}

test('a reader follows what is appended until the end', async () => {
  const log = await openLog();
  const text = readAll(log);
  log.append(Buffer.from('one '));
  await log.flush();
  log.append(Buffer.from('two'));
  await log.end();
  expect(await text).toBe('one two');
});

test('a reader that is not needed any more ends at once', async () => {
  const log = await openLog();
  const stop = new AbortController();
  const reading = log.read(0, stop.signal).next();
  stop.abort();
  expect(await reading).toMatchObject({ done: true });
});

test('a torn snapshot is as good as none, and sizes survive a cut line', async () => {
  const log = await openLog();
  log.resized({ offset: 0, cols: 80, rows: 24 });
  log.append(Buffer.from('abcd'));
  log.checkpoint(screen(2));
  log.checkpoint(screen(4));
  await log.end();
  expect(await readSnapshot(directory, 4)).toMatchObject(screen(4));
  truncateSync(screenPath(directory, 4), statSync(screenPath(directory, 4)).size - 3);
  expect(await readSnapshot(directory, 4)).toBeNull();
  expect(await readSnapshot(directory, 2)).toMatchObject(screen(2));
  writeFileSync(join(directory, 'sizes'), '0 80 24\n3 100 ');
  expect((await listOutput(directory))?.sizes).toEqual([{ offset: 0, cols: 80, rows: 24 }]);
});

test('a log shorter than a snapshot does not use it', async () => {
  const log = await openLog();
  log.append(Buffer.from('abcd'));
  log.checkpoint(screen(4));
  await log.end();
  truncateSync(segmentPath(directory, 0), 3);
  expect(await listOutput(directory)).toMatchObject({ end: 3, screens: [] });
});

// /dev/full answers every write with ENOSPC, as a full disk does.
test.runIf(process.platform === 'linux')('a full disk breaks the log once, and a later segment mends it', async () => {
  mkdirSync(directory);
  symlinkSync('/dev/full', segmentPath(directory, 0));
  const log = await openLog();
  for (let i = 0; i < 10; i++) {
    log.append(Buffer.from('lost'));
    await log.flush();
  }
  expect(log.broken).toBe(true);
  expect(log.logged).toBe(40);
  expect(troubles.map(errorCode)).toEqual(['ENOSPC']);
  log.rotate(screen(40));
  log.append(Buffer.from('kept'));
  await log.end();
  expect(log.broken).toBe(false);
  expect(await readAll(log)).toBe('kept');
  expect(await listOutput(directory)).toMatchObject({ end: 44, screens: [40] });
});

test('bytes that were held for a larger write and then written by something else leave the log at rest', async () => {
  const log = await openLog();
  log.append(Buffer.from('held'));
  log.resized({ offset: 4, cols: 80, rows: 24 });
  log.append(Buffer.from(' more'));
  await log.flush();
  // Longer than bytes are held: a timer left over must find nothing to do.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await log.flush();
  await log.end();
  expect(await readAll(log)).toBe('held more');
});
