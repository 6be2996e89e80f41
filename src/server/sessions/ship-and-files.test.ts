import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/support/runs.ts';
import { ask, git, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';
import { Failure } from '../../domain/failure.ts';

let server: TestServer;
let repo: string;
let remote: string;
beforeEach(async () => {
  repo = await makeRepository({ 'README.md': '# demo\n', 'deep/er/file.txt': 'one\n' });
  remote = await mkdtemp(join(tmpdir(), 'sremote-'));
  await git(remote, 'init', '-q', '--bare');
  await git(repo, 'remote', 'add', 'origin', remote);
  server = await startTestServer();
});
afterEach(async () => {
  await server.end();
  for (const path of [repo, remote]) await rm(path, { recursive: true, force: true });
});

test('ship commits and pushes the session’s branch once, told step by step', async () => {
  const [row] = await server.sessions.create(ask(repo, 'add a changelog'));
  const { id, workplace } = await reaches(server, row!.id, 'done');
  const [first, second] = await Promise.all([
    server.sessions.ship(id, { message: 'add a changelog', push: true }),
    server.sessions.ship(id, { message: 'add a changelog', push: true }),
  ]);
  expect(second).toEqual(first);
  expect(first).toMatchObject({ pushed: true });
  const branch = workplace.kind === 'worktree' ? workplace.branch : '';
  expect(await git(remote, 'rev-parse', branch)).toBe(first.commit);
  const steps = server.told.flatMap((event) => (event.kind === 'ship.step' ? [event.step] : []));
  expect([...new Set(steps)]).toEqual(['check', 'message', 'commit', 'push']);
  expect(server.told.filter(({ kind }) => kind === 'ship.done')).toHaveLength(1);
  expect(server.sessions.find(id).ship).toMatchObject({ state: 'done', result: first });
});

test('a ship that fails says in which step, and a second one goes on', async () => {
  const [row] = await server.sessions.create(ask(repo, 'add a changelog'));
  const { id } = await reaches(server, row!.id, 'done');
  await writeFile(join(remote, 'hooks', 'pre-receive'), '#!/bin/sh\necho closed today >&2\nexit 1\n', { mode: 0o755 });
  const failed = await server.sessions.ship(id, { message: undefined, push: true }).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Failure);
  expect(server.sessions.find(id).ship).toMatchObject({ state: 'failed', step: 'push' });
  await rm(join(remote, 'hooks', 'pre-receive'));
  expect(await server.sessions.ship(id, { message: undefined, push: true })).toMatchObject({ pushed: true });
});

test('files changed by a program in the worktree are noticed while it runs, also in new directories', async () => {
  const [row] = await server.sessions.create(ask(repo, 'hang'));
  const { id, workplace } = await reaches(server, row!.id, 'working');
  await until('it is measured', () => server.sessions.find(id).diff?.files === 0);
  await writeFile(join(workplace.path, 'deep/er/file.txt'), 'one\ntwo\n');
  await until('the change is noticed', () => server.sessions.find(id).diff?.insertions === 1);
  await mkdir(join(workplace.path, 'new'));
  await writeFile(join(workplace.path, 'new', 'a.txt'), 'a\n');
  await until('the new file is noticed', () => server.sessions.find(id).diff?.files === 2);
});

test('measuring what changed does not cause itself to be measured again', async () => {
  const [row] = await server.sessions.create(ask(repo, 'hang'));
  const { id, workplace } = await reaches(server, row!.id, 'working');
  await until('it is measured', () => server.sessions.find(id).diff?.files === 0);
  await writeFile(join(workplace.path, 'a.txt'), 'a\n');
  await git(workplace.path, 'add', '-A');
  await until('the change is noticed', () => server.sessions.find(id).diff?.files === 1);
  const settled = server.measured();
  // Twice the time after which a change is measured: the absence of something has no event to wait for.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(server.measured() - settled).toBeLessThanOrEqual(1);
});
