import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, makeRepository, writeFiles, writeScript } from '../../../test/support/git.ts';
import type { Sha } from '../../domain/ids.ts';
import { systemClock } from '../../platform/clock.ts';
import { createGit } from './host-git.ts';

const host = createGit({ env: process.env, clock: systemClock });

async function session(
  files: Record<string, string | Uint8Array>,
): Promise<{ worktree: string; base: Sha; home: string }> {
  const repository = await makeRepository({ files });
  const { sha } = await host.resolveBase(repository.path, undefined);
  const worktree = join(repository.home, 'wt');
  await host.addWorktree({ repository: repository.path, path: worktree, branch: 'sesame/x', sha });
  return { worktree, base: sha, home: repository.home };
}

test('committed, staged, changed and untracked work all count, ignored files do not', async () => {
  const at = await session({ '.gitignore': 'junk\n', 'a.txt': '1\n2\n3\n', 'b.txt': '1\n', 'c.txt': '1\n' });
  await writeFiles(at.worktree, { 'a.txt': '1\n2\nthree\n' });
  await git(at.worktree, 'commit', '--quiet', '--all', '-m', 'work');
  await writeFiles(at.worktree, { 'b.txt': '1\n2\n' });
  await git(at.worktree, 'add', 'b.txt');
  await rm(join(at.worktree, 'c.txt'));
  await writeFiles(at.worktree, { 'deep/new.txt': 'a\nb', junk: 'x\n' });
  const summary = await host.diff(at);
  expect(summary.stat).toEqual({ files: 4, insertions: 4, deletions: 2 });
  expect(
    summary.files.map(({ path, change, insertions, deletions, untracked }) => [
      path,
      change,
      insertions,
      deletions,
      untracked,
    ]),
  ).toEqual([
    ['a.txt', 'modified', 1, 1, false],
    ['b.txt', 'modified', 1, 0, false],
    ['c.txt', 'deleted', 0, 1, false],
    ['deep/new.txt', 'added', 2, 0, true],
  ]);
  expect(await host.diffStat(at)).toEqual(summary.stat);
  const { hunks, omittedLines } = await host.fileDiff({ ...at, path: 'deep/new.txt', all: false });
  expect(omittedLines).toBe(0);
  expect(hunks[0]?.lines.map(({ kind, text }) => [kind, text])).toEqual([
    ['add', 'a'],
    ['add', 'b'],
    ['note', 'No newline at end of file'],
  ]);
});

test("looking leaves the agent's index and git directory as they were", async () => {
  const at = await session({ 'a.txt': '1\n' });
  await writeFiles(at.worktree, { 'a.txt': '2\n', 'n.txt': '1\n' });
  await git(at.worktree, 'add', '--intent-to-add', 'n.txt');
  const directory = await git(at.worktree, 'rev-parse', '--absolute-git-dir');
  const before = [readFileSync(join(directory, 'index')), (await readdir(directory)).sort()];
  await host.diff(at);
  await host.fileDiff({ ...at, path: 'n.txt', all: true });
  await host.patch(at);
  expect([readFileSync(join(directory, 'index')), (await readdir(directory)).sort()]).toEqual(before);
});

test('a change made in the second of the checkout with the same size is seen, also later', async () => {
  const at = await session({ 'a.txt': '1\n' });
  await writeFile(join(at.worktree, 'a.txt'), '2\n');
  expect((await host.diffStat(at)).files).toBe(1);
  // Git cannot tell such a file by its stat data, only by its index being no younger.
  const second = Math.floor(Date.now() / 1000);
  await expect.poll(() => Math.floor(Date.now() / 1000), { timeout: 5000, interval: 20 }).toBeGreaterThan(second);
  expect((await host.diffStat(at)).files).toBe(1);
});

