// A session on a branch of the user's works on that branch itself, and leaves it to them.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, git, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';

let server: TestServer;
let repo: string;
beforeEach(async () => {
  repo = await makeRepository();
  await git(repo, 'branch', 'topic');
  server = await startTestServer();
});
afterEach(async () => {
  await server.end();
  await rm(repo, { recursive: true, force: true });
});

test('it commits to the branch, and the diff begins where the branch stood', async () => {
  const was = await git(repo, 'rev-parse', 'topic');
  const [row] = await server.sessions.create(ask(repo, 'add a changelog', { branch: 'topic' }));
  const session = await reaches(server, row!.id, 'done');
  expect(session.workplace).toMatchObject({ branch: 'topic', existing: true, base: { ref: 'topic', sha: was } });
  await server.sessions.ship(row!.id, { message: 'the changelog', push: false });
  expect(await git(repo, 'log', '--format=%s', `${was}..topic`)).toBe('the changelog');
  expect((await server.sessions.diff(row!.id)).files.map(({ path }) => path)).toContain('CHANGELOG.md');
});

test('discarding it leaves the branch, undo brings the work back on it', async () => {
  const [row] = await server.sessions.create(ask(repo, 'add a changelog', { branch: 'topic' }));
  const session = await reaches(server, row!.id, 'done');
  await server.sessions.ship(row!.id, { message: 'the changelog', push: false });
  await writeFile(join(session.workplace.path, 'open.txt'), 'not committed\n');
  await server.sessions.discard(row!.id);
  expect(await git(repo, 'log', '-1', '--format=%s', 'topic')).toBe('the changelog');
  await server.sessions.undo(row!.id);
  expect(await git(session.workplace.path, 'status', '--porcelain')).toBe('?? open.txt');
  expect(await git(session.workplace.path, 'symbolic-ref', '--short', 'HEAD')).toBe('topic');
});

test('a branch that is checked out, or that a session works on, is refused with the reason, and listed with it', async () => {
  const head = await git(repo, 'symbolic-ref', '--short', 'HEAD');
  const [row] = await server.sessions.create(ask(repo, 'add a changelog', { branch: 'topic' }));
  const refusal = (branch: string) => server.sessions.create(ask(repo, 'x', { branch }));
  await expect(refusal('topic')).rejects.toMatchObject({
    code: 'branch-checked-out',
    message: expect.stringContaining(`the session ${row!.id}`),
  });
  await expect(refusal(head)).rejects.toMatchObject({
    code: 'branch-checked-out',
    message: expect.stringContaining(`checked out in ${repo}`),
  });
  const taken = new Map((await server.sessions.branches(repo)).map((branch) => [branch.name, branch.taken]));
  expect(taken.get('topic')).toContain(row!.id);
  expect(taken.get(head)).toContain(repo);
  await reaches(server, row!.id, 'done');
});

test('one branch has one session, and no base beside it', async () => {
  const two = [{ agent: 'demo', count: 2 }];
  await expect(server.sessions.create(ask(repo, 'x', { branch: 'topic', agents: two }))).rejects.toMatchObject({
    code: 'one-branch-one-session',
  });
  await expect(server.sessions.create(ask(repo, 'x', { branch: 'topic', base: 'topic' }))).rejects.toMatchObject({
    code: 'base-and-branch',
  });
  await expect(server.sessions.create(ask(repo, 'x', { branch: 'topic~0' }))).rejects.toMatchObject({
    code: 'no-such-branch',
  });
  expect(server.sessions.list(true)).toEqual([]);
});

test('a fork of it has a branch of its own', async () => {
  const [row] = await server.sessions.create(ask(repo, 'add a changelog', { branch: 'topic' }));
  await reaches(server, row!.id, 'done');
  const { id } = await server.sessions.fork(row!.id, { prompt: '', size: null });
  const fork = await reaches(server, id, 'idle');
  expect(fork.workplace).toMatchObject({ branch: expect.stringMatching(/^sesame\//) });
  expect(fork.workplace).not.toHaveProperty('existing');
});
