// The main job over the real parts: git, the holder, the demo agent in a PTY.
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/support/runs.ts';
import { ask, git, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';
import { Failure } from '../../domain/failure.ts';
import type { Session } from '../../domain/session.ts';

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

const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
};

test('one prompt on three agents gives three worktrees, three branches, three diffs', async () => {
  const before = await git(repo, 'for-each-ref');
  const rows = await server.sessions.create(ask(repo, 'add a changelog', { agents: [{ agent: 'demo', count: 3 }] }));
  expect(rows).toHaveLength(3);
  expect(new Set(rows.map(({ race }) => race)).size).toBe(1);
  expect(rows.map(({ variant }) => variant)).toEqual([1, 2, 3]);
  expect(rows.every(({ status }) => status.state === 'starting')).toBe(true);
  const done = await Promise.all(rows.map(({ id }) => reaches(server, id, 'done')));
  const branches = done.map(({ workplace }) => (workplace.kind === 'worktree' ? workplace.branch : ''));
  expect(new Set(branches).size).toBe(3);
  for (const branch of branches) expect(branch).toMatch(/^sesame\//);
  const patches = await Promise.all(done.map(({ id }) => server.sessions.patch(id)));
  expect(new Set(patches).size).toBe(3);
  await until('the rows show what changed', () =>
    server.sessions.list(false).every(({ diff }) => (diff?.files ?? 0) > 0),
  );
  expect(await git(repo, 'status', '--porcelain')).toBe('');
  expect(
    (await git(repo, 'for-each-ref'))
      .split('\n')
      .filter((line) => !line.includes('refs/heads/sesame/'))
      .join('\n'),
  ).toBe(before);
});

test('two requests in one repository at once get names of their own', async () => {
  const [one, two] = await Promise.all([
    server.sessions.create(ask(repo, 'same words')),
    server.sessions.create(ask(repo, 'same words')),
  ]);
  const rows = await Promise.all([...one, ...two].map(({ id }) => reaches(server, id, 'done')));
  expect(new Set(rows.map(({ workplace }) => workplace.path)).size).toBe(2);
  expect(new Set(rows.map(({ workplace }) => (workplace.kind === 'worktree' ? workplace.branch : ''))).size).toBe(2);
});

test('the states of a turn with a question come in order, and the answer counts', async () => {
  const [row] = await server.sessions.create(ask(repo, 'ask before you add notes'));
  const waiting = await reaches(server, row!.id, 'waiting');
  expect(waiting.status).toMatchObject({ kind: 'permission', message: 'Allow editing README.md?' });
  await until('the question can be answered', () => {
    const { status } = server.sessions.find(row!.id);
    return status.state === 'waiting' && status.question !== null;
  });
  const { status } = server.sessions.find(row!.id);
  const question = status.state === 'waiting' ? status.question! : null;
  expect(question?.choices.map(({ digit, label }) => `${digit} ${label}`)).toEqual(['1 Yes', '2 Always', '3 No']);
  expect(() => server.sessions.answer(row!.id, '3', 'another screen')).toThrow(Failure);
  server.sessions.answer(row!.id, '3', question!.digest);
  const done = await reaches(server, row!.id, 'done');
  expect(await readFile(join(done.workplace.path, 'README.md'), 'utf8')).toBe('# demo\n');
  expect((await server.sessions.screen(row!.id, 100)).lines.join('\n')).toContain('You said no');
  const states = server.told.flatMap((event) => (event.kind === 'run.status' ? [event.status.state] : []));
  expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
    'starting',
    'working',
    'waiting',
    'working',
    'done',
  ]);
  expect(server.sessions.seen(row!.id).status.state).toBe('idle');
});

test('a text is not entered under a question it does not answer, and a question is answered once', async () => {
  const [row] = await server.sessions.create(ask(repo, 'ask before you add notes'));
  await reaches(server, row!.id, 'waiting');
  const question = () => {
    const { status } = server.sessions.find(row!.id);
    return status.state === 'waiting' ? status.question : null;
  };
  await until('the question can be answered', () => question() !== null);
  // The enter after it would have said yes.
  expect(await server.sessions.broadcast([row!.id], 'and be quick')).toEqual([
    { session: row!.id, accepted: false, receipt: 'refused', reason: expect.stringContaining('Allow editing') },
  ]);
  expect((await failureOf(server.sessions.input(row!.id, { text: '1', submit: true }))).code).toBe('asks-first');
  expect(server.sessions.find(row!.id).status.state).toBe('waiting');
  const { digest } = question()!;
  server.sessions.answer(row!.id, '3', digest);
  expect(() => server.sessions.answer(row!.id, '3', digest)).toThrow('just been answered');
  const done = await reaches(server, row!.id, 'done');
  expect(await readFile(join(done.workplace.path, 'README.md'), 'utf8')).toBe('# demo\n');
});

