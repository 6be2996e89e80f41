// Forking a session, as a user presses it.
import { afterEach, expect, test } from 'vitest';
import { makeSession, sessionId } from '../../test/golden/fixture.ts';
import { allLeave, sitDown } from '../../test/golden/user.ts';
import type { AgentId } from '../domain/ids.ts';

afterEach(allLeave);

const talking = makeSession('s1aa', { agent: 'claude' as AgentId, conversation: 'c1' });

test('f asks what is next and starts the fork, which is selected then', async () => {
  const user = await sitDown([talking]);
  user.backend.answers.fork = () => ({ session: makeSession('s2bb', { title: 'the other way' }) });
  await user.sees('1 demo');
  await user.until(() => user.app.state().agents.length > 0, 'agents are known');
  await user.press('f');
  await user.sees('fork login form');
  await user.press('try a queue\r');
  await user.until(() => user.app.state().selected === sessionId('s2bb'), 'the fork is selected');
  expect(user.backend.called('fork')[0]).toMatchObject({ params: { id: 's1aa' }, body: { prompt: 'try a queue' } });
  await user.sees('2 demo');
});

test('a refusal of the server is told, and the session stays as it was', async () => {
  const user = await sitDown([talking]);
  user.backend.answers.fork = () => {
    throw user.backend.failure({ message: 'its worktree is gone', remedy: 'start a new session' });
  };
  await user.sees('1 demo');
  await user.press('f\r');
  await user.sees('its worktree is gone');
  expect(user.app.state().selected).toBe(sessionId('s1aa'));
});

test.each([
  ['an agent that cannot', makeSession('s1aa', { agent: 'codex' as AgentId, conversation: 'c1' }), 'codex cannot fork'],
  ['no conversation yet', makeSession('s1aa', { agent: 'claude' as AgentId }), 'no conversation yet'],
  ['a plain program', makeSession('s1aa', { agent: null }), 'a plain program has no conversation'],
])('f says why not: %s', async (_, session, reason) => {
  const user = await sitDown([session]);
  await user.sees('1 demo');
  await user.until(() => user.app.state().agents.length > 0, 'agents are known');
  await user.press('f');
  await user.sees(reason);
  expect(user.app.state().overlay).toBeNull();
});
