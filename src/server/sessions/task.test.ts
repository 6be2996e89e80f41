// Tasks: run to their end without a screen of their own, judged by what the agent says, shipped by themselves.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/support/runs.ts';
import { ask, git, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';
import type { Agent } from '../../agents/agent.ts';
import { customAgent } from '../../agents/custom/index.ts';
import { demoTask } from '../../agents/demo/task.ts';
import { CustomAgent } from '../../domain/config.ts';
import type { Session } from '../../domain/session.ts';

let server: TestServer;
let repo: string;
beforeEach(async () => {
  repo = await makeRepository();
});
afterEach(async () => {
  await server.end();
  await rm(repo, { recursive: true, force: true });
});

/** An agent whose task is a shell script that prints the demo agent's lines. */
function scripted(script: string): Agent {
  const custom = customAgent('scripted', CustomAgent.parse({ argv: ['sh'] }));
  return {
    ...custom,
    features: { ...custom.features, task: true, permissions: true },
    task: { parser: demoTask, totals: 'run' },
    launch: () => ({ argv: ['/bin/sh', '-c', script], env: {}, paste: null, conversation: null, sources: [] }),
  };
}

async function start(prompt: string, more: Parameters<typeof ask>[2] = {}): Promise<Session> {
  const [row] = await server.sessions.create(ask(repo, prompt, { mode: 'task', permissions: 'full', ...more }));
  return row!;
}

const ended = (id: string): Promise<void> =>
  until(`the program of ${id} ends`, () =>
    server.told.some((event) => event.kind === 'run.exited' && event.session === id),
  );

test('a task ends as done, with its events, its usage and a transcript', async () => {
  server = await startTestServer();
  const { id } = await start('add a changelog');
  const session = await reaches(server, id, 'done');
  await ended(id);
  expect(session.conversation).not.toBeNull();
  expect(session.usage).toMatchObject({ outputTokens: 400, cost: 0.01 });
  expect(server.sessions.usageToday()?.cost).toBe(0.01);
  const events = server.events
    .of(session.id, 500)
    .flatMap((event) => (event.kind === 'agent.event' ? [event.event] : []));
  expect(events.map(({ type }) => type)).toContain('file');
  expect(events.at(-1)).toMatchObject({ type: 'done', ok: true });
  const text = server.runs.get(session.id)?.engine.screenText().join('\n');
  expect(text).toContain('+ CHANGELOG.md');
  expect(text).toContain('✓ done');
  expect(text).not.toContain('{"type"');
  expect(server.sessions.find(id).status.state).toBe('done');
  expect(server.sessions.seen(session.id).status.state).toBe('idle');
});

test('an agent that says it failed has failed, whatever its exit code says', async () => {
  server = await startTestServer();
  const { id } = await start('please fail');
  const session = await reaches(server, id, 'failed');
  expect(session.status).toMatchObject({ reason: 'agent', message: 'the demo agent was told to fail' });
  await ended(id);
  expect(server.sessions.find(id).status).toMatchObject({ state: 'failed', reason: 'agent' });
});

test('an agent that says it is done is done, whatever its exit code says', async () => {
  server = await startTestServer({
    definitions: [scripted(`printf '{"type":"end","ok":true,"text":"fine"}\\n'; exit 3`)],
  });
  const { id } = await start('x', { agents: [{ agent: 'scripted' }] });
  await ended(id);
  expect(server.sessions.find(id).status).toMatchObject({ state: 'done', message: 'fine' });
});

test('a program that ends without a verdict has failed, also with code 0', async () => {
  server = await startTestServer({ definitions: [scripted('echo hello')] });
  const { id } = await start('x', { agents: [{ agent: 'scripted' }] });
  await ended(id);
  expect(server.sessions.find(id).status).toMatchObject({ state: 'failed', reason: 'crash' });
  expect(server.runs.get(server.sessions.find(id).id)?.engine.screenText()[0]).toBe('hello');
});

test('a task that is run again adds what it used, although its program counts from nothing', async () => {
  const script = `printf '{"type":"usage","input":10,"output":5,"cost":0.25}\\n{"type":"end","ok":true,"text":"x"}\\n'`;
  server = await startTestServer({ definitions: [scripted(script)] });
  const { id } = await start('x', { agents: [{ agent: 'scripted' }] });
  await ended(id);
  await server.sessions.resume(id, null);
  const exits = (): number => server.told.filter(({ kind }) => kind === 'run.exited').length;
  await until('the second run ends', () => exits() === 2);
  expect(server.sessions.find(id).usage).toMatchObject({ inputTokens: 20, outputTokens: 10, cost: 0.5 });
  expect(server.sessions.usageToday()?.cost).toBe(0.5);
});

test('a task is not waiting for input that never comes', async () => {
  server = await startTestServer({
    definitions: [scripted(`cat; printf '{"type":"end","ok":true,"text":"read all"}\\n'`)],
  });
  const { id } = await start('x', { agents: [{ agent: 'scripted' }] });
  await reaches(server, id, 'done');
});

test('a server that takes over tells each event once, and shows the same', async () => {
  const go = await mkdtemp(join(tmpdir(), 'sgo-'));
  const line = (n: number): string => `printf '{"type":"say","text":"step ${n}"}\\n'`;
  const wait = (name: string): string => `until test -e ${go}/${name}; do sleep 0.02; done`;
  const agent = scripted(
    [line(1), wait('a'), line(2), line(3), wait('b'), line(4), `printf '{"type":"end","ok":true,"text":"x"}\\n'`].join(
      '; ',
    ),
  );
  server = await startTestServer({ definitions: [agent] });
  const { id } = await start('x', { agents: [{ agent: 'scripted' }] });
  await until('the first step', () => server.told.some(({ kind }) => kind === 'agent.event'));
  await server.leave();
  await writeFile(join(go, 'a'), '');
  server = await startTestServer({ definitions: [agent], paths: server.paths });
  await until('the third step', () => JSON.stringify(server.told).includes('step 3'));
  await server.leave();
  await writeFile(join(go, 'b'), '');
  server = await startTestServer({ definitions: [agent], paths: server.paths });
  const session = await reaches(server, id, 'done');
  await ended(id);
  const check = (): void => {
    const told = server.events
      .of(session.id, 500)
      .flatMap((event) => (event.kind === 'agent.event' ? [event.event] : []));
    expect(told.flatMap((event) => (event.type === 'message' ? [event.text] : []))).toEqual(
      [1, 2, 3, 4].map((n) => `step ${n}`),
    );
    const rows = server.runs
      .get(session.id)!
      .engine.screenText()
      .filter((row) => row !== '');
    expect(rows).toEqual(['step 1', 'step 2', 'step 3', 'step 4', 'x', '✓ done']);
  };
  check();
  await server.leave();
  server = await startTestServer({ definitions: [agent], paths: server.paths });
  check();
  expect(server.sessions.find(id).status.state).toBe('done');
  await rm(go, { recursive: true });
});

test('a task that ships by itself commits, pushes and is put away', async () => {
  const remote = await mkdtemp(join(tmpdir(), 'srem-'));
  await git(remote, 'init', '-q', '--bare');
  await git(repo, 'remote', 'add', 'origin', remote);
  await git(repo, 'push', '-q', 'origin', 'main');
  server = await startTestServer();
  const row = await start('add a changelog', { ship: 'push' });
  await until('it is put away', () => server.sessions.find(row.id).archivedAt !== null);
  const session = server.sessions.find(row.id);
  expect(session.ship).toMatchObject({ state: 'done', result: { pushed: true } });
  const branch = session.workplace.kind === 'worktree' ? session.workplace.branch : '';
  expect(await git(remote, 'ls-tree', '-r', '--name-only', branch)).toContain('CHANGELOG.md');
  await rm(remote, { recursive: true });
});

test('a task that did not go well is neither shipped nor put away', async () => {
  server = await startTestServer();
  const { id, workplace } = await start('please fail', { ship: 'commit' });
  await reaches(server, id, 'failed');
  await ended(id);
  expect(server.sessions.find(id)).toMatchObject({ ship: null, archivedAt: null });
  expect(await stat(workplace.path)).toBeTruthy();
});
