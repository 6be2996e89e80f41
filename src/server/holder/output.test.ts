// Output arrives once, in order and complete, whoever is killed when.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HolderRig, holderCommand, program, Recorder, start } from '../../../test/support/holder.ts';
import type { HolderLink } from './link.ts';

let rig: HolderRig;
let holder: { link: HolderLink; told: Recorder };
let directory: string;

beforeEach(async () => {
  rig = new HolderRig();
  holder = await rig.connect();
  directory = mkdtempSync(join(tmpdir(), 'so-'));
});

afterEach(async () => {
  await rig.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Lines `1`, `2`, … as a flood, each proof of its place. */
const numberedFlood = ['bash', '-c', 'exec seq 1 100000000'];

/** Where the only program's output stands once no more of it is read. */
async function restingEnd(): Promise<number> {
  let last = -1;
  for (let end = 0; end !== last; ) {
    last = end;
    await new Promise((resolve) => setTimeout(resolve, 100));
    end = (await holder.link.list())[0]?.end ?? 0;
  }
  return last;
}

function expectNumbered(text: string): void {
  const lines = text.split('\r\n');
  lines.pop();
  const wrong = lines.findIndex((line, index) => line !== String(index + 1));
  expect(wrong === -1 ? 'all in order' : `line ${wrong + 1} is ${lines[wrong]}`).toBe('all in order');
}

test('a program that prints 40 kB and exits at once loses nothing, 60 times', async () => {
  const file = join(directory, 'text');
  writeFileSync(file, `${'x'.repeat(78)}\n`.repeat(507));
  const whole = readFileSync(file, 'utf8').replaceAll('\n', '\r\n');
  let left = 60;
  let truncated = 0;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { pty } = await start(holder, program('cat', file));
      const { end } = await holder.told.exit(pty);
      if (holder.told.text(pty) !== whole || end !== whole.length) truncated += 1;
      holder.link.collect(pty);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  expect(truncated).toBe(0);
});

test('a new server goes on exactly where the killed one stopped, in the middle of a flood', async () => {
  const { pty, pid } = await start(holder, program(...numberedFlood));
  let text = '';
  for (let round = 0; round < 10; round += 1) {
    const { told } = holder;
    const from = told.end(pty);
    const before = text.length;
    await told.until('more of the flood', () => told.end(pty) > before + 300_000);
    // The old server dies with bytes on their way that it never stored.
    holder.link.close();
    text += told.text(pty);
    expect(from).toBe(0);
    holder = await rig.connect(holderCommand, new Recorder());
    holder.link.ack(pty, text.length, 256 << 10);
  }
  expect((await holder.link.list())[0]).toMatchObject({ pty, pid, name: 'run', exit: null });
  expectNumbered(text);
});

test('a server never gets more than it asked for, and the program waits', async () => {
  holder.told.windowBytes = 0;
  const { pty } = await start(holder, program(...numberedFlood));
  holder.link.ack(pty, 0, 100_000);
  await holder.told.until('the window', () => holder.told.end(pty) === 100_000);
  // Hardly more is read, so the program stops; the holder answers all the same.
  const waiting = await restingEnd();
  expect(waiting).toBeGreaterThanOrEqual(100_000);
  expect(waiting).toBeLessThan(200_000);
  expect(holder.told.end(pty)).toBe(100_000);
  holder.told.windowBytes = 256 << 10;
  holder.link.ack(pty, 100_000, 256 << 10);
  await holder.told.until('the rest', () => holder.told.end(pty) > 3_000_000);
  expectNumbered(holder.told.text(pty));
});

test('without a server a program goes on until the ring is full, and nothing of it is lost', async () => {
  const { pty } = await start(holder, program(...numberedFlood));
  await holder.told.until('a part', () => holder.told.end(pty) > 100_000);
  holder.link.close();
  const text = holder.told.text(pty);
  holder = await rig.connect(holderCommand, new Recorder());
  const end = await restingEnd();
  expect(end - text.length).toBeGreaterThan(900_000);
  expect(end - text.length).toBeLessThanOrEqual((1 << 20) + (256 << 10));
  holder.link.ack(pty, text.length, 256 << 10);
  await holder.told.until('the rest', () => text.length + holder.told.bytes(pty).length > end + 1_000_000);
  expectNumbered(text + holder.told.text(pty));
});

test('a flood in one terminal does not hold up another', async () => {
  const floods = await Promise.all([1, 2, 3].map(() => start(holder, program(...numberedFlood))));
  const echo = await start(holder, program('cat'));
  const printed = (): number[] => floods.map(({ pty }) => holder.told.end(pty));
  await holder.told.until('all floods', () => printed().every((end) => end > 0));
  const before = printed();
  for (let round = 1; round <= 20; round += 1) {
    holder.link.write(echo.pty, Buffer.from('k\n'));
    await holder.told.until('the echo', () => holder.told.end(echo.pty) === round * 6);
  }
  for (const [i, end] of printed().entries()) expect(end).toBeGreaterThan(before[i]!);
});

test('a writer killed half through leaves all it wrote', async () => {
  const { pty } = await start(holder, program(...numberedFlood));
  await holder.told.until('a part', () => holder.told.end(pty) > 500_000);
  holder.link.signal(pty, 'SIGKILL');
  const { signal, end } = await holder.told.exit(pty);
  expect(signal).toBe(9);
  expect(holder.told.end(pty)).toBe(end);
  expectNumbered(`${holder.told.text(pty).replace(/\d*$/, '')}`);
});

test('output left in the terminal at the exit waits for a server that asks late', async () => {
  holder.told.windowBytes = 0;
  const { pty } = await start(holder, program('seq', '1', '400000'));
  holder.link.close();
  holder = await rig.connect(holderCommand, new Recorder());
  holder.link.ack(pty, 0, 256 << 10);
  const { code, end } = await holder.told.exit(pty);
  expect({ code, end }).toEqual({ code: 0, end: holder.told.end(pty) });
  expect(holder.told.text(pty)).toMatch(/\r\n400000\r\n$/);
  expectNumbered(holder.told.text(pty));
});

test('an exit is told to every new server until it is collected', async () => {
  const { pty } = await start(holder, program('sh', '-c', 'echo bye; exit 5'));
  await holder.told.exit(pty);
  holder.link.close();
  holder = await rig.connect(holderCommand, new Recorder());
  expect(await holder.link.list()).toMatchObject([{ pty, end: 5, exit: { code: 5, signal: 0 } }]);
  holder.link.ack(pty, 5, 1 << 16);
  expect(await holder.told.exit(pty)).toEqual({ code: 5, signal: 0, end: 5 });
  holder.link.collect(pty);
  expect(await holder.link.list()).toEqual([]);
});