test('a text that is said to be the answer is typed into the question', async () => {
  const [row] = await server.sessions.create(ask(repo, 'ask before you add notes'));
  await reaches(server, row!.id, 'waiting');
  expect((await server.sessions.input(row!.id, { text: '3', submit: true, answer: true })).accepted).toBe(true);
  const done = await reaches(server, row!.id, 'done');
  expect(await readFile(join(done.workplace.path, 'README.md'), 'utf8')).toBe('# demo\n');
});

test('what cannot be asked for is refused with a sentence, and leaves nothing', async () => {
  const refused: Array<[string, Promise<unknown>]> = [
    ['empty-prompt', server.sessions.create(ask(repo, ' \n '))],
    ['prompt-has-nul', server.sessions.create(ask(repo, 'a\0b'))],
    ['unknown-agent', server.sessions.create(ask(repo, 'x', { agents: [{ agent: 'nobody' }] }))],
    ['not-a-repository', server.sessions.create(ask(server.paths.workDir, 'x'))],
    ['no-such-base', server.sessions.create(ask(repo, 'x', { base: 'nowhere' }))],
  ];
  for (const [code, work] of refused) expect((await failureOf(work)).code).toBe(code);
  expect(server.sessions.list(true)).toEqual([]);
  expect(await readdir(server.paths.sessions).catch(() => [])).toEqual([]);
});

test('prompts of any shape arrive whole', async () => {
  for (const prompt of ['-rf --help', '日本語 🙂\nzweite Zeile', `${'long '.repeat(200_000)}end`]) {
    const [row] = await server.sessions.create(ask(repo, prompt));
    const { id } = await reaches(server, row!.id, 'done');
    const file = join(server.paths.sessions, id, 'prompt.txt');
    expect(await readFile(file, 'utf8')).toBe(prompt);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await server.sessions.discard(id);
  }
});

test('a setup that fails keeps everything and is tried again by resume', async () => {
  await writeFile(
    join(repo, 'sesame.json'),
    JSON.stringify({ setup: 'echo preparing; test -e "$SESAME_REPOSITORY/ready" || { echo broken; exit 3; }' }),
  );
  const [row] = await server.sessions.create(ask(repo, 'add notes'));
  const failed = await reaches(server, row!.id, 'failed');
  expect(failed.status).toMatchObject({ reason: 'setup' });
  expect(failed.status.message).toContain('exited with 3');
  expect((await server.sessions.screen(failed.id, 0)).lines.join('\n')).toContain('broken');
  expect(await readFile(join(failed.workplace.path, 'README.md'), 'utf8')).toBe('# demo\n');
  await writeFile(join(repo, 'ready'), '');
  await server.sessions.resume(failed.id, { cols: 100, rows: 30 });
  const done = await reaches(server, failed.id, 'done');
  expect(done.run).toMatchObject({ cols: 100, rows: 30 });
  const phases = server.told.flatMap((event) =>
    event.kind === 'worktree.phase' ? [`${event.phase} ${event.state}`] : [],
  );
  expect(phases).toEqual([
    'worktree started',
    'worktree done',
    'files started',
    'files skipped',
    'setup started',
    'setup failed',
    'setup started',
    'setup done',
    'agent started',
    'agent done',
  ]);
  const runs = server.told.flatMap((event) => (event.kind === 'run.started' ? [event.run.id] : []));
  expect(runs).toEqual([`${done.id}-1`, `${done.id}-2`, `${done.id}-3`]);
});

test('stopping during setup calls the start off; resuming goes on from there', async () => {
  await writeFile(join(repo, 'sesame.json'), JSON.stringify({ setup: 'test -e "$SESAME_REPOSITORY/go" || sleep 600' }));
  const [row] = await server.sessions.create(ask(repo, 'add notes'));
  await until('setup runs', () => server.runs.get(row!.id)?.pid != null);
  const stopped = await server.sessions.stop(row!.id);
  expect(stopped.status).toMatchObject({ state: 'failed', reason: 'setup' });
  expect(stopped.status.message).toContain('you stopped it');
  await writeFile(join(repo, 'go'), '');
  await server.sessions.resume(row!.id, null);
  await reaches(server, row!.id, 'done');
});

test('what is asked for while everything is ended is called off and says so', async () => {
  await server.sessions.endAll();
  const [row] = await server.sessions.create(ask(repo, 'add notes'));
  const { status } = await reaches(server, row!.id, 'failed');
  expect(status.message).toContain('you stopped it before it was ready');
});

test('a stopped agent goes on with its own conversation', async () => {
  const [row] = await server.sessions.create(ask(repo, 'hang around'));
  await reaches(server, row!.id, 'working');
  expect((await failureOf(server.sessions.resume(row!.id, null))).code).toBe('already-running');
  const stopped = await server.sessions.stop(row!.id);
  expect(stopped.status.state).toBe('exited');
  expect(stopped.run?.pid).toBeNull();
  expect(await server.sessions.broadcast([row!.id], 'hello')).toMatchObject([{ accepted: false }]);
  await server.sessions.resume(row!.id, null);
  await reaches(server, row!.id, 'idle');
  expect(await server.sessions.broadcast([row!.id], 'add a changelog')).toEqual([
    { session: row!.id, accepted: true, receipt: 'accepted', reason: null },
  ]);
  const done = await reaches(server, row!.id, 'done');
  expect(await readFile(join(done.workplace.path, 'CHANGELOG.md'), 'utf8')).toContain('add a changelog');
});

