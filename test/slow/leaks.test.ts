// Secrets are planted where a user has them, then everything the program writes, says or shows others is searched.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Desk } from '../support/desk.ts';
import { processesOf } from '../support/leftovers.ts';

const key = 'canary-1f0c-key';
const password = 'canary-77ab-password';
let desk: Desk;
beforeEach(() => {
  desk = new Desk({
    env: { SESAME_DEMO_SPEED: '40', ANTHROPIC_API_KEY: key, GITHUB_TOKEN: key, SSH_AUTH_SOCK: `/tmp/${key}` },
  });
});
afterEach(() => desk.clear());

const holds = (text: string): boolean => [key, password].some((secret) => text.includes(secret));

test('keys of the environment and the password of a remote stay where they are', () => {
  // Nobody listens there.
  desk.git('remote', 'set-url', 'origin', `http://me:${password}@127.0.0.1:1/x.git`);
  const [{ id }] = desk.json<[{ id: string }]>('new', 'add a changelog', '-a', 'demo');
  desk.sesame('wait', id, '--for', 'done', '--timeout', '60');
  const shipped = desk.say(['ship', id]);
  expect(shipped.stderr).toContain('127.0.0.1:1');
  const program = desk.startProgram('exec cat');

  const said = [
    shipped.stderr,
    desk.say(['ship', id, '--json']).stderr,
    ...[['ls'], ['show', id], ['logs', id], ['agents', '--offline'], ['doctor'], ['read', id]].map((words) => {
      const { stdout, stderr } = desk.say([...words, '--json']);
      return stdout + stderr;
    }),
  ];
  expect(said.filter(holds)).toEqual([]);

  const written = readdirSync(desk.paths.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => holds(readFileSync(path, 'latin1')));
  expect(written).toEqual([]);

  const running = processesOf(desk.place);
  expect(running.filter(({ command }) => holds(command))).toEqual([]);
  const environments = (pid: number): string => readFileSync(`/proc/${pid}/environ`, 'utf8');
  const { holder, programs } = desk.pids();
  // A program the user starts has the user's environment; an agent has not, nor who holds its terminal.
  const strangers = [...programs.filter((pid) => pid !== program.pid), holder].filter((pid) => pid !== null);
  expect(strangers.length).toBeGreaterThan(1);
  expect(strangers.filter((pid) => holds(environments(pid)))).toEqual([]);
});
