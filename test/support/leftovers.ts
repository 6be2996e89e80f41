// What a test left on the machine: processes that know its work directory, and what is mounted or listening there.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { until } from './until.ts';

export interface Leftover {
  pid: number;
  /** As started, arguments separated by spaces. */
  command: string;
}

/**
 * Processes (other than this one) that carry the directory in their environment or arguments, or stand in it. Zombies
 * do not count. Empty where the system has no /proc.
 */
export function processesOf(directory: string): Leftover[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const command = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      if (command === '') return [];
      const isOurs = command.includes(directory) || read(`/proc/${name}/environ`).includes(directory);
      return isOurs ? [{ pid: Number(name), command }] : [];
    });
}

/** The end of a test's directory. Throws when a process that knows it, or something bound in it, does not go away. */
export async function removeClean(directory: string): Promise<void> {
  try {
    await until('every process of the test is gone', () => processesOf(directory).length === 0, 5000);
    const bound = boundBelow(directory);
    if (bound.length > 0) throw new Error(`left behind:\n${bound.join('\n')}`);
  } catch (error) {
    const left = processesOf(directory);
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    throw new Error(`${String(error)}\n${left.map(({ pid, command }) => `${pid} ${command}`).join('\n')}`);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Unix sockets bound below the directory, and file systems mounted there. */
export function boundBelow(directory: string): string[] {
  return ['/proc/net/unix', '/proc/mounts'].flatMap((table) =>
    read(table)
      .split('\n')
      .filter((line) => line.includes(directory) && !isClosing(table, line)),
  );
}

/** A socket that waits for its last peer is listed without the flag of a listener. */
function isClosing(table: string, line: string): boolean {
  return table === '/proc/net/unix' && line.split(/\s+/)[3] !== '00010000';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has just ended, or is another user's.
    return '';
  }
}