test('renames, modes, links, binary files and empty files are what they are', async () => {
  const at = await session({
    'old.txt': `${'line\n'.repeat(20)}`,
    'run.sh': 'x\n',
    'to-link': 'x\n',
    'image.png': Uint8Array.of(0, 1, 2, 0),
  });
  await rename(join(at.worktree, 'old.txt'), join(at.worktree, 'new.txt'));
  await chmod(join(at.worktree, 'run.sh'), 0o755);
  await rm(join(at.worktree, 'to-link'));
  await symlink('run.sh', join(at.worktree, 'to-link'));
  await writeFiles(at.worktree, {
    'image.png': Uint8Array.of(0, 1, 2, 3),
    'empty.txt': '',
    'more.bin': Uint8Array.of(0),
  });
  const { files, stat } = await host.diff(at);
  expect(files.map(({ path, from, change, binary, insertions }) => [path, from, change, binary, insertions])).toEqual([
    ['empty.txt', null, 'added', false, 0],
    ['image.png', null, 'modified', true, null],
    ['more.bin', null, 'added', true, null],
    ['new.txt', 'old.txt', 'renamed', false, 0],
    ['run.sh', null, 'modified', false, 0],
    ['to-link', null, 'type', false, 1],
  ]);
  expect(stat.files).toBe(6);
  const renamed = await host.fileDiff({ ...at, path: 'new.txt', all: false });
  expect(renamed).toMatchObject({ file: { from: 'old.txt', change: 'renamed', insertions: 0 }, hunks: [] });
  expect((await host.fileDiff({ ...at, path: 'image.png', all: false })).hunks).toEqual([]);
  await expect(host.fileDiff({ ...at, path: 'nope', all: false })).rejects.toMatchObject({ code: 'no-such-file' });
});

test('a text too large to be compared is not called binary alone', async () => {
  const at = await session({ 'grows.txt': 'short\n' });
  const size = 16 << 20;
  await writeFiles(at.worktree, {
    'grows.txt': 'long\n'.repeat(size / 4),
    'just.txt': `${'x'.repeat(size - 1)}\n`,
    'image.png': Uint8Array.of(0),
  });
  const { files } = await host.diff(at);
  expect(files.map(({ path, binary, large, insertions }) => [path, binary, large, insertions])).toEqual([
    ['grows.txt', true, true, null],
    ['image.png', true, undefined, null],
    ['just.txt', false, undefined, 1],
  ]);
  expect((await host.fileDiff({ ...at, path: 'grows.txt', all: false })).file.large).toBe(true);
});

test('file names may hold anything a file system allows', async () => {
  const at = await session({ 'a.txt': '1\n' });
  const names = [' lead', '-dash', 'new\nline', 'tab\t', 'quo"te', '*', ':(top)x', 'ü', '日本'];
  await writeFiles(at.worktree, Object.fromEntries(names.map((name) => [name, `${name}\n`])));
  await writeFile(Buffer.concat([Buffer.from(`${at.worktree}/`), Buffer.from([0x66, 0xff, 0x2a])]), 'bytes\n');
  const { files } = await host.diff(at);
  expect(files.map(({ path }) => path).sort()).toEqual([...names, 'f\ufffd*'].sort());
  for (const { path } of files) {
    const { hunks, file } = await host.fileDiff({ ...at, path, all: false });
    expect(hunks[0]?.lines[0]?.kind, path).toBe('add');
    expect(file.insertions).toBe(path === 'new\nline' ? 2 : 1);
  }
});

test('a large file is cut at 5,000 lines and 2,000 columns and says how much is missing', async () => {
  const at = await session({ 'a.txt': '1\n' });
  await writeFiles(at.worktree, { 'big.txt': `${'x'.repeat(5000)}\n${'line\n'.repeat(7000)}` });
  const cut = await host.fileDiff({ ...at, path: 'big.txt', all: false });
  expect(cut.omittedLines).toBe(2001);
  expect(cut.hunks[0]?.lines).toHaveLength(5000);
  expect(cut.hunks[0]?.lines[0]?.text).toHaveLength(2000);
  const whole = await host.fileDiff({ ...at, path: 'big.txt', all: true });
  expect(whole.omittedLines).toBe(0);
  expect(whole.hunks[0]?.lines).toHaveLength(7001);
  await writeFiles(at.worktree, { 'big.txt': `${'0123456789abcdef'.repeat(64)}\n`.repeat(12_000) });
  const huge = await host.fileDiff({ ...at, path: 'big.txt', all: false });
  expect(huge.hunks[0]?.lines).toHaveLength(5000);
  expect(huge.omittedLines).toBe(7000);
});

test('thousands of forgotten untracked files are counted and the first ones listed', async () => {
  const at = await session({ 'a.txt': '1\n' });
  await mkdir(join(at.worktree, 'many'));
  for (let n = 0; n < 5200; n++) await writeFile(join(at.worktree, 'many', `${n}`), '');
  const { stat, files } = await host.diff(at);
  expect([stat.files, files.length]).toEqual([5200, 5000]);
});

