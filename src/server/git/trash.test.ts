import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdir, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf, git, makeRepository, type TestRepository, writeFiles } from '../../../test/support/git.ts';
import type { Clock } from '../../platform/clock.ts';
import { createGit } from './host-git.ts';

let now = Date.UTC(2026, 0, 1);
const clock: Clock = { now: () => now, elapsed: () => now };
const host = createGit({ env: process.env, clock });

interface Session {
  repository: TestRepository;
  path: string;
  options: { repository: string; worktree: string; path: string; branch: string; id: string };
}

async function session(
  files?: Record<string, string | Uint8Array>,
  config: Record<string, string> = {},
): Promise<Session> {
  const repository = await makeRepository(files === undefined ? {} : { files });
  for (const [key, value] of Object.entries(config)) await repository.git('config', key, value);
  const path = join(repository.home, 'wt');
  const { sha } = await host.resolveBase(repository.path, undefined);
  await host.addWorktree({ repository: repository.path, path, branch: 'sesame/x', sha });
  return {
    repository,
    path,
    options: { repository: repository.path, worktree: path, path, branch: 'sesame/x', id: 's7k2' },
  };
}

/** Discards and brings back. */
async function roundTrip({ options }: Session): Promise<void> {
  const { ref } = await host.saveTrash(options);
  await host.removeWorktree(options);
  expect(existsSync(options.path)).toBe(false);
  await host.restoreTrash({ ...options, ref });
}

/** Everything but ignored files and the link to the git directory. */
function filesOf(path: string): Record<string, string> {
  return Object.fromEntries(Object.entries(digestOf(path)).filter(([name]) => name !== '.git'));
}

