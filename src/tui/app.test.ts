// The whole TUI on a terminal in memory and a server in memory: press bytes, read cells.
import { afterEach, describe, expect, test } from 'vitest';
import { createFakeBackend } from '../../test/golden/fake-backend.ts';
import { makeSession, now, question, sessionId, sessions, statusOf } from '../../test/golden/fixture.ts';
import { allLeave, escapeKey, sitDown } from '../../test/golden/user.ts';
import { PaneMode } from '../terminal/engine.ts';
import type { Backend } from './backend.ts';

afterEach(allLeave);

describe('starting', () => {
  test('the frame is drawn before the server is reached', async () => {
    const never = new Promise<Backend>(() => undefined);
    const user = await sitDown([], undefined, { connect: () => never, ready: false });
    await user.sees('connecting to the server');
    expect(user.bar).toContain('CMD');
  });

  test('a server that cannot be reached ends the program with its failure', async () => {
    const failure = createFakeBackend([]).failure({ code: 'server-start' });
    const user = await sitDown([], undefined, { connect: () => Promise.reject(failure), ready: false });
    await expect(user.app.ended).rejects.toBe(failure);
  });

  test('without sessions the composer is the first screen', async () => {
    const user = await sitDown([]);
    await user.sees('what should the agents do?');
  });

  test('outside a repository it says so and what to do', async () => {
    const user = await sitDown([], undefined, { ready: false });
    user.backend.answers.inspect = () => {
      throw user.backend.failure({ message: '/tmp is not inside a git repository', remedy: 'go to one' });
    };
    user.backend.setState({ kind: 'ready', hello: {} as never });
    await user.sees('/tmp is not inside a git repository');
    await user.sees('go to one');
  });
});

describe('a new session', () => {
  test('one agent: text and one key from the composer, two from the panes', async () => {
    const user = await sitDown(sessions);
    await user.sees('claude');
    await user.press('n');
    await user.sees('[x]1 claude');
    await user.press('add a changelog\r');
    await user.until(() => user.backend.called('create').length === 1, 'created');
    expect(user.backend.called('create')[0]).toMatchObject({
      body: { prompt: 'add a changelog', agents: [{ agent: 'claude', count: 1 }], repo: '/home/ada/api-server' },
    });
    await user.sees('○ starting');
    expect(user.app.state().screen.kind).toBe('panes');
  });

  test('three agents take five keys', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    await user.press('n');
    await user.sees('[x]1 claude');
    await user.press('go\t23\r');
    await user.until(() => user.backend.called('create').length === 1, 'created');
    expect(user.backend.called('create')[0]).toMatchObject({
      body: {
        prompt: 'go',
        agents: [
          { agent: 'claude', count: 1 },
          { agent: 'codex', count: 1 },
          { agent: 'gemini', count: 1 },
        ],
      },
    });
  });

  test('three times the same agent takes five keys too', async () => {
    const user = await sitDown([]);
    await user.sees('[x]1 claude');
    await user.press('go\t++\r');
    await user.until(() => user.backend.called('create').length === 1, 'created');
    expect(user.backend.called('create')[0]).toMatchObject({ body: { agents: [{ agent: 'claude', count: 3 }] } });
  });

  test('a refusal keeps the text and says what to do', async () => {
    const user = await sitDown([]);
    await user.sees('[x]1 claude');
    user.backend.answers.create = () => {
      throw user.backend.failure({ message: 'the repository has no commit', remedy: 'make one first' });
    };
    await user.press('my long prompt\r');
    await user.sees('the repository has no commit');
    await user.sees('make one first');
    await user.sees('my long prompt');
  });

  test('an agent that cannot be started says why', async () => {
    const user = await sitDown([]);
    await user.sees('[!]4 copilot');
    await user.press('\t4');
    await user.sees('run copilot once and sign in');
    expect(user.app.state().composer.counts.has('copilot')).toBe(false);
  });
});

describe('who gets the keys', () => {
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
});

