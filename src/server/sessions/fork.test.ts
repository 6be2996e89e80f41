// A fork stands where its session stood, and the two go their own ways.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/support/runs.ts';
import { ask, git, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';

let server: TestServer;
let repo: string;
beforeEach(async () => {
  repo = await makeRepository();
  server = await startTestServer({ agents: { plain: { argv: ['cat'] } } });
});
afterEach(async () => {
  await server.end();
  await rm(repo, { recursive: true, force: true });
});

test('a fork has the commits, the uncommitted files and a copy of the conversation', async () => {
  const [row] = await server.sessions.create(ask(repo, 'add a changelog'));
  const source = await reaches(server, row!.id, 'done');
  await git(source.workplace.path, 'add', 'CHANGELOG.md');
  await git(source.workplace.path, 'commit', '-q', '-m', 'mine');
  await writeFile(join(source.workplace.path, 'untracked.txt'), 'x\n');

  const { id } = await server.sessions.fork(source.id, { prompt: '', size: null });
  const fork = await reaches(server, id, 'idle');
  expect(fork.conversation).not.toBe(source.conversation);
  expect(fork.workplace.path).not.toBe(source.workplace.path);
  expect(await git(fork.workplace.path, 'log', '-1', '--format=%s')).toBe('mine');
  expect(await readFile(join(fork.workplace.path, 'untracked.txt'), 'utf8')).toBe('x\n');
  await until('it shows the conversation', () =>
    server.runs.get(fork.id)!.engine.screenText().join('\n').includes('add a changelog'),
  );

  await rm(join(fork.workplace.path, 'untracked.txt'));
  expect(await readFile(join(source.workplace.path, 'untracked.txt'), 'utf8')).toBe('x\n');
  expect(server.sessions.find(source.id)).toMatchObject({ run: source.run, conversation: source.conversation });
});

test('the prompt of a fork is its next turn, and it resumes on its own conversation', async () => {
  const [row] = await server.sessions.create(ask(repo, 'add a changelog'));
  await reaches(server, row!.id, 'done');
  const { id, title } = await server.sessions.fork(row!.id, { prompt: 'write some notes', size: null });
  expect(title).toBe('write some notes');
  await until('the prompt is worked on', () =>
    server.told.some(
      (event) => event.kind === 'run.status' && event.session === id && event.status.state === 'working',
    ),
  );
  const fork = await reaches(server, id, 'done');
  await server.sessions.stop(id);
  await server.sessions.resume(id, null);
  expect((await reaches(server, id, 'idle')).conversation).toBe(fork.conversation);
});

test('an agent that cannot fork says so', async () => {
  const [row] = await server.sessions.create(ask(repo, 'x', { agents: [{ agent: 'plain' }] }));
  await until('it runs', () => server.runs.get(row!.id) !== null);
  await expect(server.sessions.fork(row!.id, { prompt: '', size: null })).rejects.toMatchObject({
    code: 'cannot-fork',
  });
});
