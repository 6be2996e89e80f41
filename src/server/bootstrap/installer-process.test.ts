import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakePackage } from '../../../test/support/bootstrap.ts';
import {
  agent,
  bench,
  installerOf,
  mirror,
  mirrorPerTest,
  never,
  publish,
  sizeOf,
} from '../../../test/support/install.ts';
import { processStart } from '../../platform/lock.ts';

mirrorPerTest();

describe('the installer', () => {
  test('that cannot be started is said', async () => {
    const { binaries, told } = bench({ installer: ['/no/such/program'] });
    await expect(binaries.ensure(agent, null, never)).rejects.toMatchObject({
      code: 'bootstrap-process',
      message: expect.stringContaining('could not install Fake: the process for it cannot be started: '),
    });
    expect(told.at(-1)).toMatchObject({ kind: 'bootstrap.failed', failure: { code: 'bootstrap-process' } });
  });

  test('of another build, which does not understand, is said, and what to do', async () => {
    const other = `process.on('message', () => process.send({ kind: 'something new' }))`;
    const { binaries } = bench({ installer: [process.execPath, '-e', other] });
    await expect(binaries.ensure(agent, null, never)).rejects.toMatchObject({
      code: 'bootstrap-version',
      remedy: expect.stringContaining('sesame server stop'),
    });
  });

  test.skipIf(process.platform !== 'linux')('sees nothing of the environment but what Node needs', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 400_000));
    mirror.fail(path, { kind: 'stall', after: 100_000 }, 1);
    const env = { PATH: '/usr/bin:/bin', SOME_API_KEY: 'canary', HTTPS_PROXY: 'http://u:canary@127.0.0.1:1' };
    const { binaries, root } = bench({ env });
    const installation = binaries.ensure(agent, null, never).catch((error: unknown) => error);
    await expect.poll(() => sizeOf(root), { timeout: 10_000 }).toBe(100_000);
    const seen =
      readFileSync(`/proc/${installerOf(root)}/environ`, 'utf8') +
      readFileSync(`/proc/${installerOf(root)}/cmdline`, 'utf8');
    expect(seen).toContain('PATH=/usr/bin:/bin');
    expect(seen).not.toContain('canary');
    await binaries.close();
    await installation;
  });

  test('goes along with a process that is killed', async () => {
    const path = publish('1.2.3', fakePackage('1.2.3', 400_000));
    mirror.fail(path, { kind: 'stall', after: 100_000 });
    const root = mkdtempSync(join(tmpdir(), 'sk-'));
    const child = spawn(process.execPath, [resolve('test/support/install-once.ts'), root, mirror.url], {
      stdio: 'ignore',
    });
    await expect.poll(() => sizeOf(root), { timeout: 20_000 }).toBe(100_000);
    const installer = installerOf(root);
    expect(await processStart(installer)).not.toBeNull();
    child.kill('SIGKILL');
    await expect.poll(() => processStart(installer), { timeout: 10_000 }).toBeNull();
    // What it had begun was put away.
    expect(readdirSync(join(root, 'fake')).filter((name) => !name.includes('.partial'))).toEqual([]);
    rmSync(root, { recursive: true });
  });
});
