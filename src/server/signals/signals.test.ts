// Signals of an agent's files in a real session: they decide its status, and the next server goes on with them.
import { appendFile, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../test/support/runs.ts';
import { ask, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';
import type { Agent, AgentSignal, Fact, StatusChange } from '../../agents/agent.ts';
import { customAgent } from '../../agents/custom/index.ts';
import { CustomAgent } from '../../domain/config.ts';

/** Hooks say `{"state":…}`; the detector must have seen `{"begin":true}` before it believes any of them. */
function hookDetector(): ReturnType<Agent['detector']> {
  let begun = false;
  const read = (signal: AgentSignal): Record<string, unknown> =>
    signal.kind === 'hook' ? (JSON.parse(signal.line) as Record<string, unknown>) : {};
  return {
    push(signal): StatusChange[] {
      const line = read(signal);
      if (line['begin'] === true) begun = true;
      const evidence = { signal: 'report', rule: 'hook' } as const;
      if (signal.kind === 'screen')
        return [{ state: 'idle', evidence: { signal: 'screen', rule: 'x' }, message: null }];
      if (!begun || typeof line['state'] !== 'string') return [];
      return [{ state: line['state'] as 'working' | 'done', evidence, message: null }];
    },
    learn(signal): Fact[] {
      const { tokens, id } = read(signal);
      if (typeof id === 'string') return [{ kind: 'conversation', id }];
      if (typeof tokens !== 'number') return [];
      return [{ kind: 'usage', usage: { inputTokens: tokens, outputTokens: 0, cachedTokens: 0, cost: tokens / 100 } }];
    },
  };
}

const agent: Agent = {
  ...customAgent('hooked', CustomAgent.parse({ argv: ['sh'] })),
  detector: hookDetector,
  launch: (input) => ({
    argv: ['/bin/sh', '-c', 'echo ready; exec cat'],
    env: {},
    paste: null,
    conversation: null,
    sources: [
      { kind: 'lines', signal: 'hook', path: join(input.configDirectory, 'hooks.jsonl') },
      { kind: 'events', url: 'http://127.0.0.1:9/events', snapshots: [], user: 'u', password: 'secret-of-the-run' },
    ],
  }),
};

let server: TestServer;
let repo: string;
let id: string;
let hooks: string;
beforeEach(async () => {
  repo = await makeRepository();
  server = await startTestServer({ definitions: [agent] });
  const [row] = await server.sessions.create(ask(repo, 'x', { agents: [{ agent: 'hooked' }] }));
  id = row!.id;
  hooks = join(server.paths.sessions, id, 'config', 'hooks.jsonl');
  await until('it runs', () => server.runs.get(row!.id)?.pid != null);
});
afterEach(async () => {
  await server.end();
  await rm(repo, { recursive: true, force: true });
});

const hook = (line: unknown): Promise<void> => appendFile(hooks, `${JSON.stringify(line)}\n`);
const states = (): string[] =>
  server.told.flatMap((event) => (event.kind === 'run.status' ? [event.status.state] : []));

test('hooks decide the status, and the screen does not overrule them', async () => {
  await reaches(server, id, 'idle');
  await hook({ begin: true, state: 'working' });
  await reaches(server, id, 'working');
  await server.sessions.input(server.sessions.find(id).id, { text: 'noise on the screen', submit: true });
  await until('the screen has it', () =>
    server.runs.get(server.sessions.find(id).id)!.engine.screenText().join().includes('noise'),
  );
  expect(server.sessions.find(id).status.state).toBe('working');
  await hook({ state: 'done' });
  const { status } = await reaches(server, id, 'done');
  expect(status.evidence).toEqual({ signal: 'report', rule: 'hook' });
});

test('escape lets the screen say what the agent does not', async () => {
  await hook({ begin: true, state: 'working' });
  await reaches(server, id, 'working');
  await server.sessions.input(server.sessions.find(id).id, {
    base64: Buffer.from('\u001b').toString('base64'),
    submit: false,
  });
  const { status } = await reaches(server, id, 'idle');
  expect(status.evidence.signal).toBe('screen');
});

test('a new server knows what was said before, hears what was said meanwhile, and concludes nothing twice', async () => {
  await hook({ id: 'c-1' });
  await hook({ tokens: 10 });
  await hook({ begin: true, state: 'working' });
  await reaches(server, id, 'working');
  await hook({ state: 'done' });
  await reaches(server, id, 'done');
  await server.leave();
  await hook({ tokens: 30 });
  await hook({ state: 'working' });
  server = await startTestServer({ definitions: [agent], paths: server.paths });
  const session = await reaches(server, id, 'working');
  expect(session.conversation).toBe('c-1');
  expect(session.usage?.inputTokens).toBe(30);
  expect(states().filter((state) => state === 'done')).toEqual([]);
  await hook({ state: 'done' });
  await reaches(server, id, 'done');
  expect(server.events.of(session.id, 500).filter(({ kind }) => kind === 'usage')).toHaveLength(2);
});

test('the password of an agent’s own server is kept in a 0600 file only', async () => {
  const file = join(server.paths.sessions, id, 'sources.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain('secret-of-the-run');
  expect((await readFile(server.paths.database)).includes('secret-of-the-run')).toBe(false);
  expect((await readFile(`${server.paths.database}-wal`)).includes('secret-of-the-run')).toBe(false);
  expect(JSON.stringify(server.told)).not.toContain('secret-of-the-run');
});

test('what is written just before the end is still learned', async () => {
  const row = server.sessions.find(id);
  await hook({ tokens: 77 });
  process.kill(row.run!.pid!, 'SIGKILL');
  await until('it ended', () => server.told.some(({ kind }) => kind === 'run.exited'));
  expect(server.sessions.find(id).usage?.inputTokens).toBe(77);
});
