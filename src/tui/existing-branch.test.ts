// Choosing a branch that is there, as a user presses it.
import { afterEach, expect, test } from 'vitest';
import { now, sessions } from '../../test/golden/fixture.ts';
import { allLeave, escapeKey, sitDown } from '../../test/golden/user.ts';

afterEach(allLeave);

const branches = [
  { name: 'main', at: now - 60_000, subject: 'newest', taken: 'it is checked out in /home/ada/api-server' },
  { name: 'topic', at: now - 3_600_000, subject: 'a topic', taken: null },
  { name: 'origin/shared', at: now - 7_200_000, subject: 'somebody else', taken: null },
];

async function sitWithBranches(): Promise<Awaited<ReturnType<typeof sitDown>>> {
  const user = await sitDown(sessions);
  user.backend.answers.branches = () => ({ branches });
  await user.sees('1 claude');
  await user.until(() => user.app.state().agents.length > 0, 'agents are known');
  return user;
}

test('N lists branches, typing narrows them down, and the session works on the chosen one', async () => {
  const user = await sitWithBranches();
  await user.press('N');
  await user.sees('work on which branch?');
  await user.press('shar\r');
  await user.sees('origin/shared, itself');
  await user.press('go on\r');
  await user.until(() => user.backend.called('create').length === 1, 'created');
  const { body } = user.backend.called('create')[0] as { body: Record<string, unknown> };
  expect(body).toMatchObject({ branch: 'origin/shared', prompt: 'go on' });
  expect(body).not.toHaveProperty('base');
  await user.press('n');
  await user.seesNot('origin/shared');
});

test('a branch in use says where, and is not taken', async () => {
  const user = await sitWithBranches();
  await user.press('N');
  await user.sees('in use');
  await user.press('\r');
  await user.sees('it is checked out in /home/ada/api-server');
  user.terminal.type(escapeKey);
  await user.seesNot('work on which branch?');
  expect(user.app.state().screen.kind).toBe('panes');
});

test('two sessions cannot start on one branch', async () => {
  const user = await sitWithBranches();
  await user.press('N');
  await user.sees('topic');
  await user.press('topic\r');
  await user.sees('topic, itself');
  await user.press('go\t+');
  await user.sees('a branch has one session');
  await user.press('\r');
  expect(user.backend.called('create')).toEqual([]);
});
