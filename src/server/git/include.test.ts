import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addBareRemote, git, makeRepository, type TestRepository, writeFiles } from '../../../test/support/git.ts';
import { systemClock } from '../../platform/clock.ts';
import { createGit } from './host-git.ts';

const host = createGit({ env: process.env, clock: systemClock });

async function session(files: Record<string, string>): Promise<{ repository: TestRepository; worktree: string }> {
  const repository = await makeRepository({ files });
  const worktree = join(repository.home, 'wt');
  const { sha } = await host.resolveBase(repository.path, undefined);
  await host.addWorktree({ repository: repository.path, path: worktree, branch: 'sesame/x', sha });
  return { repository, worktree };
}

test('ignored files that the list names are copied with their modes, nothing else is', async () => {
  const { repository, worktree } = await session({
    '.gitignore': '.env*\nconfig/local/\n*.log\n',
    '.worktreeinclude': '# local settings\n.env*\n!.env.bak\nconfig/local/\nnot-ignored.txt\n',
    'a.txt': '1\n',
  });
  await writeFiles(repository.path, {
    '.env': 'SECRET=1\n',
    '.env.bak': 'old\n',
    'packages/web/.env.local': 'X=1\n',
    'config/local/deep/ü key.pem': 'k\n',
    'debug.log': 'x\n',
    'not-ignored.txt': 'untracked, not ignored\n',
  });
  await chmod(join(repository.path, '.env'), 0o600);
  await chmod(join(repository.path, 'config/local/deep/ü key.pem'), 0o750);
  expect(await host.copyIncluded({ repository: repository.path, worktree })).toEqual({
    copied: ['.env', 'config/local/deep/ü key.pem', 'packages/web/.env.local'],
    skipped: [],
  });
  expect(readFileSync(join(worktree, 'packages/web/.env.local'), 'utf8')).toBe('X=1\n');
  expect(lstatSync(join(worktree, '.env')).mode & 0o777).toBe(0o600);
  expect(lstatSync(join(worktree, 'config/local/deep/ü key.pem')).mode & 0o777).toBe(0o750);
  expect(existsSync(join(worktree, 'not-ignored.txt'))).toBe(false);
  expect(await git(worktree, 'status', '--porcelain')).toBe('');
});

test('patterns of sesame.json are copied as those of the list are, with it or alone', async () => {
  const { repository, worktree } = await session({ '.gitignore': '.env*\n*.pem\n', 'a.txt': '1\n' });
  await writeFiles(repository.path, {
    '.env': 'SECRET=1\n',
    'keys/a.pem': 'k\n',
    '-x.pem': 'k\n',
    '.env.local': 'x\n',
  });
  const { copied } = await host.copyIncluded({ repository: repository.path, worktree, patterns: ['/keys/', '-x.pem'] });
  expect(copied).toEqual(['-x.pem', 'keys/a.pem']);
  await writeFiles(repository.path, { '.worktreeinclude': '.env\n' });
  const more = await host.copyIncluded({ repository: repository.path, worktree, patterns: ['.env.local'] });
  expect(more.copied).toEqual(['.env', '.env.local']);
});

test('nothing is copied over a file, through a link or as a link that leads out', async () => {
  const { repository, worktree } = await session({
    '.gitignore': '*.env\nd/\nlinked\n',
    '.worktreeinclude': '*.env\nd/\nlinked\n',
  });
  const outside = join(repository.home, 'outside');
  await mkdir(outside);
  await writeFiles(outside, { 'secret.env': 's\n' });
  await writeFiles(repository.path, { 'a.env': 'a\n', 'd/in.env': 'd\n' });
  await symlink('a.env', join(repository.path, 'inside.env'));
  await symlink('../outside/secret.env', join(repository.path, 'out.env'));
  await symlink(outside, join(repository.path, 'linked'));
  await writeFiles(worktree, { 'a.env': 'mine\n' });
  await symlink(outside, join(worktree, 'd'));
  const { copied, skipped } = await host.copyIncluded({ repository: repository.path, worktree });
  expect(copied).toEqual(['inside.env']);
  expect(skipped.map(({ path }) => path).sort()).toEqual(['a.env', 'd/in.env', 'linked', 'out.env']);
  expect(readFileSync(join(worktree, 'a.env'), 'utf8')).toBe('mine\n');
  expect(existsSync(join(outside, 'in.env'))).toBe(false);
});

test('no list, an empty list and a bare repository copy nothing', async () => {
  const { repository, worktree } = await session({ '.gitignore': '.env\n', '.worktreeinclude': '\n' });
  await writeFiles(repository.path, { '.env': 'x\n' });
  const nothing = { copied: [], skipped: [] };
  expect(await host.copyIncluded({ repository: repository.path, worktree })).toEqual(nothing);
  await rm(join(repository.path, '.worktreeinclude'));
  expect(await host.copyIncluded({ repository: repository.path, worktree })).toEqual(nothing);
  expect(await host.copyIncluded({ repository: await addBareRemote(repository), worktree })).toEqual(nothing);
});