test('commits, staged, changed, deleted and untracked work comes back as it was', async () => {
  const at = await session({ 'a.txt': '1\n', 'b.txt': '1\n', 'c.txt': '1\n', 'd/e.txt': '1\n', 'run.sh': 'x\n' });
  await writeFiles(at.path, { 'a.txt': 'committed\n' });
  await git(at.path, 'commit', '--quiet', '--all', '-m', 'work');
  await writeFiles(at.path, { 'b.txt': 'staged\n', 'new-staged.txt': 'n\n' });
  await git(at.path, 'add', '--all');
  await git(at.path, 'rm', '--quiet', '--cached', 'c.txt');
  await writeFiles(at.path, { 'b.txt': 'staged, then changed\n', 'untracked/ü \n"x': 'u' });
  await rm(join(at.path, 'd'), { recursive: true });
  await writeFile(join(at.path, 'd'), 'a file where a folder was\n');
  await chmod(join(at.path, 'run.sh'), 0o755);
  await symlink('a.txt', join(at.path, 'link'));
  await writeFile(Buffer.concat([Buffer.from(`${at.path}/`), Buffer.from([0xfe, 0x66])]), 'no utf-8\n');
  const before = {
    files: filesOf(at.path),
    status: await git(at.path, 'status', '--porcelain'),
    log: await git(at.path, 'log'),
  };
  await roundTrip(at);
  expect(filesOf(at.path)).toEqual(before.files);
  expect(await git(at.path, 'status', '--porcelain')).toBe(before.status);
  expect(await git(at.path, 'log')).toBe(before.log);
  expect(await git(at.path, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('sesame/x');
  expect(await git(at.path, 'show', ':b.txt')).toBe('staged');
});

test('keeping touches no file and no other ref', async () => {
  const at = await session();
  await writeFiles(at.path, { 'src/a.txt': 'x\n', 'n.txt': 'n\n' });
  await git(at.path, 'add', 'n.txt');
  const directory = await git(at.path, 'rev-parse', '--absolute-git-dir');
  const before = [
    filesOf(at.path),
    digestOf(directory),
    digestOf(at.repository.path),
    await at.repository.git('for-each-ref'),
  ];
  const { sha } = await host.saveTrash(at.options);
  const after = [
    filesOf(at.path),
    digestOf(directory),
    digestOf(at.repository.path),
    await at.repository.git('for-each-ref'),
  ];
  expect(after).toEqual([...before.slice(0, 3), `${before[3]}\n${sha} commit\trefs/sesame/trash/s7k2`]);
});

test('no line ending, filter or encoding rule changes a byte', async () => {
  const at = await session(
    {
      '.gitattributes': '*.txt text=auto\n*.u16 working-tree-encoding=UTF-16\n*.low filter=low\n*.id ident\n',
      'a.txt': 'one\n',
      'b.low': 'X\n',
      'same.txt': 'stays\n',
    },
    {
      'core.autocrlf': 'true',
      'core.safecrlf': 'true',
      'filter.low.clean': 'tr a-z A-Z',
      'filter.low.smudge': 'tr A-Z a-z',
      'filter.low.required': 'true',
    },
  );
  expect(readFileSync(join(at.path, 'b.low'), 'utf8')).toBe('x\r\n');
  await writeFiles(at.path, {
    'a.txt': 'mixed\r\nline\nends\r\n',
    'n.txt': 'crlf\r\n',
    'n.u16': Buffer.from('\ufeffzwei\n', 'utf16le'),
    'n.low': 'lower, Upper\n',
    'n.id': '$Id$\n',
  });
  const before = filesOf(at.path);
  await roundTrip(at);
  expect(filesOf(at.path)).toEqual(before);
});

test('large files and very many files come back', async () => {
  const at = await session();
  const large = Buffer.alloc(17 << 20, 'large ');
  await writeFiles(at.path, {
    'large.bin': large,
    'half.bin': large.subarray(0, 9 << 20),
    'half2.bin': large.subarray(1, 9 << 20),
  });
  await mkdir(join(at.path, 'many'));
  for (let n = 0; n < 1100; n++) await writeFile(join(at.path, 'many', `${n}`), `${n}\n`);
  const before = filesOf(at.path);
  await roundTrip(at);
  expect(filesOf(at.path)).toEqual(before);
});

test('a merge with conflicts can be kept; its files come back', async () => {
  const at = await session();
  await writeFiles(at.path, { 'src/a.txt': 'mine\n' });
  await git(at.path, 'commit', '--quiet', '--all', '-m', 'mine');
  const other = await git(at.path, 'commit-tree', '-p', 'HEAD~', '-m', 'other', 'HEAD~^{tree}');
  await git(at.path, 'checkout', '--quiet', '--detach', other);
  await writeFiles(at.path, { 'src/a.txt': 'theirs\n' });
  await git(at.path, 'commit', '--quiet', '--all', '-m', 'theirs');
  const theirs = await git(at.path, 'rev-parse', 'HEAD');
  await git(at.path, 'checkout', '--quiet', 'sesame/x');
  await expect(git(at.path, 'merge', theirs)).rejects.toThrow();
  const before = readFileSync(join(at.path, 'src/a.txt'), 'utf8');
  expect(before).toContain('<<<<<<<');
  await roundTrip(at);
  expect(readFileSync(join(at.path, 'src/a.txt'), 'utf8')).toBe(before);
});

test('commits made on a detached head are kept', async () => {
  const at = await session();
  await git(at.path, 'checkout', '--quiet', '--detach');
  await writeFiles(at.path, { 'src/a.txt': 'detached work\n' });
  await git(at.path, 'commit', '--quiet', '--all', '-m', 'detached');
  const head = await git(at.path, 'rev-parse', 'HEAD');
  const { ref } = await host.saveTrash(at.options);
  await host.removeWorktree(at.options);
  await at.repository.git('reflog', 'expire', '--expire=now', '--all');
  await at.repository.git('gc', '--quiet', '--prune=now');
  await host.restoreTrash({ ...at.options, ref });
  expect(readFileSync(join(at.path, 'src/a.txt'), 'utf8')).toBe('detached work\n');
  expect(await at.repository.git('cat-file', '-t', head)).toBe('commit');
});

test('when the directory is gone the branch is kept, and when both are gone there is nothing to keep', async () => {
  const at = await session();
  await git(at.path, 'commit', '--quiet', '--allow-empty', '-m', 'work');
  const tip = await git(at.path, 'rev-parse', 'HEAD');
  await rm(at.path, { recursive: true });
  await roundTrip(at);
  expect(await git(at.path, 'rev-parse', 'HEAD')).toBe(tip);
  expect(await git(at.path, 'status', '--porcelain')).toBe('');
  await host.removeWorktree(at.options);
  await expect(host.saveTrash(at.options)).rejects.toMatchObject({ code: 'nothing-to-keep' });
});

test('undo under another branch name, when the old one is taken again', async () => {
  const at = await session();
  await writeFiles(at.path, { 'n.txt': 'n\n' });
  const { ref } = await host.saveTrash(at.options);
  await host.removeWorktree(at.options);
  await at.repository.git('branch', 'sesame/x');
  await expect(host.restoreTrash({ ...at.options, ref })).rejects.toMatchObject({ code: 'branch-taken' });
  expect(existsSync(at.path)).toBe(false);
  await host.restoreTrash({ ...at.options, ref, branch: await host.freeBranch(at.repository.path, 'sesame/x') });
  expect(await git(at.path, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('sesame/x-2');
  expect(existsSync(join(at.path, 'n.txt'))).toBe(true);
});

test('a repository the agent cloned inside is not thrown away silently', async () => {
  const at = await session();
  await git(at.path, 'init', '--quiet', 'inner');
  await git(join(at.path, 'inner'), 'commit', '--quiet', '--allow-empty', '-m', 'inner');
  await expect(host.saveTrash(at.options)).rejects.toMatchObject({ code: 'nested-repository' });
  await expect(at.repository.git('rev-parse', '--verify', '--quiet', 'refs/sesame/trash/s7k2')).rejects.toThrow();
});

test('a link planted where a folder was does not lead a restored file out of the worktree', async () => {
  const at = await session({ 'd/a.txt': '1\n' });
  await writeFiles(at.path, { 'd/a.txt': 'changed\n', 'd/b.txt': 'new\n' });
  const { ref } = await host.saveTrash(at.options);
  const outside = join(at.repository.home, 'outside');
  await mkdir(outside);
  // The branch now has a link of that name; the kept files have a folder.
  await rm(join(at.path, 'd'), { recursive: true });
  await symlink(outside, join(at.path, 'd'));
  await git(at.path, 'add', '--all');
  await git(at.path, 'commit', '--quiet', '-m', 'link');
  const linked = await git(at.path, 'rev-parse', 'HEAD');
  await host.removeWorktree(at.options);
  const tree = await at.repository.git('rev-parse', `${ref}^{tree}`);
  const forged = await at.repository.git('commit-tree', '-p', linked, '-m', 'forged', tree);
  await at.repository.git('update-ref', ref, forged);
  await host.restoreTrash({ ...at.options, ref });
  expect(lstatSync(join(at.path, 'd')).isDirectory()).toBe(true);
  expect(readFileSync(join(at.path, 'd/b.txt'), 'utf8')).toBe('new\n');
  expect(digestOf(outside)).toEqual({});
});

test('a link comes back as a link, also one that leads nowhere', async () => {
  const at = await session();
  await unlink(join(at.path, 'README.md'));
  await symlink('/nowhere/at all', join(at.path, 'README.md'));
  await roundTrip(at);
  expect(readlinkSync(join(at.path, 'README.md'))).toBe('/nowhere/at all');
});

test('copies older than asked are deleted, younger ones and other refs stay', async () => {
  const at = await session();
  await host.saveTrash({ ...at.options, id: 'old1' });
  now += 20 * 86_400_000;
  await host.saveTrash({ ...at.options, id: 'new1' });
  await at.repository.git('update-ref', 'refs/sesame/other', 'HEAD');
  now += 15 * 86_400_000;
  expect(await host.expireTrash(at.repository.path, 30)).toBe(1);
  const refs = await at.repository.git('for-each-ref', '--format=%(refname)', 'refs/sesame');
  expect(refs).toBe('refs/sesame/other\nrefs/sesame/trash/new1');
  await expect(host.restoreTrash({ ...at.options, ref: 'refs/sesame/trash/old1' })).rejects.toMatchObject({
    code: 'no-such-trash',
  });
});