test('files in conflict are listed once', async () => {
  const at = await session({ 'a.txt': '1\n' });
  await writeFiles(at.worktree, { 'a.txt': 'mine\n' });
  await git(at.worktree, 'commit', '--quiet', '--all', '-m', 'mine');
  await git(at.worktree, 'checkout', '--quiet', '-b', 'other', at.base);
  await writeFiles(at.worktree, { 'a.txt': 'theirs\n' });
  await git(at.worktree, 'commit', '--quiet', '--all', '-m', 'theirs');
  await git(at.worktree, 'checkout', '--quiet', 'sesame/x');
  await expect(git(at.worktree, 'merge', 'other')).rejects.toThrow();
  const { files } = await host.diff(at);
  expect(files.map(({ path, change }) => [path, change])).toEqual([['a.txt', 'modified']]);
});

test("the user's taste in diffs changes nothing, and no program of the repository runs", async () => {
  const at = await session({ 'a.txt': '1\n', '.gitattributes': '*.txt diff=evil filter=evil\n' });
  const ran = join(at.home, 'ran');
  await writeScript(join(at.home, 'evil.sh'), `echo "$0 $*" >> "${ran}"; cat`);
  const evil = join(at.home, 'evil.sh');
  for (const [key, value] of [
    ['diff.evil.command', evil],
    ['diff.evil.textconv', evil],
    ['diff.external', evil],
    ['filter.evil.clean', evil],
    ['filter.evil.smudge', evil],
    ['filter.evil.required', 'true'],
    ['core.fsmonitor', evil],
    ['core.pager', evil],
    ['color.diff', 'always'],
    ['color.ui', 'always'],
    ['diff.noprefix', 'true'],
    ['diff.mnemonicPrefix', 'true'],
    ['diff.renames', 'false'],
    ['diff.context', '0'],
    ['diff.relative', 'true'],
    ['diff.orderFile', evil],
    ['status.short', 'true'],
  ] as const) {
    await git(at.worktree, 'config', key, value);
  }
  await writeFiles(at.worktree, { 'a.txt': '1\n2\n', 'n.txt': 'n\n' });
  expect((await host.diff(at)).stat).toEqual({ files: 2, insertions: 2, deletions: 0 });
  const { hunks } = await host.fileDiff({ ...at, path: 'a.txt', all: false });
  expect(hunks[0]?.lines.map(({ text }) => text)).toEqual(['1', '2']);
  expect(await host.patch(at)).toContain('--- a/a.txt\n+++ b/a.txt\n@@ -1 +1,2 @@\n 1\n+2\n');
  expect(await host.inspect(at.home.concat('/project'))).toMatchObject({ dirty: false });
  const { ref } = await host.saveTrash({
    repository: join(at.home, 'project'),
    worktree: at.worktree,
    branch: 'sesame/x',
    id: 'a',
  });
  expect(ref).toBe('refs/sesame/trash/a');
  expect(() => readFileSync(ran)).toThrow();
});

test('the patch applies to the base and gives the same files', async () => {
  const at = await session({ 'a.txt': '1\n', 'old.txt': 'line\n'.repeat(9), 'b.bin': Uint8Array.of(0, 1) });
  await rename(join(at.worktree, 'old.txt'), join(at.worktree, 'new name.txt'));
  await writeFiles(at.worktree, { 'a.txt': '2\n', 'b.bin': Uint8Array.of(0, 2), 'ü/x.txt': 'x' });
  await writeFile(join(at.home, 'p.patch'), await host.patch(at));
  await git(join(at.home, 'project'), 'apply', '--index', join(at.home, 'p.patch'));
  await git(at.worktree, 'add', '--all');
  expect(await git(join(at.home, 'project'), 'write-tree')).toBe(await git(at.worktree, 'write-tree'));
});

test('without its link a worktree is no repository, whatever lies around it', async () => {
  const at = await session({ 'a.txt': '1\n' });
  await git(at.home, 'init', '--quiet');
  await rm(join(at.worktree, '.git'));
  await expect(host.diff(at)).rejects.toMatchObject({ code: 'not-a-repository' });
});

test('a base the repository does not have is said', async () => {
  const at = await session({ 'a.txt': '1\n' });
  await rm(join(at.worktree, '.git'));
  await git(at.worktree, 'init', '--quiet');
  await expect(host.diff(at)).rejects.toMatchObject({ code: 'no-such-base' });
});

test('a pipe in place of a file is named, and holds nobody up', async () => {
  const at = await session({ 'a.txt': '1\n' });
  await rm(join(at.worktree, 'a.txt'));
  execFileSync('mkfifo', [join(at.worktree, 'a.txt')]);
  await expect(host.diff(at)).rejects.toMatchObject({ code: 'odd-file', message: expect.stringContaining('a.txt') });
});
