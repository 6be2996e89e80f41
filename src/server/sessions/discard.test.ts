// Discard and undo: what is kept, what is not and is said, and the teardown command in between.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/support/runs.ts';
import { ask, git, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';
import type { Session } from '../../domain/session.ts';
import type { Context } from './context.ts';
import { runTeardown } from './run-teardown.ts';

let server: TestServer;
let repo: string;
beforeEach(async () => {
  repo = await makeRepository();
  server = await startTestServer();
});
afterEach(async () => {
  await server.end();
  await rm(repo, { recursive: true, force: true });
});

async function doneSession(): Promise<Session> {
  const [row] = await server.sessions.create(ask(repo, 'add notes'));
  return reaches(server, row!.id, 'done');
}

async function filesOf(path: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === '.git') continue;
    const file = join(entry.parentPath, entry.name);
    files[file.slice(path.length + 1)] = await readFile(file, 'utf8');
  }
  return files;
}

test('discarded work comes back byte for byte, and the session can be resumed', async () => {
  const [row] = await server.sessions.create(ask(repo, 'add a changelog'));
  const { id, workplace } = await reaches(server, row!.id, 'done');
  await writeFile(join(workplace.path, 'by hand.bin'), Buffer.from([0, 1, 2, 255]));
  const before = await filesOf(workplace.path);
  const status = await git(workplace.path, 'status', '--porcelain');
  const { session, trash } = await server.sessions.discard(id);
  expect(trash).toBe(`refs/sesame/trash/${id}`);
  expect(session?.trash?.ref).toBe(trash);
  expect(server.sessions.list(false)).toEqual([]);
  expect(await stat(workplace.path).catch(() => null)).toBeNull();
  expect(await git(repo, 'branch', '--list', 'sesame/*')).toBe('');
  const { session: back, undone } = await server.sessions.undo(null);
  expect(undone).toContain('add a changelog');
  expect(back?.trash).toBeNull();
  expect(await filesOf(workplace.path)).toEqual(before);
  expect(await git(workplace.path, 'status', '--porcelain')).toBe(status);
  await server.sessions.resume(id, null);
  await reaches(server, id, 'idle');
  await until('it says so', () =>
    server.runs.get(id)!.engine.screenText().join('\n').includes('The conversation goes on'),
  );
});

test('files that sesame.json names are copied, and its teardown command runs before a discard', async () => {
  await writeFile(join(repo, '.gitignore'), '.env\n');
  await writeFile(join(repo, '.env'), 'SECRET=1\n');
  const teardown = 'cat .env > "$SESAME_REPOSITORY/ended"';
  await writeFile(join(repo, 'sesame.json'), JSON.stringify({ copy: ['.env'], teardown }));
  const [row] = await server.sessions.create(ask(repo, 'add notes'));
  const { workplace } = await reaches(server, row!.id, 'done');
  expect(await readFile(join(workplace.path, '.env'), 'utf8')).toBe('SECRET=1\n');
  expect(await server.sessions.discard(row!.id)).toMatchObject({ warning: null });
  expect(await readFile(join(repo, 'ended'), 'utf8')).toBe('SECRET=1\n');
});

test('what the teardown command deletes comes back too', async () => {
  await writeFile(join(repo, 'sesame.json'), JSON.stringify({ teardown: 'rm -rf src *.md by-hand.txt' }));
  const { id, workplace } = await doneSession();
  await writeFile(join(workplace.path, 'by-hand.txt'), 'x\n');
  const before = await filesOf(workplace.path);
  expect(await server.sessions.discard(id)).toMatchObject({ warning: null, ignored: null });
  await server.sessions.undo(id);
  expect(await filesOf(workplace.path)).toEqual(before);
});

