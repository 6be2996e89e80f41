// Who gets what is typed, and what is typed while nobody can get it, on a terminal and a server in memory.
import { afterEach, expect, test } from 'vitest';
import { makeSession, sessionId, sessions, statusOf } from '../../test/golden/fixture.ts';
import { allLeave, escapeKey, sitDown } from '../../test/golden/user.ts';
import { PaneMode } from '../terminal/engine.ts';

afterEach(allLeave);

test('enter goes into the pane, the leader comes back, twice it goes through', async () => {
  const user = await sitDown(sessions);
  await user.until(() => user.backend.panes.size === 4, 'panes open');
  const pane = user.backend.panes.get(sessionId('s1aa'))!;
  expect(user.bar).toContain('CMD');
  await user.press('\rqjn');
  expect(pane.input).toBe('qjn');
  await user.sees('TERM');
  await user.press('\x11');
  await user.until(() => user.bar.includes('CMD'), 'CMD');
  await user.press('\x11');
  expect(pane.input).toBe('qjn\x11');
  await user.until(() => user.bar.includes('TERM'), 'TERM');
});

test('the leader after another key goes back to TERM and is not sent', async () => {
  const user = await sitDown(sessions);
  await user.until(() => user.backend.panes.size === 4, 'panes open');
  await user.press('\r\x11j\x11');
  expect(user.app.state().mode).toBe('term');
  expect(user.app.state().selected).toBe('s2bb');
  expect([...user.backend.panes.values()].map((pane) => pane.input).join('')).toBe('');
});

test('escape reaches the program at once', async () => {
  const user = await sitDown(sessions);
  await user.until(() => user.backend.panes.size === 4, 'panes open');
  await user.press('\r');
  user.terminal.type(escapeKey);
  expect(user.backend.panes.get(sessionId('s1aa'))!.input).toBe('\x1b');
});

test('a program that asked for it is told when the keys come and go', async () => {
  const user = await sitDown(sessions);
  await user.until(() => user.backend.panes.size === 4, 'panes open');
  user.backend.show('s1aa', ['x'], { modes: PaneMode.focusEvents });
  await user.press('\r\x11');
  expect(user.backend.panes.get(sessionId('s1aa'))!.input).toBe('\x1b[I\x1b[O');
});

test('a paste is wrapped only for a program that asked for it', async () => {
  const user = await sitDown(sessions);
  await user.until(() => user.backend.panes.size === 4, 'panes open');
  await user.press('\r');
  user.terminal.type('\x1b[200~one\ntwo\x1b[201~');
  const pane = user.backend.panes.get(sessionId('s1aa'))!;
  expect(pane.input).toBe('one\rtwo');
  user.backend.show('s1aa', ['x'], { modes: PaneMode.bracketedPaste });
  user.terminal.type('\x1b[200~three\x1b[201~');
  expect(pane.input).toBe('one\rtwo\x1b[200~three\x1b[201~');
});

test('a disabled action says why instead of doing something', async () => {
  const user = await sitDown([makeSession('s1aa', { run: null, status: statusOf('exited') })]);
  await user.sees('exited');
  await user.press('\r');
  await user.sees('the program is not running');
  expect(user.app.state().mode).toBe('cmd');
});

test('what is typed while the server is away goes nowhere, also when it is back, until the user types again', async () => {
  const user = await sitDown(sessions);
  await user.until(() => user.backend.panes.size === 4, 'panes open');
  const pane = user.backend.panes.get(sessionId('s1aa'))!;
  await user.press('\rgit ');
  Object.assign(user.backend.stream, { connected: false });
  await user.press('c');
  await user.sees('not sent: there is no server now');
  await user.sees('ctrl+q and enter, then look what is there and type the rest');
  Object.assign(user.backend.stream, { connected: true });
  await user.press('lean -xdf\r');
  user.terminal.type('\x1b[200~paste\x1b[201~');
  await user.until(() => user.bar.includes('the keys go nowhere: there is no server now'), 'said in the bar');
  expect(pane.input).toBe('git ');
  await user.press('\x11\rstatus');
  expect(pane.input).toBe('git status');
  await user.until(() => user.bar.includes('keys go to'), 'said in the bar');
});

test('a program that did not take a paste whole gets nothing more until the user has looked', async () => {
  const user = await sitDown(sessions);
  await user.until(() => user.backend.panes.size === 4, 'panes open');
  const pane = user.backend.panes.get(sessionId('s1aa'))!;
  await user.press('\r');
  pane.listener.refused('the program does not read');
  await user.press('\r');
  await user.sees('not sent: the program does not read');
  expect(pane.input).toBe('');
});
