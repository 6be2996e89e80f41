// ctrl+c at a command that waits for the server: the command leaves, what the server was told it does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Desk, launcher } from '../support/desk.ts';
import { until } from '../support/until.ts';

let desk: Desk;
beforeEach(() => {
  desk = new Desk({ env: { SESAME_DEMO_SPEED: '40' } });
});
afterEach(() => desk.clear());

test('a ship with a slow hook is left at once, and comes to its end', async () => {
  const [{ id, branch }] = desk.json<[{ id: string; branch: string }]>('new', 'add a changelog', '-a', 'demo');
  desk.sesame('wait', id, '--for', 'done', '--timeout', '60');
  const [began, go] = [join(desk.place, 'began'), join(desk.place, 'go')];
  const hook = join(desk.repository, '.git/hooks/pre-commit');
  writeFileSync(hook, `#!/bin/sh\ntouch '${began}'\nuntil [ -e '${go}' ]; do sleep 0.05; done\n`);
  chmodSync(hook, 0o755);
  const ship = spawn(process.execPath, [launcher, 'ship', id], { cwd: desk.repository, env: desk.env, stdio: 'pipe' });
  let said = '';
  for (const output of [ship.stdout, ship.stderr]) output.on('data', (piece) => (said += String(piece)));
  await until('the hook runs', () => existsSync(began));
  ship.kill('SIGINT');
  const [code] = (await once(ship, 'close')) as [number | null];
  expect({ code, said }).toEqual({ code: 130, said: '' });
  writeFileSync(go, '');
  await until('it is pushed', () => desk.git('ls-remote', 'origin', branch) !== '');
});
