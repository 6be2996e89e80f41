import { existsSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  addBareRemote,
  digestOf,
  git,
  makeRepository,
  type TestRepository,
  temporaryDirectory,
  writeFiles,
  writeScript,
} from '../../../test/support/git.ts';
import { Sha } from '../../domain/ids.ts';
import { systemClock } from '../../platform/clock.ts';
import { createGit } from './host-git.ts';

const host = createGit({ env: process.env, clock: systemClock });

async function add(
  repository: TestRepository,
  path: string,
  branch = 'sesame/x',
  from = repository.path,
): Promise<Sha> {
  const { sha } = await host.resolveBase(from, undefined);
  await host.addWorktree({ repository: from, path, branch, sha });
  return sha;
}

/** A checkout as untidy as they come: staged, changed and untracked files, a stash, hooks, config, a reflog. */
async function untidy(): Promise<TestRepository> {
  const repository = await makeRepository();
  await addBareRemote(repository);
  await repository.git('config', 'branch.autoSetupMerge', 'always');
  await repository.git('config', 'branch.autoSetupRebase', 'always');
  await repository.git('config', 'push.autoSetupRemote', 'true');
  await writeFiles(repository.path, { 'src/a.txt': 'stashed\n' });
  await repository.git('stash', 'push', '--quiet');
  for (const hook of ['post-checkout', 'post-commit', 'reference-transaction', 'post-index-change', 'pre-push']) {
    await writeScript(join(repository.path, '.git/hooks', hook), `echo ${hook} >> "${repository.home}/hooks-ran"`);
  }
  await writeFiles(repository.path, { 'src/a.txt': 'staged\n', 'new.txt': 'new\n' });
  await repository.git('add', 'src/a.txt');
  await writeFiles(repository.path, { 'src/a.txt': 'staged and changed\n' });
  await rm(join(repository.home, 'hooks-ran'), { force: true });
  return repository;
}

test("through a session's whole life the user's checkout, index, stash, config, hooks and refs stay as they are", async () => {
  const repository = await untidy();
  const before = digestOf(repository.path);
  const path = join(repository.home, 'wt', 's7k2-x');
  const options = { repository: repository.path, path, branch: 'sesame/x' };
  const base = await add(repository, path);
  await writeFiles(path, { 'src/a.txt': 'agent\n', 'agent.txt': 'new\n' });
  await host.diff({ worktree: path, base });
  const { ref } = await host.saveTrash({ ...options, worktree: path, id: 's7k2' });
  await host.removeWorktree(options);
  await host.restoreTrash({ ...options, ref });
  await rm(path, { recursive: true });
  await host.restoreWorktree(options);
  await host.removeWorktree(options);
  await host.expireTrash(repository.path, -1);
  expect(digestOf(repository.path)).toEqual(before);
  expect(existsSync(join(repository.home, 'hooks-ran'))).toBe(false);
  expect(existsSync(join(repository.path, '.git/worktrees'))).toBe(false);
  expect(await repository.git('for-each-ref', 'refs/sesame', 'refs/heads/sesame')).toBe('');
  expect(await repository.git('fsck', '--strict', '--no-dangling')).toBe('');
});

test.each([
  ['spaces', 'with some spaces'],
  ['unicode', 'größe-日本-🎉'],
  ['a newline', 'two\nlines'],
  ['a leading dash', '-rf'],
  ['quotes', `it's "quoted" $HOME`],
])('repositories and worktrees may have %s in their paths', async (_what, name) => {
  const repository = await makeRepository({ name });
  const path = join(repository.home, 'wt', name);
  const base = await add(repository, path);
  await writeFiles(path, { [`${name} file`]: 'x\n' });
  expect((await host.diff({ worktree: path, base })).files.map((file) => file.path)).toEqual([`${name} file`]);
  expect((await host.listWorktrees(repository.path)).map((entry) => entry.path)).toEqual([repository.path, path]);
  const options = { repository: repository.path, path, branch: 'sesame/x' };
  const { ref } = await host.saveTrash({ ...options, worktree: path, id: 'a' });
  await host.removeWorktree(options);
  await host.restoreTrash({ ...options, ref });
  expect(readFileSync(join(path, `${name} file`), 'utf8')).toBe('x\n');
});