describe('panes', () => {
  test('show what their programs show, and frames are acknowledged once drawn', async () => {
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

  test('are resized with the window, hidden when covered, and survive a storm of resizes', async () => {
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
});

describe('the jobs', () => {
  test('a waiting session rings and is answered in two keys, bound to what it asked', async () => {
    const user = await sitDown([makeSession('s1aa'), makeSession('s2bb', { createdAt: now })]);
    await user.sees('2 demo');
    user.backend.tell({
      kind: 'run.status',
      session: sessionId('s2bb'),
      status: statusOf('waiting', { question, since: now }),
    });
    await user.sees('WAITS');
    expect(user.terminal.bells).toBe(1);
    expect(user.terminal.notifications).toEqual(['demo waits: Allow command? npm test']);
    await user.press('i1');
    await user.until(() => user.backend.called('answer').length === 1, 'answered');
    expect(user.backend.called('answer')[0]).toEqual({ params: { id: 's2bb' }, body: { digit: '1', digest: 'd1' } });
  });

  test('the diff is walked by hunk and file, and q goes back', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    await user.press('d');
    await user.sees('@@ -1,4 +1,5 @@');
    await user.press('n');
    expect(user.app.state().screen).toMatchObject({ diff: { top: 6 } });
    await user.press(']');
    await user.until(() => user.backend.called('fileDiff').length === 2, 'second file asked');
    await user.press('q');
    await user.sees('2 codex');
  });

  test('a failed diff says what happened and can be read again', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    user.backend.answers.diff = () => {
      throw user.backend.failure({ message: 'the base commit is gone' });
    };
    await user.press('d');
    await user.sees('the base commit is gone');
    delete user.backend.answers.diff;
    await user.press('r');
    await user.sees('@@ -1,4 +1,5 @@');
  });

  test('one key ships; a failed step says what to do and the same key tries again', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    await user.press('s');
    await user.until(() => user.backend.called('ship').length === 1, 'shipped');
    const session = sessionId('s1aa');
    user.backend.tell({ kind: 'ship.step', session, step: 'push', output: 'pushing' });
    await user.sees('pushing');
    await user.press('s');
    expect(user.backend.called('ship')).toHaveLength(1);
    const failure = { code: 'push-rejected', message: 'the push was rejected', remedy: 'fetch first' };
    user.backend.tell({ kind: 'ship.failed', session, step: 'push', failure, at: now });
    await user.sees('the push was rejected');
    await user.press('s');
    await user.until(() => user.backend.called('ship').length === 2, 'tried again');
  });

  test('a refused ship says why where the steps are', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    user.backend.answers.ship = () => {
      throw user.backend.failure({ message: 'the agent is still working', remedy: 'wait for it' });
    };
    await user.press('s');
    await user.sees('the agent is still working');
    await user.sees('wait for it');
    expect(user.app.state().toasts).toEqual([]);
  });

  test('the ship dialog takes a message and may leave out the push', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    await user.press('Smy message\t\r');
    await user.until(() => user.backend.called('ship').length === 1, 'shipped');
    expect(user.backend.called('ship')[0]).toMatchObject({ body: { message: 'my message', push: false } });
  });

  test('a broadcast goes to the marked ones and says who took it', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    await user.press(' jj b');
    await user.sees('send to 2 sessions');
    await user.press('run the tests\r');
    await user.sees('2 of 2 took it');
    expect(user.backend.called('broadcast')[0]).toEqual({
      body: { sessions: ['s1aa', 's3cc'], text: 'run the tests' },
    });
  });

  test('looking at a finished session says that it was seen, once', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    await user.press('3');
    expect(user.backend.called('seen')).toHaveLength(0);
    await user.press('z');
    await user.press('z');
    await user.press('z');
    expect(user.backend.called('seen')).toEqual([{ params: { id: 's3cc' } }]);
  });

  test('the palette finds sessions and commands', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    await user.press(':flaky\r');
    expect(user.app.state().selected).toBe('s4dd');
    await user.press(':>zoom\r');
    expect(user.app.state().arrangement).toBe('zoom');
  });

  test('help is filtered by typing', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    await user.press('?broadcast');
    await user.sees('broadcast.open');
    await user.seesNot('session.stop');
  });

  test('stopping everything lists what would end and asks', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    await user.press('Q');
    await user.sees('4 programs end');
    await user.press('n');
    await user.seesNot('4 programs end');
    expect(user.backend.called('stopServer')).toHaveLength(0);
    await user.press('Q');
    await user.sees('4 programs end');
    await user.press('y');
    expect(await user.app.ended).toBe('stopped');
  });

  test('q detaches and gives the terminal back', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    await user.press('q');
    expect(await user.app.ended).toBe('detached');
    expect(user.terminal.screen.modes & PaneMode.alternateScreen).toBe(0);
  });

  test('the theme changes at once and is kept', async () => {
    const saved: unknown[] = [];
    const user = await sitDown(sessions, undefined, {
      savePreferences: (preferences) => {
        saved.push(preferences);
        return Promise.resolve();
      },
    });
    await user.sees('1 claude');
    await user.press(',');
    await user.sees('high-contrast');
    await user.press('j\r');
    await user.until(() => saved.length === 1, 'saved');
    expect(saved).toEqual([{ theme: 'light' }]);
  });
});

describe('the server', () => {
  test('a lost server is a banner, and goes when it is back', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    user.backend.setState({
      kind: 'lost',
      failure: { code: 'server-lost', message: 'the sesame server went away', remedy: 'it is being started again' },
    });
    await user.sees('the sesame server went away');
    await user.press('s');
    await user.sees('the server is not connected');
    user.backend.setState({ kind: 'ready', hello: {} as never });
    await user.seesNot('the sesame server went away');
  });

  test('what is typed while it is away goes nowhere, also when it is back, until the user types again', async () => {
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

  test('a program may not set the clipboard without the user', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    user.backend.tell({ kind: 'run.clipboard', session: sessionId('s1aa'), text: 'rm -rf /' });
    await user.sees('asks to put 8 characters on the clipboard');
    expect(user.terminal.copied).toEqual([]);
    await user.press('Y');
    expect(user.terminal.copied).toEqual(['rm -rf /']);
  });

  test('text from outside cannot control the terminal', async () => {
    const user = await sitDown([makeSession('s1aa', { title: 'evil\x1b]0;owned\x07\x1b[2Jtitle' })]);
    await user.sees('evil');
    expect(user.terminal.titles).not.toContain('owned');
    expect(user.bar).toContain('CMD');
  });
});
