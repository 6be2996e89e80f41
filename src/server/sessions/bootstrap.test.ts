// Sessions whose agent is not installed yet: over a real server, a real PTY and a mirror on the loopback.
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakePackage, npmSource } from '../../../test/support/bootstrap.ts';
import { type Mirror, openMirror } from '../../../test/support/mirror.ts';
import { ask, makeRepository, reaches, startTestServer, type TestServer } from '../../../test/support/sessions.ts';
import type { Agent } from '../../agents/agent.ts';
import { demo } from '../../agents/demo/index.ts';
import type { Target } from '../../agents/distribution.ts';
import { AgentId } from '../../domain/ids.ts';
import { NewSessions } from '../../protocol/routes.ts';

const everywhere = Object.fromEntries(
  (
    ['linux-x64', 'linux-x64-musl', 'linux-arm64', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64'] satisfies Target[]
  ).map((target) => [target, { name: '@fake/agent-linux', program: 'bin/fake' }]),
);
const fake: Agent = {
  ...demo,
  id: AgentId.parse('fake'),
  name: 'Fake',
  environment: [],
  distributions: [{ ...npmSource, kind: 'npm', index: '@fake/agent', builds: everywhere }],
  versionPattern: /^fake (\S+)/,
  launch: (input) => ({ argv: [...input.binary, 'run'], env: {}, paste: null, conversation: 'c1', sources: [] }),
};
/** Says which version runs, then waits. */
const runs = (version: string): string => `printf '\\033]7501;state=working\\007version ${version}\\n'; exec cat`;

let mirror: Mirror;
let server: TestServer;
let repo: string;

beforeEach(async () => {
  mirror = await openMirror();
  server = await startTestServer({
    definitions: [fake],
    env: { npm_config_registry: mirror.url, HTTP_PROXY: '', http_proxy: '' },
  });
  repo = await makeRepository();
});
afterEach(async () => {
  await server.end();
  await mirror.close();
  await rm(repo, { recursive: true, force: true });
});

function publish(version: string, ballast = 0): string {
  mirror.npm('@fake/agent', version, Buffer.from(''));
  return mirror.npm('@fake/agent-linux', version, fakePackage(version, ballast, runs(version)));
}

const start = (count = 1) =>
  server.sessions.create(NewSessions.parse({ ...ask(repo, 'go'), agents: [{ agent: 'fake', count }] }));
const screen = async (id: string): Promise<string> => {
  const { lines } = await server.sessions.screen(server.sessions.find(id).id, 0);
  return lines.join('\n');
};

test('the agent is listed as startable, installed with visible progress, and started', async () => {
  publish('1.0.0', 200_000);
  const listed = (await server.sessions.agents()).find(({ id }) => id === 'fake');
  expect(listed?.available).toEqual({ ok: true, version: 'installed at the first start' });
  const [session] = await start();
  await reaches(server, session?.id ?? '', 'working');
  await expect.poll(() => screen(session?.id ?? ''), { timeout: 5000 }).toContain('version 1.0.0');
  const kinds = server.told.map(({ kind }) => kind);
  expect(kinds).toContain('bootstrap.progress');
  expect(kinds).toContain('bootstrap.ready');
  const phases = server.told.flatMap((event) =>
    event.kind === 'worktree.phase' ? [`${event.phase} ${event.state}`] : [],
  );
  expect(phases.slice(-4)).toEqual(['bootstrap started', 'bootstrap done', 'agent started', 'agent done']);
  const row = server.sessions.find(session?.id ?? '');
  expect(row.phases.slice(-2)).toMatchObject([{ detail: 'Fake 1.0.0, installed' }, { phase: 'agent', state: 'done' }]);
  // What nobody needs later is not kept.
  expect(server.events.after(0, 1000).map(({ kind }) => kind)).not.toContain('bootstrap.progress');
  expect(server.events.passing()).toEqual([]);
});

test('a race of eight waits for one download', async () => {
  const path = publish('1.0.0', 200_000);
  const sessions = await start(8);
  for (const { id } of sessions) await reaches(server, id, 'working');
  expect(mirror.count(path)).toBe(1);
});

test('a download that fails says so in the session, and resuming it goes on where it stopped', async () => {
  const path = publish('1.0.0', 300_000);
  mirror.fail(path, { kind: 'cut', after: 50_000 }, 4);
  const [session] = await start();
  const failed = await reaches(server, session?.id ?? '', 'failed');
  expect(failed.status).toMatchObject({ reason: 'bootstrap' });
  expect(failed.status.message).toMatch(/could not download Fake 1\.0\.0 from 127\.0\.0\.1:\d+: .*firewall/);
  await server.sessions.resume(failed.id, null);
  await reaches(server, failed.id, 'working');
  expect(mirror.asked.at(-1)).toMatchObject({ path, range: 'bytes=200000-' });
});

test('a session keeps the version it began with, also when it is resumed after an update', async () => {
  publish('1.0.0');
  const [first] = await start();
  await reaches(server, first?.id ?? '', 'working');
  publish('2.0.0');
  const { binaries } = server;
  await binaries.update(fake);
  await binaries.update(fake);
  const [second] = await start();
  await reaches(server, second?.id ?? '', 'working');
  await expect.poll(() => screen(second?.id ?? ''), { timeout: 5000 }).toContain('version 2.0.0');
  const id = server.sessions.find(first?.id ?? '').id;
  await server.sessions.stop(id);
  await server.sessions.resume(id, null);
  await reaches(server, id, 'working');
  await expect.poll(() => screen(id), { timeout: 5000 }).toContain('version 1.0.0');
  expect(readdirSync(join(server.paths.agents, 'fake')).filter((name) => /^\d/.test(name))).toHaveLength(2);
});

test('stopping a session ends its download, and what was fetched is kept', async () => {
  const path = publish('1.0.0', 300_000);
  mirror.fail(path, { kind: 'stall', after: 100_000 }, 1);
  const [session] = await start();
  const id = session?.id ?? '';
  const done = (): number =>
    Math.max(0, ...server.told.map((event) => (event.kind === 'bootstrap.progress' ? event.progress.doneBytes : 0)));
  await expect.poll(() => mirror.count(path), { timeout: 10_000 }).toBe(1);
  await server.sessions.stop(server.sessions.find(id).id);
  await reaches(server, id, 'failed', 'exited');
  expect(done()).toBeLessThan(300_000);
  await server.sessions.resume(server.sessions.find(id).id, null);
  await reaches(server, id, 'working');
});
