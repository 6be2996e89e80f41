// One process per lock file. The owner is known by pid and start time, so that a number used again by another process
// is not mistaken for it (threat model S4).
import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { errorCode, fileFailure } from './files.ts';

export interface Lock {
  /** Gives the lock up. Does nothing when somebody else has it. */
  release(): Promise<void>;
}

interface Owner {
  pid: number;
  /** Opaque; equal for the same process, different for a later one with the same pid. */
  started: string;
  token: string;
}

/** How long a contender waits for another one that is just replacing a dead owner. */
const takeoverPatienceMs = 2000;

/**
 * Takes the lock, or says who has it. A lock left by a dead process (killed, crashed, before a reboot) is taken over;
 * of any number of processes that try at once exactly one succeeds. The directory must exist.
 * Throws a Failure when the disk refuses.
 */
export async function acquireLock(path: string): Promise<Lock | { heldBy: number }> {
  const mine: Owner = {
    pid: process.pid,
    started: (await processStart(process.pid)) ?? '',
    token: randomBytes(12).toString('hex'),
  };
  const guard = `${path}.takeover`;
  const deadline = performance.now() + takeoverPatienceMs;
  for (;;) {
    if (await claim(path, mine)) return { release: () => release(path, mine) };
    const owner = await readOwner(path);
    if (owner === 'absent') continue;
    if (owner !== 'damaged' && (await isAlive(owner))) return { heldBy: owner.pid };

    // The owner is dead. Only the holder of the guard removes a lock, and only after looking again: a contender that
    // judged earlier would otherwise remove the lock of the one that has just succeeded.
    if (await claim(guard, mine)) {
      try {
        const again = await readOwner(path);
        if (again === 'damaged' || (again !== 'absent' && !(await isAlive(again)))) await rm(path, { force: true });
      } finally {
        await release(guard, mine);
      }
      continue;
    }
    const taker = await readOwner(guard);
    if (taker === 'absent') continue;
    if (taker === 'damaged' || !(await isAlive(taker))) await removeDeadGuard(guard, taker);
    else if (performance.now() > deadline) return { heldBy: taker.pid };
    else await wait(5);
  }
}

/** The process that has the lock, null when none that is alive has. */
export async function lockOwner(path: string): Promise<number | null> {
  const owner = await readOwner(path);
  return owner !== 'absent' && owner !== 'damaged' && (await isAlive(owner)) ? owner.pid : null;
}

/** Whether the process that had this pid at that start is still there. A zombie is not. */
async function isAlive(owner: Owner): Promise<boolean> {
  return (await processStart(owner.pid)) === owner.started;
}

/** When the process was started, in the system's own words; null when there is none or it is only waiting to be reaped. */
export async function processStart(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    try {
      const [text, boot] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
      ]);
      // The name, in parentheses, may hold anything; state is the field after it, start time the 20th.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return null;
      return `${boot.trim()} ${fields[19] ?? ''}`;
    } catch {
      return null;
    }
  }
  // Loaded here only: the holder takes a lock too, and is to stay small.
  const { exec } = await import('./exec.ts');
  const ps = await exec('/bin/ps', ['-o', 'state=,lstart=', '-p', String(pid)], { env: { LC_ALL: 'C', TZ: 'UTC' } });
  const text = ps.stdout.toString('utf8').trim();
  return ps.exitCode !== 0 || text === '' || text.startsWith('Z') ? null : text.replace(/^\S+\s+/, '');
}

/** Creates `path` with its content in one step; false when it exists. */
async function claim(path: string, owner: Owner): Promise<boolean> {
  const draft = `${path}.${owner.token}`;
  try {
    await writeFile(draft, JSON.stringify(owner), { mode: 0o600, flag: 'w' });
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw fileFailure(error, 'create the lock', path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function release(path: string, owner: Owner): Promise<void> {
  const now = await readOwner(path);
  if (now !== 'absent' && now !== 'damaged' && now.token === owner.token) await rm(path, { force: true });
}

/** Somebody was killed while replacing a dead owner. Moving it away is atomic; a guard that turns out alive goes back. */
async function removeDeadGuard(guard: string, judged: Owner | 'damaged'): Promise<void> {
  const aside = `${guard}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(guard, aside);
    const moved = await readOwner(aside);
    const isJudged = moved === 'damaged' || moved === 'absent' ? moved === judged : sameToken(moved, judged);
    if (!isJudged) await link(aside, guard);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EEXIST') throw fileFailure(error, 'remove', guard);
  } finally {
    await rm(aside, { force: true });
  }
}

function sameToken(owner: Owner, other: Owner | 'damaged'): boolean {
  return other !== 'damaged' && other.token === owner.token;
}

async function readOwner(path: string): Promise<Owner | 'absent' | 'damaged'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'absent';
    throw fileFailure(error, 'read the lock', path);
  }
  try {
    const value: unknown = JSON.parse(text);
    return isOwner(value) ? value : 'damaged';
  } catch {
    return 'damaged';
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'pid' in value &&
    typeof value.pid === 'number' &&
    'started' in value &&
    typeof value.started === 'string' &&
    'token' in value &&
    typeof value.token === 'string'
  );
}
