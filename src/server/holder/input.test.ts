import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HolderRig, program, type Recorder, start } from '../../../test/support/holder.ts';
import type { HolderLink } from './link.ts';

let rig: HolderRig;
let holder: { link: HolderLink; told: Recorder };

beforeEach(async () => {
  rig = new HolderRig();
  holder = await rig.connect();
});

afterEach(() => rig.close());

/** Milliseconds of CPU the holder has used. */
function cpuMs(): number {
  const fields = readFileSync(`/proc/${holder.link.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

// Raw, so that the terminal itself takes nothing: in line mode it would throw away what nobody reads.
const neverReads = ['sh', '-c', 'stty raw -echo; echo up; exec sleep 60'];

test('a 10 MB paste to a program that never reads leaves the holder live and idle', async () => {
  const { pty } = await start(holder, program(...neverReads));
  await holder.told.until('the start', () => holder.told.text(pty).includes('up'));
  holder.link.write(pty, Buffer.alloc(10 << 20, 'x'));
  for (let round = 0; round < 20; round += 1) await holder.link.list();
  // Left alone with its queue it must hardly wake up: goal 12 allows 5 % of a core.
  if (process.platform === 'linux') {
    const before = cpuMs();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(cpuMs() - before).toBeLessThanOrEqual(100);
  }
  expect(holder.told.refusals).toEqual([]);
  holder.link.signal(pty, 'SIGKILL');
  expect(await holder.told.exit(pty)).toMatchObject({ signal: 9 });
});

test('what goes beyond the queue is refused and said', async () => {
  const { pty } = await start(holder, program(...neverReads));
  await holder.told.until('the start', () => holder.told.text(pty).includes('up'));
  const piece = Buffer.alloc(1 << 20, 'x');
  for (let count = 0; count < 17; count += 1) {
    holder.link.write(pty, piece);
    await holder.link.list();
  }
  await holder.told.until('the refusal', () => holder.told.refusals.length > 0);
  expect(holder.told.refusals[0]).toMatchObject({ pty });
  expect(holder.told.refusals[0]!.queuedBytes).toBeLessThanOrEqual(16 << 20);
  expect(holder.told.refusals[0]!.queuedBytes).toBeGreaterThan(15 << 20);
});

test('a large paste arrives whole at a program that reads slowly', async () => {
  const script = `
    const hash = require('crypto').createHash('sha256'); let n = 0;
    process.stdin.setRawMode(true); console.log('up');
    process.stdin.on('data', (b) => { hash.update(b); n += b.length; process.stdin.pause();
      if (n === 1500000) { console.log(hash.digest('hex')); process.exit(); }
      setTimeout(() => process.stdin.resume(), 1); });`;
  const { pty } = await start(holder, program(process.execPath, '-e', script));
  await holder.told.until('the start', () => holder.told.text(pty).includes('up'));
  const paste = Buffer.from(Array.from({ length: 1_500_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff));
  holder.link.write(pty, paste);
  await holder.told.exit(pty);
  expect(holder.told.text(pty)).toContain(createHash('sha256').update(paste).digest('hex'));
});

test('a program that traps HUP and TERM is killed in the end', async () => {
  const trap = 'trap "echo got HUP" HUP; trap "echo got TERM" TERM; echo up; while :; do sleep 0.1; done';
  const { pty } = await start(holder, program('bash', '-c', trap));
  await holder.told.until('the start', () => holder.told.text(pty).includes('up'));
  holder.link.end(pty);
  expect(await holder.told.exit(pty)).toMatchObject({ signal: 9 });
  expect(holder.told.text(pty)).toMatch(/got HUP[\s\S]*got TERM/);
});

test('a stopped program can be ended', async () => {
  const { pty } = await start(holder, program('sleep', '60'));
  holder.link.signal(pty, 'SIGSTOP');
  holder.link.end(pty);
  expect(await holder.told.exit(pty)).toMatchObject({ signal: 1 });
});

test('a process the program left in its group is ended with it', async () => {
  const { pty } = await start(holder, program('bash', '-c', '(trap "" HUP; echo $BASHPID; exec sleep 60) & wait'));
  await holder.told.until('the pid', () => /\d+\r\n/.test(holder.told.text(pty)));
  const left = Number(holder.told.text(pty));
  holder.link.end(pty);
  await holder.told.exit(pty);
  // It ignores HUP; TERM follows although the program itself is gone.
  const isAlive = (): boolean => {
    try {
      return !readFileSync(`/proc/${left}/stat`, 'utf8').includes(') Z ');
    } catch {
      return false;
    }
  };
  const deadline = performance.now() + 10_000;
  while (isAlive() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isAlive()).toBe(false);
});
