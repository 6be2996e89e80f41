// How the agents are run, as a user says it in the composer.
import { afterEach, expect, test } from 'vitest';
import { sessions } from '../../test/golden/fixture.ts';
import { allLeave, escapeKey, sitDown } from '../../test/golden/user.ts';
import { defaultConfig } from '../domain/default-config.ts';

afterEach(allLeave);

test('tab reaches the fields, space and the arrows change them, and the start says so to the server', async () => {
  const user = await sitDown([]);
  await user.sees('[x]1 claude');
  await user.press('go\t\t ');
  await user.sees('mode task');
  await user.sees('when done keep');
  await user.press('\t ');
  await user.sees('permissions accept edits');
  await user.press('\t ');
  await user.sees('config my config');
  await user.press('\topus');
  await user.press('\t');
  user.terminal.type('\x1b[D');
  await user.sees('when done push');
  user.terminal.type(escapeKey);
  await user.until(() => user.app.state().composer.field === 'prompt', 'back at the prompt');
  await user.press('\r');
  await user.until(() => user.backend.called('create').length === 1, 'created');
  expect(user.backend.called('create')[0]).toMatchObject({
    body: {
      prompt: 'go',
      agents: [{ agent: 'claude', count: 1, model: 'opus' }],
      mode: 'task',
      permissions: 'accept-edits',
      config: 'own',
      ship: 'push',
    },
  });
});

test('enter lists the values of a field with what they mean', async () => {
  const user = await sitDown([]);
  await user.sees('[x]1 claude');
  await user.press('\t\t\t\r');
  await user.sees('edits and runs anything without asking');
  await user.press('j\r');
  await user.sees('permissions accept edits');
});

test('full permissions are said in words, hold for one start, and are not remembered', async () => {
  const saved: unknown[] = [];
  const user = await sitDown([], undefined, {
    savePreferences: (preferences) => {
      saved.push(preferences);
      return Promise.resolve();
    },
  });
  await user.sees('[x]1 claude');
  await user.press('go\t\t\t  ');
  await user.sees('permissions FULL');
  await user.sees('nothing asks before files are edited and commands are run');
  await user.sees('starts one session with full permissions');
  user.terminal.type(escapeKey);
  await user.until(() => user.app.state().composer.field === 'prompt', 'back at the prompt');
  await user.press('\r');
  await user.until(() => user.backend.called('create').length === 1, 'created');
  expect(user.backend.called('create')[0]).toMatchObject({ body: { permissions: 'full' } });
  await user.until(() => user.app.state().screen.kind === 'panes', 'started');
  expect(saved).toEqual([{ 'composer.mode': 'interactive', 'composer.config': 'session' }]);
  await user.press('n');
  await user.sees('permissions ask');
});

test('a session with full permissions says so in its frame', async () => {
  const user = await sitDown(sessions.map((session) => ({ ...session, permissions: 'full' as const })));
  await user.sees('FULL');
});

test('the fields begin with what was used the last time', async () => {
  const user = await sitDown([], undefined, {
    config: { ...defaultConfig, composer: { mode: 'task', permissions: 'accept-edits', config: 'own' } },
  });
  await user.sees('mode task');
  await user.sees('permissions accept edits');
  await user.sees('config my config');
});

test('a value that a marked agent cannot do is refused with the reason', async () => {
  const user = await sitDown([]);
  await user.sees('[x]1 claude');
  await user.press('\t3\t ');
  await user.sees('gemini cannot run a task without its screen');
  expect(user.app.state().composer.options.mode).toBe('interactive');
});

test('an agent marked afterwards that cannot do it stops the start with the reason', async () => {
  const user = await sitDown([]);
  await user.sees('[x]1 claude');
  await user.press('go\t\t ');
  await user.sees('mode task');
  user.terminal.type('\x1b[Z');
  await user.press('3\r');
  await user.sees('gemini cannot run a task without its screen');
  expect(user.backend.called('create')).toEqual([]);
});