test('a bare repository, a detached head and a linked checkout can have sessions', async () => {
  const repository = await makeRepository();
  const bare = await addBareRemote(repository);
  await repository.git('checkout', '--quiet', '--detach');
  const linked = join(repository.home, 'linked');
  await repository.git('worktree', 'add', '--quiet', '-b', 'mine', linked);
  for (const from of [bare, repository.path, linked]) {
    const path = join(repository.home, 'wt');
    const branch = 'sesame/x';
    const base = await add(repository, path, branch, from);
    await writeFiles(path, { 'n.txt': '1\n' });
    expect((await host.diffStat({ worktree: path, base })).files).toBe(1);
    const { ref } = await host.saveTrash({ repository: from, worktree: path, branch, id: 'b' });
    await host.removeWorktree({ repository: from, path, branch });
    await host.restoreTrash({ repository: from, path, branch, ref });
    expect(existsSync(join(path, 'n.txt'))).toBe(true);
    await host.removeWorktree({ repository: from, path, branch });
    expect(await host.branchSha(from, branch)).toBeNull();
  }
});

test('a repository with sha256 object names works', async () => {
  const repository = await makeRepository({ init: ['--object-format=sha256'] });
  const path = join(repository.home, 'wt');
  const base = await add(repository, path);
  expect(base).toHaveLength(64);
  await writeFiles(path, { 'n.txt': '1\n', 'src/a.txt': 'one\n' });
  await rm(join(path, 'README.md'));
  expect((await host.diff({ worktree: path, base })).stat).toEqual({ files: 3, insertions: 1, deletions: 3 });
  const options = { repository: repository.path, path, branch: 'sesame/x' };
  const { ref } = await host.saveTrash({ ...options, worktree: path, id: 'a' });
  await host.removeWorktree(options);
  await host.restoreTrash({ ...options, ref });
  expect(await git(path, 'status', '--porcelain')).toBe(' D README.md\n M src/a.txt\n?? n.txt');
});

test('a sparse checkout stays sparse in the worktree', async () => {
  const repository = await makeRepository({ files: { 'a/x': '1\n', 'b/y': '2\n' } });
  await repository.git('sparse-checkout', 'set', 'a');
  const before = digestOf(repository.path);
  const path = join(repository.home, 'wt');
  const base = await add(repository, path);
  expect([existsSync(join(path, 'a/x')), existsSync(join(path, 'b/y'))]).toEqual([true, false]);
  expect((await host.diffStat({ worktree: path, base })).files).toBe(0);
  expect(digestOf(repository.path)).toEqual(before);
});

test('submodules are left alone', async () => {
  const inner = await makeRepository({ name: 'inner' });
  const repository = await makeRepository();
  await repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'sub');
  await repository.git('commit', '--quiet', '-m', 'sub');
  const path = join(repository.home, 'wt');
  const base = await add(repository, path);
  expect((await host.diffStat({ worktree: path, base })).files).toBe(0);
  await host.saveTrash({ repository: repository.path, worktree: path, branch: 'sesame/x', id: 'a' });
  await host.removeWorktree({ repository: repository.path, path, branch: 'sesame/x' });
  expect(existsSync(path)).toBe(false);
});

test('of several made at once with one name, one gets it and the others are told', async () => {
  const repository = await makeRepository();
  const { sha } = await host.resolveBase(repository.path, undefined);
  const results = await Promise.allSettled(
    [1, 2, 3, 4].map((n) =>
      host.addWorktree({ repository: repository.path, path: join(repository.home, `wt${n}`), branch: 'sesame/x', sha }),
    ),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'branch-taken' });
  }
});

test('many made and removed at once do not trip over each other', async () => {
  const repository = await makeRepository();
  const { sha } = await host.resolveBase(repository.path, undefined);
  for (let round = 0; round < 3; round++) {
    const all = [1, 2, 3, 4, 5, 6].map((n) => ({
      repository: repository.path,
      path: join(repository.home, `wt${round}-${n}`),
      branch: `sesame/x${round}-${n}`,
      sha,
    }));
    await Promise.all(all.map((options) => host.addWorktree(options)));
    await Promise.all(all.map((options) => host.removeWorktree(options)));
  }
  expect(await host.listWorktrees(repository.path)).toHaveLength(1);
});

test('a directory in the way is left as it is and the branch is not kept', async () => {
  const repository = await makeRepository();
  const path = join(repository.home, 'wt');
  await writeFiles(path, { 'precious.txt': 'x' });
  await expect(add(repository, path)).rejects.toMatchObject({ code: 'worktree-taken' });
  expect(readFileSync(join(path, 'precious.txt'), 'utf8')).toBe('x');
  expect(await host.branchSha(repository.path, 'sesame/x')).toBeNull();
});

