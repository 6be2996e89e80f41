// What a new session asks of its agent.
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, makeRepository, startTestServer, type TestServer } from '../../../test/support/sessions.ts';

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

test('a permission level or a model that the agent would not heed is refused', async () => {
  const agents = [{ agent: 'plain' }];
  await expect(server.sessions.create(ask(repo, 'x', { agents, permissions: 'full' }))).rejects.toMatchObject({
    code: 'no-permission-levels',
  });
  const withModel = [{ agent: 'plain', model: 'large' }];
  await expect(server.sessions.create(ask(repo, 'x', { agents: withModel }))).rejects.toMatchObject({
    code: 'no-model-choice',
  });
  expect(server.sessions.list(true)).toEqual([]);
});
