import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, processStart } from './lock.ts';

let directory: string;
let path: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sl-'));
  path = join(directory, 'x.lock');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** A process that tries for the lock and says `won` or `lost`; the winner stays. */
async function contender(): Promise<{ child: ChildProcess; outcome: string }> {
  const script = `
    import { acquireLock } from ${JSON.stringify(resolve('src/platform/lock.ts'))};
    const lock = await acquireLock(${JSON.stringify(path)});
    console.log('heldBy' in lock ? 'lost' : 'won');
    if (!('heldBy' in lock)) setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [bytes] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, outcome: bytes.toString('utf8').trim() };
}

test('a second taker is told who has it, until it is released', async () => {
  const lock = await acquireLock(path);
  if ('heldBy' in lock) throw new Error('not free');
  expect(await acquireLock(path)).toEqual({ heldBy: process.pid });
  await lock.release();
  expect('heldBy' in (await acquireLock(path))).toBe(false);
});

test('the lock of a killed process is taken over, by exactly one of many', async () => {
  const first = await contender();
  expect(first.outcome).toBe('won');
  for (let round = 0; round < 2; round += 1) {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    const outcomes = await Promise.all(Array.from({ length: 5 }, contender));
    expect(outcomes.filter(({ outcome }) => outcome === 'won')).toHaveLength(1);
  }
  expect(readdirSync(directory)).toEqual(['x.lock']);
});

test('many takers in one process over a dead owner: one gets it', async () => {
  for (let round = 0; round < 30; round += 1) {
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: 'before the last boot', token: 'old' }));
    const taken = await Promise.all(Array.from({ length: 8 }, () => acquireLock(path)));
    const winners = taken.filter((lock) => !('heldBy' in lock));
    expect(winners).toHaveLength(1);
  }
});

test('a pid that was given to another process does not hold the lock', async () => {
  writeFileSync(path, JSON.stringify({ pid: process.pid, started: 'long ago', token: 'old' }));
  expect('heldBy' in (await acquireLock(path))).toBe(false);
});

test('a damaged lock file does not keep anybody out', async () => {
  writeFileSync(path, '{"pid":');
  expect('heldBy' in (await acquireLock(path))).toBe(false);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
});

test('whoever died while taking over is in nobody’s way', async () => {
  const dead = JSON.stringify({ pid: 999_999_999, started: 'never', token: 'old' });
  writeFileSync(path, dead);
  writeFileSync(`${path}.takeover`, dead);
  expect('heldBy' in (await acquireLock(path))).toBe(false);
  expect(readdirSync(directory)).toEqual(['x.lock']);
});

test('releasing a lock that somebody else has changes nothing', async () => {
  const lock = await acquireLock(path);
  if ('heldBy' in lock) throw new Error('not free');
  const other = JSON.stringify({ pid: process.pid, started: await processStart(process.pid), token: 'other' });
  writeFileSync(path, other);
  await lock.release();
  expect(readFileSync(path, 'utf8')).toBe(other);
});

test('a process that is only waiting to be reaped is not alive', async () => {
  // The shell becomes a sleep that never collects its child.
  const child = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  const [bytes] = (await once(child.stdout!, 'data')) as [Buffer];
  const zombie = Number(bytes.toString('utf8'));
  const deadline = performance.now() + 10_000;
  while ((await processStart(zombie)) !== null && performance.now() < deadline) await new Promise(setImmediate);
  expect(await processStart(zombie)).toBeNull();
  expect(await processStart(child.pid!)).not.toBeNull();
});

test('a directory that cannot be written is a Failure', async () => {
  await expect(acquireLock(join(directory, 'missing', 'x.lock'))).rejects.toMatchObject({ name: 'Failure' });
});
