import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { programText } from '../support/archive.ts';
import { fakePackage, publishedIn, unverified } from '../support/bootstrap.ts';
import { mirror, mirrorPerTest, publish } from '../support/install.ts';

mirrorPerTest();

test('an installation killed at any moment leaves nothing unverified in place, and the next one goes on', async () => {
  publish('1.2.3', fakePackage('1.2.3', 3_000_000));
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  const good = [programText('1.2.3')];
  const start = (): ReturnType<typeof spawn> =>
    spawn(process.execPath, [resolve('test/support/install-once.ts'), root, mirror.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  // Each is killed at another one of the reports it makes, those of the last steps included.
  const finished = [];
  for (let round = 0; round < 14; round++) {
    const child = start();
    let reports = 0;
    let last = '';
    child.stdout?.on('data', (bytes: Buffer) => {
      for (const line of bytes.toString('utf8').split('\n').filter(Boolean)) {
        last = line;
        if (reports++ === round) child.kill('SIGKILL');
      }
    });
    await once(child, 'close');
    expect(unverified(root, good)).toEqual([]);
    if (last.startsWith('done')) finished.push(round);
    else rmSync(join(root, 'fake', 'selection.json'), { force: true });
    if (finished.length > 1) break;
  }
  expect(finished.length).toBeGreaterThan(0);
  expect(publishedIn(root)).toHaveLength(1);
  rmSync(root, { recursive: true });
});
