// A credential reaches the one program it is meant for, in its environment or a 0600 file, and nothing else.
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeWorkDirectory, until } from '../../../test/support/runs.ts';
import { ask, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';
import type { Agent } from '../../agents/agent.ts';
import { customAgent } from '../../agents/custom/index.ts';
import { CustomAgent } from '../../domain/config.ts';
import type { Session } from '../../domain/session.ts';
import { openLog } from '../../platform/log.ts';

const canary = 'canary-3f9d1c07-key';
const otherCanary = 'canary-77aa0e41-other';
const script = 'env > env.txt; printf "ready\\n"; exec cat';

const probe: Agent = {
  ...customAgent(
    'probe',
    CustomAgent.parse({ argv: ['sh', '-c', script, 'probe'], prompt: 'file', environment: ['PROBE_HOME'] }),
  ),
  environment: ['PROBE_HOME', 'PROBE_API_KEY'],
  features: {
    resume: false,
    fork: false,
    task: false,
    model: true,
    permissions: true,
    reportsStatus: false,
    port: true,
  },
  slots: [
    { method: 'subscription', label: 'Subscription', environment: ['PROBE_TOKEN'], prefixes: [] },
    { method: 'api-key', label: 'API key', environment: ['PROBE_API_KEY'], prefixes: [] },
  ],
  credentials: (resolved) => ({
    env: Object.fromEntries([...resolved.values].map(([name, secret]) => [name, secret.reveal()])),
    unset: ['PROBE_API_KEY'].filter((name) => !resolved.values.has(name)),
    files: [
      { path: 'auth/key.json', mode: 0o644, content: [...resolved.values.values()].map((s) => s.reveal()).join() },
    ],
  }),
  launch: (input) => ({
    argv: ['/bin/sh', '-c', script, 'probe'],
    env: {
      PROBE_PORT: String(input.port),
      PROBE_OWN: String(input.ownConfig),
      PROBE_OWNER: JSON.stringify(input.owner),
    },
    paste: null,
    conversation: null,
    sources: [],
  }),
};

let server: TestServer;
let repo: string;
beforeEach(async () => {
  repo = await makeRepository();
});
afterEach(async () => {
  await server.end();
  await rm(repo, { recursive: true, force: true });
});

async function start(env: NodeJS.ProcessEnv): Promise<void> {
  server = await startTestServer({ env, definitions: [probe] });
}

async function began(more: Parameters<typeof ask>[2] = {}): Promise<{ session: Session; env: Map<string, string> }> {
  const [row] = await server.sessions.create(ask(repo, 'look around', { agents: [{ agent: 'probe' }], ...more }));
  const file = join(row!.workplace.path, 'env.txt');
  await until('the program tells its environment', () => {
    const { status } = server.sessions.find(row!.id);
    if (status.state === 'failed') throw new Error(status.message ?? '');
    return server.runs.get(row!.id)?.engine.screenText().includes('ready') === true;
  });
  const lines = (await readFile(file, 'utf8')).split('\n');
  return {
    session: server.sessions.find(row!.id),
    env: new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
  };
}

test('an agent gets its own credential and no other variable of the owner', async () => {
  await start({ PROBE_API_KEY: canary, OTHER_API_KEY: otherCanary, PROBE_HOME: '/probe' });
  const { env } = await began();
  expect(env.get('PROBE_API_KEY')).toBe(canary);
  expect(env.has('OTHER_API_KEY')).toBe(false);
  expect(env.get('PROBE_HOME')).toBe('/probe');
  expect(env.get('PROBE_OWNER')).toBe('{"PROBE_HOME":"/probe"}');
  expect(Number(env.get('PROBE_PORT'))).toBeGreaterThan(1023);
});

test('the subscription goes before the key, and the key is not there to beat it', async () => {
  await start({ PROBE_API_KEY: otherCanary, PROBE_TOKEN: canary });
  const { env } = await began();
  expect(env.get('PROBE_TOKEN')).toBe(canary);
  expect(env.has('PROBE_API_KEY')).toBe(false);
});

test('the value is in the environment and a 0600 file, and nowhere else we write or others can read', async () => {
  const paths = makeWorkDirectory();
  const log = openLog(join(paths.workDir, 'server.log'), Date.now);
  server = await startTestServer({ env: { PROBE_API_KEY: canary }, definitions: [probe], log, paths });
  const { session } = await began();
  const key = join(paths.sessions, session.id, 'config', 'auth', 'key.json');
  expect(await readFile(key, 'utf8')).toBe(canary);
  expect((await stat(key)).mode & 0o777).toBe(0o600);
  expect((await stat(join(paths.sessions, session.id, 'config'))).mode & 0o777).toBe(0o700);
  const pid = session.run!.pid!;
  if (process.platform === 'linux') {
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(canary);
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).toContain(canary);
  }
  expect(JSON.stringify(server.told)).not.toContain(canary);
  await server.sessions.stop(session.id);
  await log.flush();
  const holding = await filesWith(paths.workDir, canary);
  expect(holding.sort()).toEqual([join(session.workplace.path, 'env.txt'), key].sort());
});

test('without a credential the session fails at once and says which agent and what to set', async () => {
  await start({ PROBE_API_KEY: ' ', OTHER_API_KEY: otherCanary });
  const [row] = await server.sessions.create(ask(repo, 'look around', { agents: [{ agent: 'probe' }] }));
  const { status, run } = await reaches(server, row!.id, 'failed');
  expect(status).toMatchObject({ state: 'failed', reason: 'auth' });
  expect(status.message).toContain('authentication failed: probe has no credential');
  expect(status.message).toContain('PROBE_TOKEN or PROBE_API_KEY');
  expect(run).toBeNull();
});

test('with the user’s own configuration no credential is needed and no file is written', async () => {
  await start({ PROBE_HOME: '/probe' });
  const { session, env } = await began({ config: 'own' });
  expect(session.config).toBe('own');
  expect(env.get('PROBE_OWN')).toBe('true');
  expect(await readdir(join(server.paths.sessions, session.id, 'config'))).toEqual([]);
});

test('a task needs an agent that has that mode, and shipping by itself needs a task', async () => {
  await start({});
  const request = { agents: [{ agent: 'probe' }] };
  await expect(server.sessions.create(ask(repo, 'x', { ...request, mode: 'task' }))).rejects.toMatchObject({
    code: 'no-task-mode',
  });
  await expect(server.sessions.create(ask(repo, 'x', { ...request, ship: 'push' }))).rejects.toMatchObject({
    code: 'ship-needs-task',
  });
});

async function filesWith(directory: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}
