// Panes on the screen: what is drawn when, sizes, scrolling, selecting, the mouse. On a terminal and a server in memory.
import { afterEach, expect, test } from 'vitest';
import { makeSession, sessionId, sessions, statusOf } from '../../test/golden/fixture.ts';
import { allLeave, sitDown } from '../../test/golden/user.ts';

afterEach(allLeave);

test('panes show what their programs show, and frames are acknowledged once drawn', async () => {
  const user = await sitDown(sessions);
  await user.until(() => user.backend.panes.size === 4, 'panes open');
  user.backend.show('s2bb', ['hello from the program']);
  await user.sees('hello from the program');
  expect(user.backend.panes.get(sessionId('s2bb'))!.acked).toBe(1);
});

test('a change of cells is drawn by itself, with what lies over it', async () => {
  const user = await sitDown([makeSession('s1aa', { status: statusOf('unknown') })]);
  await user.until(() => user.backend.panes.size === 1, 'pane open');
  user.backend.show('s1aa', ['one']);
  await user.sees('one');
  const before = user.app.state();
  user.backend.show('s1aa', ['two 日本']);
  await user.sees('two 日本');
  expect(user.app.state()).toBe(before);
  await user.press(':');
  await user.sees('go to');
  user.backend.show(
    's1aa',
    Array.from({ length: 20 }, () => 'x'.repeat(78)),
  );
  await user.until(() => user.backend.panes.get(sessionId('s1aa'))!.acked === 3, 'drawn');
  expect(user.terminal.text().some((line) => line.includes('go to'))).toBe(true);
  await user.escape();
  await user.seesNot('go to');
});

test('a terminal that does not read gets no frames, and the server no acknowledgement', async () => {
  const user = await sitDown(sessions);
  await user.until(() => user.backend.panes.size === 4, 'panes open');
  user.terminal.block();
  user.backend.show('s1aa', ['one']);
  await user.until(() => user.backend.panes.get(sessionId('s1aa'))!.acked === 1, 'the first write is taken');
  user.backend.show('s1aa', ['two']);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(user.backend.panes.get(sessionId('s1aa'))!.acked).toBe(1);
  user.terminal.unblock();
  await user.sees('two');
  expect(user.backend.panes.get(sessionId('s1aa'))!.acked).toBe(2);
});

test('panes are resized with the window, hidden when covered, and survive a storm of resizes', async () => {
  const user = await sitDown(sessions);
  await user.until(() => user.backend.panes.size === 4, 'panes open');
  const pane = user.backend.panes.get(sessionId('s1aa'))!;
  expect(pane).toMatchObject({ cols: 38, visibility: 2 });
  for (let step = 0; step < 200; step++) user.terminal.resize(30 + ((step * 7) % 170), 6 + ((step * 3) % 44));
  user.terminal.resize(200, 50);
  await user.sees(/CMD .*q detach/);
  expect(pane.cols).toBe(98);
  await user.press('?');
  expect(pane.visibility).toBe(2);
  await user.escape();
  await user.press('d');
  await user.sees('src/auth/login.ts');
  expect(pane.visibility).toBe(0);
});

test('at 20x5 the window is too small, and comes back', async () => {
  const user = await sitDown(sessions, { cols: 20, rows: 5 });
  await user.sees('window too small');
  user.terminal.resize(80, 24);
  await user.sees('1 claude');
});

test('one pane without chrome takes the whole window', async () => {
  const user = await sitDown(sessions, { cols: 60, rows: 10 }, { zoom: '2' });
  await user.until(() => user.backend.panes.size === 1, 'pane open');
  expect(user.backend.panes.get(sessionId('s2bb'))).toMatchObject({ cols: 60, rows: 10 });
  user.backend.show('s2bb', ['top line', '', '', '', '', '', '', '', '', 'bottom line']);
  await user.sees('top line');
  expect(user.terminal.text().at(0)).toBe('top line');
  expect(user.terminal.text().at(-1)).toBe('bottom line');
  await user.press('x');
  expect(user.backend.panes.get(sessionId('s2bb'))!.input).toBe('x');
});

test('the wheel scrolls back, typing comes forward again', async () => {
  const user = await sitDown([makeSession('s1aa')]);
  await user.until(() => user.backend.panes.size === 1, 'pane open');
  user.backend.show('s1aa', ['live line'], { history: 500 });
  await user.sees('live line');
  user.terminal.type('\x1b[<64;10;10M');
  await user.sees('old 497');
  await user.sees('SCROLL');
  await user.press('\rx');
  await user.sees('live line');
  await user.seesNot('old 497');
});

