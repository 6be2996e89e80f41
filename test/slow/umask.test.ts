// Our own files are the user's alone; what git and agents write has the permissions the user's shell would give.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Desk, launcher } from '../support/desk.ts';

let desk: Desk;
beforeEach(() => {
  desk = new Desk({ env: { SESAME_DEMO_SPEED: '40' } });
});
afterEach(() => desk.clear());

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test.each([
  { umask: '022', file: '644', directory: '755' },
  { umask: '002', file: '664', directory: '775' },
])('with umask $umask an agent, git and the user’s objects keep it, and our files stay private', ({
  umask,
  file,
  directory,
}) => {
  const under = (...args: string[]): string =>
    execFileSync('sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, launcher, ...args], {
      cwd: desk.repository,
      env: desk.env,
      encoding: 'utf8',
    });
  const [row] = JSON.parse(under('new', 'add a changelog', '-a', 'demo', '--json')) as [
    { id: string; worktree: string },
  ];
  under('wait', row.id, '--for', 'done', '--timeout', '60');
  under('ship', row.id, '-m', 'Add a changelog');
  expect(mode(join(row.worktree, 'README.md'))).toBe(file);
  expect(mode(join(row.worktree, 'CHANGELOG.md'))).toBe(file);

  const objects = join(desk.repository, '.git/objects');
  const names = readdirSync(objects).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const modes = names.map((name) => mode(join(objects, name)));
  // Those of the first commit were made by the test itself, under its own umask.
  expect(modes).toContain(directory);
  expect(modes).not.toContain('700');
  const program = under('run', '--json', '--', 'sh', '-c', 'umask; exec cat');
  const { id } = (JSON.parse(program) as [{ id: string }])[0];
  expect(under('read', id)).toContain(umask);

  const { root, run, serverSocket, holderSocket, database, serverLog, holderLog, worktrees, output } = desk.paths;
  expect([root, run, worktrees, output].map(mode)).toEqual(Array(4).fill('700'));
  expect([serverSocket, holderSocket, serverLog, holderLog].map(mode)).toEqual(Array(4).fill('600'));
  expect([database, `${database}-wal`, `${database}-shm`].map(mode)).toEqual(Array(3).fill('600'));
  expect(everyFile(output).map(mode)).toEqual(everyFile(output).map(() => '600'));
});

function everyFile(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
