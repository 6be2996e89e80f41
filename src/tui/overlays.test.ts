// Help, palette and what else lies over the screen: clicks and movements. On a terminal and a server in memory.
import { afterEach, expect, test } from 'vitest';
import { makeSession, now, question, sessions, statusOf } from '../../test/golden/fixture.ts';
import { allLeave, sitDown } from '../../test/golden/user.ts';

afterEach(allLeave);

test('a click on a command of the palette closes it and runs that, a click on a session goes there', async () => {
  const user = await sitDown(sessions);
  await user.sees('4 claude');
  const click = (text: string): void => {
    const row = user.terminal.text().findIndex((line) => line.includes(text));
    const column = user.terminal.text()[row]!.indexOf(text);
    user.terminal.type(`\x1b[<0;${column + 1};${row + 1}M\x1b[<0;${column + 1};${row + 1}m`);
  };
  await user.press(':');
  await user.sees('> stop:');
  click('2 codex');
  await user.until(() => user.app.state().overlay === null, 'it closes');
  expect(user.app.state().selected).toBe('s2bb');
  await user.press(':rename');
  await user.sees('> rename:');
  click('> rename:');
  await user.until(() => user.app.state().overlay?.kind === 'rename', 'it is run');
});

test('what is below takes no clicks', async () => {
  const user = await sitDown([
    makeSession('s1aa', { status: statusOf('waiting', { question, since: now }) }),
    makeSession('s2bb'),
  ]);
  await user.sees('WAITS');
  const clickAll = (): void => {
    for (let row = 2; row < 24; row++) user.terminal.type(`\x1b[<0;9;${row}M\x1b[<0;9;${row}m`);
  };
  await user.press('i:nothing like that');
  await user.sees('nothing has these words');
  clickAll();
  expect(user.backend.called('answer')).toEqual([]);
  await user.escape();
  await user.seesNot('nothing has these words');
  clickAll();
  await user.until(() => user.backend.called('answer').length > 0, 'it takes them when it is not covered');
});

test('a list stops at its end: the way back begins at once', async () => {
  const user = await sitDown(sessions);
  await user.sees('1 claude');
  await user.press('?');
  await user.sees('type to filter');
  for (let i = 0; i < 20; i++) await user.press('\x1b[6~');
  await user.sees('take its copy');
  await user.press('\x1b[5~\x1b[5~\x1b[5~\x1b[5~\x1b[5~\x1b[5~\x1b[5~');
  await user.sees('Write a prompt');
});