test('copy mode selects across history and copies with OSC 52', async () => {
  const user = await sitDown([makeSession('s1aa')]);
  await user.until(() => user.backend.panes.size === 1, 'pane open');
  user.backend.show('s1aa', ['first', 'second'], { history: 300 });
  await user.sees('second');
  await user.press('v');
  await user.sees('COPY');
  await user.press('kkVj');
  await user.sees('old 299');
  await user.press('y');
  await user.until(() => user.terminal.copied.length === 1, 'copied');
  expect(user.terminal.copied[0]).toBe('old 299\nfirst');
  expect(user.app.state().copy).toBeNull();
});

test('who has scrolled back stays on the text until it is gone, then on the oldest there is', async () => {
  const user = await sitDown([makeSession('s1aa')]);
  await user.until(() => user.backend.panes.size === 1, 'pane open');
  user.backend.show('s1aa', ['live line'], { history: 500, oldest: 100 });
  await user.sees('live line');
  user.terminal.type('\x1b[<64;10;10M'.repeat(10));
  await user.sees('old 570');
  user.backend.show('s1aa', ['live line 2'], { history: 500, oldest: 570 });
  await user.until(() => user.terminal.text()[2]?.includes('old 570') === true, 'the same line on top');
  user.backend.show('s1aa', ['live line 3'], { history: 500, oldest: 2000 });
  await user.until(() => user.terminal.text()[2]?.includes('old 2000') === true, 'the oldest line on top');
  user.backend.show('s1aa', ['cleared'], { history: 0, oldest: 2500 });
  await user.sees('cleared');
  await user.seesNot('SCROLL');
});

test('a selection in copy mode stays on its text while lines are dropped', async () => {
  const user = await sitDown([makeSession('s1aa')]);
  await user.until(() => user.backend.panes.size === 1, 'pane open');
  user.backend.show('s1aa', ['first', 'second'], { history: 300 });
  await user.sees('second');
  await user.press('vkkV');
  user.backend.show('s1aa', ['other'], { history: 300, oldest: 250 });
  await user.press('k');
  await user.sees('old 298');
  await user.press('y');
  await user.until(() => user.terminal.copied.length === 1, 'copied');
  expect(user.terminal.copied[0]).toBe('old 298\nold 299');
});

test('dragging the mouse inside a pane copies from it', async () => {
  const user = await sitDown([makeSession('s1aa')]);
  await user.until(() => user.backend.panes.size === 1, 'pane open');
  user.backend.show('s1aa', ['take these words']);
  await user.sees('take these words');
  user.terminal.type('\x1b[<0;7;3M\x1b[<32;11;3M\x1b[<0;11;3m');
  await user.until(() => user.terminal.copied.length === 1, 'copied');
  expect(user.terminal.copied).toEqual(['these']);
});

test('a click selects a pane, a click on a key of the bar presses it', async () => {
  const user = await sitDown(sessions);
  await user.sees('4 claude');
  user.terminal.type('\x1b[<0;60;5M\x1b[<0;60;5m');
  expect(user.app.state().selected).toBe('s2bb');
  const at = user.bar.indexOf('? help') + 1;
  user.terminal.type(`\x1b[<0;${at};24M\x1b[<0;${at};24m`);
  await user.sees('type to filter');
});

test('a program with more rows than there is room for shows those that end with its cursor', async () => {
  const user = await sitDown([makeSession('s1aa')]);
  await user.until(() => user.backend.panes.size === 1, 'pane open');
  // As one that has ended in a larger window, or that another window sizes.
  user.backend.panes.get(sessionId('s1aa'))!.rows = 40;
  user.backend.show(
    's1aa',
    Array.from({ length: 36 }, (_, line) => `output ${line}.`),
  );
  await user.sees('output 35.');
  await user.seesNot('output 3.');
  const y = user.terminal.text().findIndex((line) => line.includes('output 30.')) + 1;
  user.terminal.type(`\x1b[<0;3;${y}M\x1b[<32;12;${y}M\x1b[<0;12;${y}m`);
  await user.until(() => user.terminal.copied.length === 1, 'copied');
  expect(user.terminal.copied[0]).toContain('utput 30');
});
