// Branches of the user's: listed, found by name, checked out and left as they are.
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addBareRemote, git, makeRepository, type TestRepository, writeFiles } from '../../../test/support/git.ts';
import { systemClock } from '../../platform/clock.ts';
import { createGit } from './host-git.ts';

const host = createGit({ env: process.env, clock: systemClock });

/** `topic` local and on the remote, `shared` on the remote only. */
async function withBranches(): Promise<TestRepository> {
  const repository = await makeRepository();
  await addBareRemote(repository);
  await repository.git('branch', 'topic');
  await repository.git('push', '--quiet', 'origin', 'topic', 'topic:shared');
  await repository.git('fetch', '--quiet', 'origin');
  return repository;
}

test('local branches and those of remotes are listed once each, with where they are checked out', async () => {
  const repository = await withBranches();
  const branches = await host.branches(repository.path);
  const names = branches.map(({ branch, remote, checkedOut }) => ({ branch, remote, checkedOut }));
  expect(names).toContainEqual({ branch: 'topic', remote: null, checkedOut: null });
  expect(names).toContainEqual({ branch: 'shared', remote: 'origin', checkedOut: null });
  expect(names.filter(({ branch }) => branch === 'topic')).toHaveLength(1);
  expect(names.some(({ branch }) => branch === 'HEAD')).toBe(false);
  const head = await repository.git('symbolic-ref', '--short', 'HEAD');
  expect(names).toContainEqual({ branch: head, remote: null, checkedOut: repository.path });
});

test('a name is a name: of a local branch, of a remote one with or without the remote, and no expression', async () => {
  const repository = await withBranches();
  const find = (name: string) => host.findBranch(repository.path, name);
  await expect(find('topic')).resolves.toMatchObject({ branch: 'topic', ref: 'topic' });
  await expect(find('refs/heads/topic')).resolves.toMatchObject({ branch: 'topic' });
  await expect(find('origin/topic')).resolves.toMatchObject({ branch: 'topic', ref: 'topic' });
  await expect(find('shared')).resolves.toMatchObject({ branch: 'shared', ref: 'origin/shared' });
  await expect(find('origin/shared')).resolves.toMatchObject({ branch: 'shared', ref: 'origin/shared' });
  for (const name of ['topic~0', 'HEAD', '--all', '', 'no such', '../x', 'a\0b']) {
    await expect(find(name), name).rejects.toMatchObject({ code: 'no-such-branch' });
  }
});

test('a remote branch that differs from the local one of its name is not taken for it', async () => {
  const repository = await withBranches();
  await repository.git('switch', '--quiet', 'topic');
  await writeFile(join(repository.path, 'more.txt'), 'x\n');
  await repository.git('add', '.');
  await repository.git('commit', '--quiet', '-m', 'more');
  await expect(host.findBranch(repository.path, 'origin/topic')).rejects.toMatchObject({ code: 'branch-differs' });
});

test('a branch of a remote is made as git switch makes it, pushed to where it came from, and stays', async () => {
  const repository = await withBranches();
  const path = join(repository.home, 'wt');
  const from = await host.findBranch(repository.path, 'shared');
  await host.checkOutBranch({ repository: repository.path, path, branch: 'shared', from });
  expect(await git(path, 'rev-parse', '--abbrev-ref', 'shared@{upstream}')).toBe('origin/shared');
  await host.removeWorktree({ repository: repository.path, path, branch: null });
  expect(await host.branchSha(repository.path, 'shared')).toBe(from.sha);
});

test('a branch that is checked out elsewhere is refused with the place', async () => {
  const repository = await withBranches();
  const head = await repository.git('symbolic-ref', '--short', 'HEAD');
  const from = await host.findBranch(repository.path, head);
  const path = join(repository.home, 'wt');
  await expect(host.checkOutBranch({ repository: repository.path, path, branch: head, from })).rejects.toMatchObject({
    code: 'branch-checked-out',
    message: expect.stringContaining(repository.path),
  });
});

test('a discarded worktree of such a branch comes back, unless the branch has moved on', async () => {
  const repository = await withBranches();
  const path = join(repository.home, 'wt');
  const target = { repository: repository.path, path, branch: 'topic' };
  const from = await host.findBranch(repository.path, 'topic');
  await host.checkOutBranch({ ...target, from });
  await writeFiles(path, { 'new.txt': 'mine\n' });
  const { ref } = await host.saveTrash({ ...target, worktree: path, id: 's7k2' });
  await host.removeWorktree({ ...target, branch: null });
  await host.restoreTrash({ ...target, ref, existing: true });
  expect(readFileSync(join(path, 'new.txt'), 'utf8')).toBe('mine\n');
  await rm(join(path, 'new.txt'));
  await git(path, 'commit', '--quiet', '--allow-empty', '-m', 'moved on');
  await host.removeWorktree({ ...target, branch: null });
  await expect(host.restoreTrash({ ...target, ref, existing: true })).rejects.toMatchObject({ code: 'branch-moved' });
  expect(await git(repository.path, 'log', '-1', '--format=%s', 'topic')).toBe('moved on');
});
