// A disk that fills up in the middle of things: said as what it is, nothing half made, and the next try works.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { digestOf, git, makeRepository, temporaryDirectory, writeFiles } from '../../../test/support/git.ts';
import { systemClock } from '../../platform/clock.ts';
import { createGit } from './host-git.ts';

const host = createGit({ env: process.env, clock: systemClock });
const execute = promisify(execFile);

/** A file system of 4 MiB, where this machine lets us have one. */
async function smallDisk(context: TestContext): Promise<string> {
  const path = temporaryDirectory('small');
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path]);
  } catch {
    context.skip('mounting a small file system is not allowed here');
  }
  onTestFinished(async () => {
    await execute('umount', [path]);
  });
  return path;
}

async function fill(disk: string): Promise<void> {
  for (const size of [1 << 20, 64 << 10, 4096]) {
    for (let n = 0; n < 100; n++) {
      try {
        await writeFile(join(disk, `filler-${size}-${n}`), Buffer.alloc(size, 1));
      } catch {
        await rm(join(disk, `filler-${size}-${n}`), { force: true });
        break;
      }
    }
  }
}

async function free(disk: string): Promise<void> {
  await execute('sh', ['-c', 'rm -f -- "$1"/filler-*', 'sh', disk]);
}

const incompressible = (size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
};

test('a worktree that does not fit is not half made', async (context) => {
  const disk = await smallDisk(context);
  const repository = await makeRepository({ home: disk, files: { 'big.bin': incompressible(400 << 10) } });
  const { sha } = await host.resolveBase(repository.path, undefined);
  const before = digestOf(repository.path);
  await fill(disk);
  const options = { repository: repository.path, path: join(disk, 'wt', 'x'), branch: 'sesame/x', sha };
  await expect(host.addWorktree(options)).rejects.toMatchObject({ code: 'disk-full' });
  await free(disk);
  expect(existsSync(options.path)).toBe(false);
  expect(await host.branchSha(repository.path, 'sesame/x')).toBeNull();
  expect(await host.listWorktrees(repository.path)).toHaveLength(1);
  expect(digestOf(repository.path)).toEqual(before);
  await host.addWorktree(options);
});

test('work that cannot be kept is not thrown away, and can be kept once there is room', async (context) => {
  const disk = await smallDisk(context);
  const repository = await makeRepository({ home: disk });
  const { sha } = await host.resolveBase(repository.path, undefined);
  const path = join(disk, 'wt');
  const options = { repository: repository.path, worktree: path, path, branch: 'sesame/x', id: 's7k2' };
  await host.addWorktree({ ...options, sha });
  await writeFiles(path, { 'new.bin': incompressible(200 << 10) });
  await fill(disk);
  await expect(host.saveTrash(options)).rejects.toMatchObject({ code: 'disk-full' });
  expect(await git(path, '--no-optional-locks', 'status', '--porcelain')).toBe('?? new.bin');
  await free(disk);
  const { ref } = await host.saveTrash(options);
  await host.removeWorktree(options);
  await fill(disk);
  await expect(host.restoreTrash({ ...options, ref })).rejects.toMatchObject({ code: 'disk-full' });
  await free(disk);
  expect(existsSync(path)).toBe(false);
  expect(await host.branchSha(repository.path, 'sesame/x')).toBeNull();
  await host.restoreTrash({ ...options, ref });
  expect(await git(path, '--no-optional-locks', 'status', '--porcelain')).toBe('?? new.bin');
});