test('a branch of that name is refused and stays where it is', async () => {
  const repository = await makeRepository();
  await repository.git('branch', 'sesame/x');
  const sha = await repository.git('commit-tree', '-m', 'other', 'HEAD^{tree}');
  await expect(
    host.addWorktree({
      repository: repository.path,
      path: join(repository.home, 'wt'),
      branch: 'sesame/x',
      sha: Sha.parse(sha),
    }),
  ).rejects.toMatchObject({ code: 'branch-taken' });
  expect(await host.branchSha(repository.path, 'sesame/x')).toBe(await repository.git('rev-parse', 'main'));
});

test("removing refuses the user's own worktree, a plain directory and a worktree that became a repository", async () => {
  const repository = await makeRepository();
  const mine = join(repository.home, 'mine');
  await repository.git('worktree', 'add', '--quiet', '-b', 'sesame/mine', mine);
  const plain = temporaryDirectory('plain');
  const replaced = join(repository.home, 'replaced');
  await add(repository, replaced, 'sesame/replaced');
  await rm(join(replaced, '.git'));
  await git(replaced, 'init', '--quiet');
  for (const path of [mine, plain, replaced, repository.path]) {
    await expect(
      host.removeWorktree({ repository: repository.path, path, branch: 'sesame/mine' }),
    ).rejects.toMatchObject({ code: 'not-ours' });
    expect(existsSync(path)).toBe(true);
  }
  expect(await host.branchSha(repository.path, 'sesame/mine')).not.toBeNull();
});

test('a worktree whose directory is gone can be removed, and removing twice is no error', async () => {
  const repository = await makeRepository();
  const path = join(repository.home, 'wt');
  await add(repository, path);
  await rm(path, { recursive: true });
  expect((await host.listWorktrees(repository.path))[1]).toMatchObject({ path, branch: 'sesame/x' });
  const options = { repository: repository.path, path, branch: 'sesame/x' };
  await host.removeWorktree(options);
  await host.removeWorktree(options);
  expect(await host.listWorktrees(repository.path)).toHaveLength(1);
  expect(await host.branchSha(repository.path, 'sesame/x')).toBeNull();
});

test('other worktrees of the user whose directory is away are not forgotten when ours is removed', async () => {
  const repository = await makeRepository();
  const usb = join(repository.home, 'usb');
  await repository.git('worktree', 'add', '--quiet', '-b', 'mine', usb);
  await rename(usb, `${usb}-unplugged`);
  const path = join(repository.home, 'wt');
  await add(repository, path);
  await host.removeWorktree({ repository: repository.path, path, branch: 'sesame/x' });
  await rename(`${usb}-unplugged`, usb);
  expect(await git(usb, 'status', '--porcelain')).toBe('');
});

test('the branch is kept when the user has it checked out', async () => {
  const repository = await makeRepository();
  const path = join(repository.home, 'wt');
  await add(repository, path);
  await git(path, 'switch', '--quiet', '--detach');
  await repository.git('switch', '--quiet', 'sesame/x');
  await host.removeWorktree({ repository: repository.path, path, branch: 'sesame/x' });
  expect(await repository.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('sesame/x');
  expect(await repository.git('status', '--porcelain')).toBe('');
});

test('a worktree left half made by a crash is ours', async () => {
  const repository = await makeRepository();
  const path = join(repository.home, 'wt');
  await add(repository, path);
  const directory = await git(path, 'rev-parse', '--absolute-git-dir');
  await rm(join(directory, 'sesame-worktree'));
  await writeFile(join(directory, 'locked'), 'sesame is making this worktree\n');
  await host.removeWorktree({ repository: repository.path, path, branch: 'sesame/x' });
  expect(existsSync(path)).toBe(false);
});

test('a branch that was moved keeps its commits when its directory is checked out again', async () => {
  const repository = await makeRepository();
  const path = join(repository.home, 'wt');
  await add(repository, path);
  await git(path, 'commit', '--quiet', '--allow-empty', '-m', 'work');
  const tip = await git(path, 'rev-parse', 'HEAD');
  await rm(path, { recursive: true });
  await host.restoreWorktree({ repository: repository.path, path, branch: 'sesame/x' });
  expect(await git(path, 'rev-parse', 'HEAD')).toBe(tip);
  await expect(
    host.restoreWorktree({ repository: repository.path, path: `${path}2`, branch: 'sesame/none' }),
  ).rejects.toMatchObject({ code: 'no-such-branch' });
  await expect(
    host.restoreWorktree({ repository: repository.path, path: `${path}3`, branch: 'sesame/x' }),
  ).rejects.toMatchObject({ code: 'branch-checked-out' });
});
