import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addBareRemote, git, makeRepository, temporaryDirectory, writeFiles } from '../../../test/support/git.ts';
import { systemClock } from '../../platform/clock.ts';
import { createGit } from './host-git.ts';

const host = createGit({ env: process.env, clock: systemClock });

test('a repository is found from any folder of it', async () => {
  const repository = await makeRepository({ name: 'my größe project' });
  await addBareRemote(repository);
  await repository.git('branch', '--set-upstream-to=origin/main');
  await repository.git('commit', '--quiet', '--allow-empty', '-m', 'two');
  const view = await host.inspect(join(repository.path, 'src'));
  expect(view).toMatchObject({
    project: { path: repository.path, name: 'my größe project' },
    branch: 'main',
    head: await repository.git('rev-parse', 'HEAD'),
    bare: false,
    dirty: false,
    ahead: 1,
    behind: 0,
    remotes: ['origin'],
    setup: null,
    check: null,
  });
  expect((await host.inspect(join(repository.path, '.git'))).project).toEqual(view.project);
  await symlink(repository.path, join(repository.home, 'link'));
  expect((await host.inspect(join(repository.home, 'link'))).project).toEqual(view.project);
});

test('a dirty checkout, a detached head and the project file are seen', async () => {
  const repository = await makeRepository();
  await repository.git('checkout', '--quiet', '--detach');
  await writeFiles(repository.path, { 'sesame.json': '{"setup":"npm ci","check":"npm test","ports":[1]}' });
  expect(await host.inspect(repository.path)).toMatchObject({
    branch: null,
    dirty: true,
    ahead: null,
    setup: 'npm ci',
    check: 'npm test',
  });
  await writeFiles(repository.path, { 'sesame.json': '{"setup":' });
  await expect(host.inspect(repository.path)).rejects.toMatchObject({ code: 'bad-project-file' });
});

test('an empty repository is described; starting from it is refused with the remedy', async () => {
  const path = temporaryDirectory('empty');
  await git(path, 'init', '--quiet', '--initial-branch=main');
  expect(await host.inspect(path)).toMatchObject({ head: null, branch: 'main', dirty: false });
  await expect(host.resolveBase(path, undefined)).rejects.toMatchObject({
    code: 'empty-repository',
    remedy: 'make a first commit: git commit --allow-empty -m start',
  });
});

test('a bare repository the user named is used', async () => {
  const repository = await makeRepository({ files: { 'sesame.json': '{"check":"true"}' } });
  const bare = await addBareRemote(repository);
  expect(await host.inspect(bare)).toMatchObject({
    project: { path: bare, name: 'origin' },
    bare: true,
    branch: 'main',
    dirty: false,
    check: 'true',
  });
  expect((await host.resolveBase(bare, 'main')).sha).toBe(await repository.git('rev-parse', 'main'));
});

test('a bare repository that merely lies in a folder is not entered', async () => {
  const repository = await makeRepository();
  const bare = await addBareRemote(repository);
  await expect(host.inspect(join(bare, 'refs'))).rejects.toMatchObject({ code: 'not-a-repository' });
});

test('no repository, no directory and no git are told apart', async () => {
  const path = temporaryDirectory('none');
  await expect(host.inspect(path)).rejects.toMatchObject({ code: 'not-a-repository' });
  await expect(host.inspect(join(path, 'gone'))).rejects.toMatchObject({ code: 'no-such-directory' });
  await expect(host.inspect('/dev/null')).rejects.toMatchObject({ code: 'no-such-directory' });
  await expect(host.inspect('a\0b')).rejects.toMatchObject({ code: 'no-such-directory' });
  const without = createGit({ env: { ...process.env, PATH: path }, clock: systemClock });
  await expect(without.inspect(path)).rejects.toMatchObject({ code: 'no-git' });
});

test('a base may be a branch, a tag, a commit, or a branch only a remote has', async () => {
  const repository = await makeRepository();
  const first = await repository.git('rev-parse', 'HEAD');
  await repository.git('tag', '-a', '-m', 'v1', 'v1');
  await repository.git('branch', 'feature/x');
  await addBareRemote(repository);
  await repository.git('push', '--quiet', 'origin', 'feature/x');
  await repository.git('branch', '-D', 'feature/x');
  expect(await host.resolveBase(repository.path, undefined)).toEqual({ ref: 'main', sha: first });
  expect(await host.resolveBase(repository.path, 'v1')).toEqual({ ref: 'v1', sha: first });
  expect(await host.resolveBase(repository.path, first.slice(0, 10))).toEqual({ ref: first.slice(0, 10), sha: first });
  expect(await host.resolveBase(repository.path, 'feature/x')).toEqual({ ref: 'origin/feature/x', sha: first });
});

test.each([
  'nope',
  '--help',
  '-n',
  '',
  'a\0b',
  'HEAD^{tree}',
  '\u001b[31m',
  'x'.repeat(5000),
])('a base that names no commit is refused: %j', async (base) => {
  const repository = await makeRepository();
  await expect(host.resolveBase(repository.path, base)).rejects.toMatchObject({ code: 'no-such-base' });
});

test('the next free branch looks at branches in any case and at worktrees', async () => {
  const repository = await makeRepository();
  expect(await host.freeBranch(repository.path, 'sesame/x')).toBe('sesame/x');
  await repository.git('branch', 'sesame/X');
  await repository.git('branch', 'sesame/x-2/deeper');
  await repository.git('pack-refs', '--all');
  expect(await host.freeBranch(repository.path, 'sesame/x')).toBe('sesame/x-3');
  expect(await host.branchSha(repository.path, 'sesame/X')).toBe(await repository.git('rev-parse', 'HEAD'));
  expect(await host.branchSha(repository.path, 'sesame/none')).toBeNull();
});

test('a branch named sesame is in the way of all of ours, and the words say how to move it', async () => {
  const repository = await makeRepository();
  await repository.git('branch', 'sesame');
  await expect(host.freeBranch(repository.path, 'sesame/x')).rejects.toMatchObject({
    code: 'branch-taken',
    remedy: 'rename it: git branch -m sesame sesame-old',
  });
});

test('asked from inside a worktree of ours, the repository is the one it was made from', async () => {
  const repository = await makeRepository();
  const sha = (await host.resolveBase(repository.path, undefined)).sha;
  const path = join(repository.home, 'wt');
  await host.addWorktree({ repository: repository.path, path, branch: 'sesame/x', sha });
  await mkdir(join(path, 'deep'));
  expect((await host.inspect(join(path, 'deep'))).project.path).toBe(repository.path);
});

test("a worktree the user made is a checkout of the user's", async () => {
  const repository = await makeRepository();
  const mine = join(repository.home, 'mine');
  await repository.git('worktree', 'add', '--quiet', '-b', 'mine', mine);
  expect(await host.inspect(mine)).toMatchObject({
    project: { path: mine, name: 'mine' },
    branch: 'mine',
    bare: false,
  });
});