test('archiving hides a session and undo shows it again', async () => {
  const [row] = await server.sessions.create(ask(repo, 'add notes'));
  await reaches(server, row!.id, 'done');
  const archived = await server.sessions.archive(row!.id);
  expect(archived.archivedAt).not.toBeNull();
  expect(archived.run?.pid).toBeNull();
  expect(server.sessions.list(false)).toEqual([]);
  await server.sessions.undo(null);
  expect(server.sessions.list(false).map(({ id }) => id)).toEqual([row!.id]);
  expect((await failureOf(server.sessions.undo(null))).code).toBe('nothing-to-undo');
});

test('an agent that fails or crashes says so', async () => {
  const [fails] = await server.sessions.create(ask(repo, 'please fail'));
  const [crashes] = await server.sessions.create(ask(repo, 'please crash'));
  expect((await reaches(server, fails!.id, 'failed')).status.state).toBe('failed');
  expect((await reaches(server, crashes!.id, 'failed')).status).toMatchObject({ reason: 'crash' });
});

test('a program runs in a directory of the user’s and leaves nothing of ours there', async () => {
  const row = await server.sessions.run({
    argv: ['sh', '-c', 'echo in $PWD; exec cat'],
    cwd: repo,
    scrollback: 100,
    cols: 60,
    rows: 10,
  });
  expect(row).toMatchObject({
    agent: null,
    label: 'sh',
    workplace: { kind: 'directory', path: repo },
    status: { state: 'working' },
  });
  expect(row.run?.pid).toBeGreaterThan(0);
  await until('it says where', () => server.runs.get(row.id)!.engine.screenText().join('').includes('in '));
  expect((await server.sessions.input(row.id, { text: 'typed', submit: true })).accepted).toBe(true);
  await until('it echoes', () => server.runs.get(row.id)!.engine.screenText().join('\n').includes('typed\ntyped'));
  expect(await server.sessions.discard(row.id)).toEqual({ session: null, trash: null, ignored: null, warning: null });
  expect(await git(repo, 'status', '--porcelain')).toBe('');
  expect(
    (await failureOf(server.sessions.run({ argv: ['no-such-program'], cwd: repo, scrollback: 0, cols: 80, rows: 24 })))
      .code,
  ).toBe('command-not-found');
  expect(
    (await failureOf(server.sessions.run({ argv: ['cat'], cwd: '/nowhere', scrollback: 0, cols: 80, rows: 24 }))).code,
  ).toBe('no-such-directory');
  expect(server.sessions.list(true)).toEqual([]);
});

test('sessions are found by id, position and the beginning of the title', async () => {
  const make = async (title: string): Promise<Session> =>
    (await server.sessions.create(ask(repo, 'hang', { title })))[0]!;
  const [one, two] = [await make('login form'), await make('login page')];
  expect(server.sessions.find(one.id).id).toBe(one.id);
  expect(server.sessions.find('2').id).toBe(two.id);
  expect(server.sessions.find('Login F').id).toBe(one.id);
  const codeOf = (text: string): string => {
    try {
      server.sessions.find(text);
    } catch (error) {
      return (error as Failure).code;
    }
    return '';
  };
  expect(codeOf('login')).toBe('ambiguous');
  expect(codeOf('logout')).toBe('no-such-session');
  expect(codeOf('7')).toBe('no-such-session');
  expect(server.sessions.rename(one.id, 'other').title).toBe('other');
});

test('agents say whether they can be started', async () => {
  await server.end();
  server = await startTestServer({
    agents: { mine: { argv: ['no-such-cli'] }, cat: { argv: ['cat'], prompt: 'paste' } },
  });
  const agents = await server.sessions.agents();
  expect(agents.map(({ id, available }) => `${id} ${available.ok}`)).toEqual(
    expect.arrayContaining(['mine false', 'cat true', 'demo true']),
  );
});

test('an agent without a credential is listed with what gives it one', async () => {
  const agents = await server.sessions.agents();
  const [needy] = agents.filter(({ available }) => !available.ok && available.reason === 'no login');
  expect(needy?.available).toMatchObject({ ok: false, remedy: expect.stringMatching(/^set [A-Z_]+/) });
});

test('a custom agent gets its prompt typed and is never said to be what it is not', async () => {
  await server.end();
  server = await startTestServer({ agents: { cat: { argv: ['sh', '-c', 'echo ready; exec cat'], prompt: 'paste' } } });
  const [row] = await server.sessions.create(ask(repo, 'hello cat', { agents: [{ agent: 'cat' }] }));
  await until(
    'the prompt arrives',
    () => server.runs.get(row!.id)?.engine.screenText().join('\n').includes('hello cat\nhello cat') === true,
  );
  await reaches(server, row!.id, 'unknown');
});