test('ignored files are counted and said; those of the checkout come back from there', async () => {
  await writeFile(join(repo, '.gitignore'), '.env*\nbuild/\n*.log\n');
  await git(repo, 'add', '.gitignore');
  await git(repo, 'commit', '-q', '-m', 'ignore');
  await writeFile(join(repo, '.env'), 'SECRET=1\n');
  await writeFile(join(repo, '.env.local'), 'LOCAL=1\n');
  await writeFile(join(repo, 'sesame.json'), JSON.stringify({ copy: ['.env*'] }));
  const { id, workplace } = await doneSession();
  const at = workplace.path;
  await mkdir(join(at, 'build/deep'), { recursive: true });
  await writeFile(join(at, 'build/a.js'), 'a');
  await writeFile(join(at, 'build/deep/b.js'), 'b');
  await writeFile(join(at, 'ü "x"\n.log'), 'l');
  // The same size, another content: this one would be lost.
  await writeFile(join(at, '.env.local'), 'LOCAL=2\n');
  const { ignored, trash } = await server.sessions.discard(id);
  expect(ignored).toEqual({ files: 4, places: ['.env.local', 'build/', 'ü "x"\n.log'] });
  expect(await git(repo, 'ls-tree', '-r', '--name-only', trash!)).not.toMatch(/\.env|build|log/);
  const { undone } = await server.sessions.undo(id);
  expect(undone).toBe('discarded "add notes", without 4 files that git ignores (.env.local, build/, ü "x" .log)');
  expect(await readFile(join(at, '.env'), 'utf8')).toBe('SECRET=1\n');
  expect(await readFile(join(at, '.env.local'), 'utf8')).toBe('LOCAL=1\n');
});

test('a server that ends during the teardown command: the next one finishes, and undo brings all of it back', async () => {
  const teardown = 'rm -f README.md; touch "$SESAME_REPOSITORY/began"; test -e "$SESAME_REPOSITORY/go" || sleep 600';
  await writeFile(join(repo, 'sesame.json'), JSON.stringify({ teardown }));
  const { id, workplace } = await doneSession();
  const before = await filesOf(workplace.path);
  const discarded = server.sessions.discard(id).catch(() => null);
  await until('the teardown runs', () => existsSync(join(repo, 'began')));
  expect(server.sessions.list(false)).toEqual([]);
  await server.leave();
  await discarded;
  expect(existsSync(workplace.path)).toBe(true);
  await writeFile(join(repo, 'go'), '');
  server = await startTestServer({ paths: server.paths });
  await until('it is gone', () => !existsSync(workplace.path));
  await expect.poll(() => git(repo, 'branch', '--list', 'sesame/*'), { timeout: 10_000 }).toBe('');
  await server.sessions.undo(id);
  expect(await filesOf(workplace.path)).toEqual(before);
});

test('undo during the teardown command keeps the worktree', async () => {
  const teardown = 'touch "$SESAME_REPOSITORY/began"; until test -e "$SESAME_REPOSITORY/go"; do sleep 0.02; done';
  await writeFile(join(repo, 'sesame.json'), JSON.stringify({ teardown }));
  const { id, workplace } = await doneSession();
  const before = await filesOf(workplace.path);
  const discarded = server.sessions.discard(id);
  await until('the teardown runs', () => existsSync(join(repo, 'began')));
  await server.sessions.undo(id);
  await writeFile(join(repo, 'go'), '');
  expect((await discarded).session?.trash).toBeNull();
  expect(await filesOf(workplace.path)).toEqual(before);
});

test('a teardown command that fails is told, and the session is discarded all the same', async () => {
  await writeFile(join(repo, 'sesame.json'), JSON.stringify({ teardown: 'echo no such container; exit 4' }));
  const [row] = await server.sessions.create(ask(repo, 'add notes'));
  await reaches(server, row!.id, 'done');
  const both = await Promise.all([server.sessions.discard(row!.id), server.sessions.discard(row!.id)]);
  expect(both[0]).toMatchObject({
    warning: {
      code: 'teardown-failed',
      message: expect.stringContaining('exited with 4'),
      detail: 'no such container',
    },
  });
  expect(both.map(({ trash }) => trash)).toEqual(Array(2).fill(`refs/sesame/trash/${row!.id}`));
  const told = server.told.filter((event) => event.kind === 'error');
  expect(told).toMatchObject([{ failure: { code: 'teardown-failed' } }]);
});

test('a teardown command that does not end is ended', async () => {
  await writeFile(join(repo, 'sesame.json'), JSON.stringify({ teardown: 'sleep 1000' }));
  const [row] = await server.sessions.create(ask(repo, 'add notes'));
  const done = await reaches(server, row!.id, 'done');
  const context = { env: process.env, version: '0', closing: new AbortController().signal } as Context;
  expect(await runTeardown(context, done, 200)).toMatchObject({ message: expect.stringContaining('within 0.2 s') });
});
