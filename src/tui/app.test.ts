// The whole TUI on a terminal in memory and a server in memory: press bytes, read cells.
import { afterEach, describe, expect, test } from 'vitest';
import { createFakeBackend } from '../../test/golden/fake-backend.ts';
import { makeSession, now, question, sessionId, sessions, statusOf } from '../../test/golden/fixture.ts';
import { allLeave, sitDown } from '../../test/golden/user.ts';
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

  test('a server that does not answer the first question either can be put away', async () => {
    const { promise: started, resolve: start } = Promise.withResolvers<void>();
    const backend = createFakeBackend(sessions);
    let kills = 0;
    const user = await sitDown([], undefined, {
      ready: false,
      connect: (slow) => {
        slow();
        return started.then(() => backend);
      },
      killServer: () => Promise.resolve(kills++),
    });
    await user.sees('the server does not answer · agents keep running · ctrl+r restarts it');
    await user.press('\x12');
    await user.sees('connecting to the server');
    // Somebody impatient: the next server is on its way, and must be left alone.
    await user.press('\x12');
    await user.sees('restart the server: there is none to be ended');
    expect(kills).toBe(1);
    start();
    backend.setState({ kind: 'ready', hello: {} as never });
    await user.sees('1 claude');
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

  test('what could not be read without the server is read when it is back', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    user.backend.answers.fileDiff = () => {
      throw user.backend.failure({ code: 'no-server', message: 'no sesame server is running' });
    };
    await user.press('d');
    await user.sees('no sesame server is running');
    delete user.backend.answers.fileDiff;
    const failure = {
      code: 'server-lost',
      message: 'the sesame server went away',
      remedy: 'it is being started again',
    };
    user.backend.setState({ kind: 'lost', failure });
    user.backend.setState({ kind: 'ready', hello: {} as never });
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

  test('s asks the server also when the figures know of no change: they may be older than the last one', async () => {
    const stale = makeSession('s1aa', { diff: { files: 0, insertions: 0, deletions: 0 } });
    const user = await sitDown([stale]);
    await user.sees('1 demo');
    await user.press('s');
    await user.until(() => user.backend.called('ship').length === 1, 'shipped');
  });

  test('the cost of the day is that of today: the next day begins without one', async () => {
    let time = now;
    const user = await sitDown([makeSession('s1aa')], undefined, { now: () => time });
    await user.sees('1 demo');
    const usage = { inputTokens: 10, outputTokens: 5, cachedTokens: 0, cost: 1.5 };
    user.backend.tell({ kind: 'usage', session: sessionId('s1aa'), usage, costToday: 1.5 });
    await user.sees('$1.50 today');
    time += 24 * 60 * 60 * 1000;
    await user.press('?');
    await user.seesNot('today');
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

  test('a light terminal gets the light theme, until the user chooses one', async () => {
    const saved: unknown[] = [];
    const user = await sitDown(sessions, undefined, {
      savePreferences: (preferences) => {
        saved.push(preferences);
        return Promise.resolve();
      },
    });
    await user.sees('1 claude');
    const white = '\x1b]11;rgb:ffff/ffff/ffff\x1b\\';
    user.terminal.type(white);
    await user.until(() => user.app.state().theme === 'light', 'it is light');
    expect(saved).toEqual([]);
    await user.press(',');
    await user.sees('high-contrast');
    await user.press('k\r');
    await user.until(() => saved.length === 1, 'saved');
    expect(saved).toEqual([{ theme: 'dark' }]);
    user.terminal.type(white);
    expect(user.app.state().theme).toBe('dark');
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

  test('one that does not answer gets no keys, and a key puts another in its place', async () => {
    let kills = 0;
    const user = await sitDown(sessions, undefined, { killServer: () => Promise.resolve(kills++) });
    await user.sees('1 claude');
    await user.press('\r');
    await user.press('a');
    user.backend.setState({ kind: 'silent', hello: {} as never });
    await user.sees('the server does not answer · agents keep running · ctrl+q ctrl+r restarts it');
    await user.press('b');
    await user.sees('not sent: the server does not answer');
    expect([...user.backend.panes.values()].map(({ input }) => input).join('')).toBe('a');
    await user.press('\x11\x12');
    expect(kills).toBe(1);
    user.backend.setState({ kind: 'ready', hello: {} as never });
    await user.seesNot('restarts it');
    await user.press('\x12');
    await user.sees('restart the server: the server answers');
  });

  test('what was stopped on purpose may have ended its agents: nothing is said of them', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    user.backend.setState({ kind: 'stopped' });
    await user.sees('the sesame server was stopped · start it with `sesame server start`');
  });

  test('who presses a key or looks wants to know whether the server is there', async () => {
    const user = await sitDown(sessions);
    await user.sees('1 claude');
    const looks = (): number => user.backend.calls.filter(({ name }) => name === 'check').length;
    const before = looks();
    await user.press('j');
    expect(looks()).toBe(before + 1);
    // And who looks at a clock that runs.
    await user.until(() => looks() > before + 1, 'asked without a key');
    expect(user.backend.calls.at(-1)).toEqual({ name: 'check', options: 10_000 });
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
