// Amp's own words and screens, as version 0.0.1790142911 wrote them, and what is made of them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { launchInput } from '../../../test/support/launch-input.ts';
import { Secret } from '../../domain/secret.ts';
import type { AgentSignal, LaunchInput, StatusChange } from '../agent.ts';
import { answerChoice, readChoices } from './choices.ts';
import { useCredential } from './credentials.ts';
import { ampDetector } from './detector.ts';
import { launch } from './launch.ts';
import { plugin } from './plugin.ts';
import { prepare } from './prepare.ts';
import { taskParser } from './task.ts';

const input = (change: Partial<LaunchInput> = {}): LaunchInput =>
  launchInput({
    binary: ['/opt/amp'],
    newConversation: 'unused',
    repository: null,
    sharedDirectory: '/state/agents/amp/shared',
    token: 't',
    ...change,
  });

const now = Date.parse('2026-11-21T12:00:00Z');
const word = (change: StatusChange): string => {
  if (change.state === 'waiting') return `waiting:${change.wait}`;
  return change.state === 'failed' ? `failed:${change.reason}` : change.state;
};
const conclude = (...signals: AgentSignal[]): StatusChange[] => {
  const detector = ampDetector(() => now);
  return signals.flatMap((signal) => detector.push(signal));
};
const words = (...signals: AgentSignal[]): string =>
  conclude(...signals)
    .map(word)
    .join(' ');
const said = (state: string, text = ''): AgentSignal => ({ kind: 'hook', line: JSON.stringify({ state, text }) });
const title = (text: string): AgentSignal => ({ kind: 'title', text });
const screen = (...rows: string[]): AgentSignal => ({ kind: 'screen', rows });
const inputBox = (label: string): string[] => ['╭─────── medium ─╮', '│                │', `╰${label}──── ~/wt ─╯`];
const busy = screen(' ┃ fix it', ...inputBox(' ≈ Running Tools '));
const quiet = screen(' ┃ fix it', ' Written.', ...inputBox(''));
const dialog = [
  '╭─ Approval Required ──────────────────────────────────╮',
  '│                                                      │',
  '│ Bash:                                                │',
  '│   npm test                                           │',
  '│                                                      │',
  "│ Matches user permissions rule 14: ask '*'            │",
  '│                                                      │',
  '│ ‣ Allow Once                                         │',
  '│   Reject with feedback                               │',
  '│   Allow All for This Session                         │',
  '│   Allow All for Every Session                        │',
  '│                                                      │',
  '╰─────────── ↑/↓/j/k move · Enter select · Esc cancel ─╯',
];
const approval = screen(' I write it.', ...dialog, ...inputBox(' ∼ Running Tools '));
const errorBox = (heading: string, text: string, retry = 'Retry'): AgentSignal =>
  screen(
    ' ┃ fix it',
    '╭────────────────────────────────────────────╮',
    `│ ${heading.padEnd(43)}│`,
    '│                                            │',
    `│ ${text.padEnd(43)}│`,
    '│                                            │',
    `│ ${`‣ ${retry}`.padEnd(43)}│`,
    `│ ${'  Dismiss'.padEnd(43)}│`,
    '╰────────────────────────────────────────────╯',
  );
const pressed = (change: { submitted: boolean; interrupt?: boolean }): AgentSignal => ({ kind: 'input', ...change });

describe('launch', () => {
  test('the prompt is read from its file through standard input', () => {
    const { argv, paste } = launch(input());
    expect(argv).toEqual(['/bin/sh', '-c', 'exec "$@" < "$0"', '/state/s7k2/prompt.txt', '/opt/amp', '--no-ide']);
    expect(paste).toBeNull();
  });

  test('a thread is continued in the terminal without a prompt', () => {
    expect(launch(input({ resume: { conversation: 'T-1' } })).argv).toEqual([
      '/opt/amp',
      'threads',
      'continue',
      'T-1',
      '--no-ide',
    ]);
  });

  test('a task prints JSON and keeps its thread; its model is a mode', () => {
    const { argv, sources } = launch(input({ mode: 'task', model: 'high' }));
    expect(argv.slice(4)).toEqual([
      '/opt/amp',
      '--execute',
      '--stream-json',
      '--no-archive-after-execute',
      '--no-ide',
      '--mode',
      'high',
    ]);
    expect(sources).toEqual([]);
  });

  test('nothing is written and no directory is moved with the user’s own configuration', () => {
    const own = input({ ownConfig: true });
    expect(prepare(own)).toEqual([]);
    expect(Object.keys(launch(own).env).filter((name) => /XDG|SETTINGS/.test(name))).toEqual([]);
  });

  test('the welcome tour is dismissed and updates are off before the first start', () => {
    const files = new Map(prepare(input()).map(({ path, content }) => [path, content]));
    expect(JSON.parse(files.get('data/amp/session.json') ?? '')).toEqual({ neoWelcomeDismissed: true });
    expect(JSON.parse(files.get('config/amp/settings.json') ?? '')).toMatchObject({ 'amp.updates.mode': 'disabled' });
  });

  test.each([
    ['ask', 'apply_patch', 'ask'],
    ['ask', 'web_search', 'allow'],
    ['accept-edits', 'apply_patch', 'allow'],
    ['accept-edits', 'shell_command', 'ask'],
  ] as const)('with %s the first rule for %s says %s', (permissions, tool, action) => {
    const settings = prepare(input({ permissions })).find(({ path }) => path.endsWith('settings.json'));
    const rules = JSON.parse(settings?.content ?? '')['amp.permissions'] as Array<{ tool: string; action: string }>;
    expect(rules.find((rule) => rule.tool === tool || rule.tool === '*')?.action).toBe(action);
  });

  test('the access token goes into the environment only', () => {
    const values = new Map([['AMP_API_KEY', new Secret('sgamp_user_x')]]);
    expect(useCredential({ method: 'api-key', source: 'environment', values })).toEqual({
      env: { AMP_API_KEY: 'sgamp_user_x' },
      unset: [],
      files: [],
    });
  });
});

describe('the plugin', () => {
  test('appends the thread, its states and the last words of a turn', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'amp-plugin-'));
    try {
      const path = join(directory, "it's.jsonl");
      writeFileSync(join(directory, 'plugin.mjs'), plugin(path));
      const { default: start } = await import(pathToFileURL(join(directory, 'plugin.mjs')).href);
      let state: (name: string) => void = () => undefined;
      let handler: (event: object) => void = () => undefined;
      start({
        on: (_: string, call: (event: object) => void) => {
          handler = call;
        },
        activeThread: { current: { id: 'T-1' }, subscribe: () => undefined },
        threads: {
          get: () => ({
            messages: async () => [{ content: [{ type: 'text', text: 'Written.' }] }],
            state: {
              subscribe: ({ next }: { next: (name: string) => void }) => {
                state = next;
                return { unsubscribe: () => undefined };
              },
            },
          }),
        },
      });
      handler({ thread: { id: 'T-1' } });
      state('running');
      state('idle');
      const lines = () =>
        readFileSync(path, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
      await expect
        .poll(lines)
        .toEqual([{ thread: 'T-1' }, { state: 'running', text: '' }, { state: 'idle', text: 'Written.' }]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('status', () => {
  test('a turn that ends is done, with the last line the agent said', () => {
    const changes = conclude(said('idle'), said('running'), busy, said('idle', 'I did it.\nAll tests pass.'), quiet);
    expect(changes.map(word)).toEqual(['idle', 'working', 'done']);
    expect(changes.at(-1)).toMatchObject({ message: 'All tests pass.', evidence: { signal: 'report' } });
  });

  test('it is not done before the screen shows how the turn ended', () => {
    expect(words(said('running'), busy, said('idle'))).toBe('working');
    expect(words(said('running'), busy, said('idle'), quiet, quiet)).toBe('working done');
    expect(words(said('running'), busy, said('idle'), errorBox('Error', 'Internal server error (500)'))).toBe(
      'working failed:overloaded',
    );
  });

  test('the approval dialog counts although the thread says that it runs', () => {
    const changes = conclude(said('running'), busy, approval);
    expect(changes.map(word)).toEqual(['working', 'waiting:permission']);
    expect(changes.at(-1)).toMatchObject({ message: 'Bash: npm test', evidence: { signal: 'report' } });
  });

  test('an answered dialog that is still drawn does not ask again; one that stays does', () => {
    const asked = [said('running'), approval, pressed({ submitted: true })];
    expect(words(...asked, approval, busy, said('idle'), quiet)).toBe('working waiting:permission working done');
    expect(words(...asked, approval, approval, approval)).toBe('working waiting:permission working waiting:permission');
  });

  test('without a report the title tells: in the user’s own configuration', () => {
    const changes = conclude(title('amp - ~/wt'), title('⣛ amp - ~/wt'), busy, title('fix - amp - ~/wt'), quiet);
    expect(changes.map(word)).toEqual(['working', 'done']);
    expect(changes.at(-1)?.evidence.signal).toBe('title');
  });

  test('an interrupted turn is idle, not done', () => {
    const esc = pressed({ submitted: false, interrupt: true });
    expect(words(said('running'), busy, esc, esc, said('idle'), quiet)).toBe('working idle');
  });

  test('a single escape that stopped nothing does not hide that the turn was done', () => {
    const turning = Array.from({ length: 12 }, (_, at) => title(`${at % 2 === 0 ? '⣛' : '⠭'} amp - ~/wt`));
    const esc = pressed({ submitted: false, interrupt: true });
    expect(words(said('running'), busy, esc, ...turning, said('idle'), quiet)).toBe('working done');
  });

  test.each([
    ['Unauthorized', '401 Unauthorized', 'auth'],
    ['Error', 'Rate limit exceeded. Try again shortly.', 'rate-limit'],
    ['Usage Quota Exceeded', "You've exceeded your usage quota of $10.", 'rate-limit'],
    ['Out of Credits', 'Add credits to keep using Amp.', 'rate-limit'],
    ['Model Provider Overloaded', 'Try again in a few seconds.', 'overloaded'],
    ['Model Stream Timed Out', 'The model stopped sending data before finishing.', 'network'],
    ['Context Limit Reached', 'Start a new thread to continue.', 'agent'],
  ])('the box %s: %s', (heading, text, reason) => {
    expect(words(said('running'), said('idle'), errorBox(heading, text))).toBe(`working failed:${reason}`);
  });

  test('a retry that is scheduled says when, and the seconds that count down change nothing', () => {
    const changes = conclude(
      said('running'),
      errorBox('Error', 'Rate limit exceeded.', 'Retry (auto-retry in 8s)'),
      errorBox('Error', 'Rate limit exceeded.', 'Retry (auto-retry in 7s)'),
      busy,
    );
    expect(changes.map(word)).toEqual(['working', 'failed:rate-limit', 'working']);
    expect(changes[1]).toMatchObject({ retryAt: now + 8000 });
  });

  test('a dismissed error leaves it idle, not done', () => {
    expect(words(said('running'), said('idle'), errorBox('Error', 'Overloaded'), quiet)).toBe(
      'working failed:overloaded idle',
    );
  });

  test.each([
    ["Error: Invalid or missing API key. Run 'amp login' to authenticate.", 'failed:auth'],
    ["Error: Access token expired. Run 'amp login' to refresh.", 'failed:token-expired'],
    ["Error: Couldn't connect to the Amp server at http://127.0.0.1:9.", 'failed:network'],
    ['Would you like to log in to Amp? [(y)es, (n)o]:', 'waiting:auth'],
  ])('before there is a thread: %s', (row, expected) => {
    expect(words(screen(row))).toBe(expected);
  });

  test('a thread that cannot be loaded is said: what is typed would begin another one', () => {
    const rows = ['╭────────────────╮', '│ ✕ Failed to load T-1: it is gone │', '╰────────────────╯'];
    expect(words(screen('Welcome to Amp', ...inputBox('')), screen(...rows, 'Welcome to Amp', ...inputBox('')))).toBe(
      'starting failed:agent',
    );
  });

  test('a lost connection is said while it lasts', () => {
    const lost = screen(...inputBox(' ≈ Reconnecting in 4s '));
    expect(words(said('running'), lost, busy)).toBe('working failed:network working');
  });

  test('the conversation is learned from the plugin, and from what it prints when it ends', () => {
    const detector = ampDetector();
    expect(detector.learn({ kind: 'hook', line: '{"thread":"T-1"}' })).toEqual([{ kind: 'conversation', id: 'T-1' }]);
    const id = 'T-a6772521-159a-47d1-9235-7d991dc5a6ff';
    expect(detector.learn(screen(`amp threads continue https://ampcode.com/threads/${id}`))).toEqual([
      { kind: 'conversation', id },
    ]);
  });

  test('lines that are cut off or not ours are passed over', () => {
    expect(words({ kind: 'hook', line: '{"state":"runn' }, { kind: 'hook', line: '{"state":"dancing"}' })).toBe('');
  });
});

describe('answering', () => {
  test('the choices are counted and reached by moving down', () => {
    const rows = approval.kind === 'screen' ? approval.rows : [];
    const choices = readChoices(rows);
    expect(choices.map(({ digit, label }) => `${digit} ${label}`)).toEqual([
      '1 Allow Once',
      '2 Reject with feedback',
      '3 Allow All for This Session',
      '4 Allow All for Every Session',
    ]);
    expect(choices.map((choice) => answerChoice(choice, rows))).toEqual(['\r', 'j\r', 'jj\r', 'jjj\r']);
  });

  test('they are reached from whichever is marked', () => {
    const moved = dialog.map((row) => row.replace('‣ Allow Once', '  Allow Once').replace('  Reject', '‣ Reject'));
    expect(readChoices(moved).map((choice) => answerChoice(choice, moved))).toEqual(['k\r', '\r', 'j\r', 'jj\r']);
  });

  test('there are none while nothing is marked', () => {
    expect(readChoices(dialog.map((row) => row.replace('‣', ' ')))).toEqual([]);
  });
});

describe('task', () => {
  const parse = (name: string) => {
    const parser = taskParser();
    const lines = readFileSync(new URL(`fixtures/${name}.jsonl`, import.meta.url), 'utf8')
      .trim()
      .split('\n');
    return [...lines.flatMap((line) => parser.push(line)), ...parser.end({ code: 0, signal: null })];
  };

  test('a file, a command that failed, words, tokens and the verdict', () => {
    const events = parse('task-write');
    expect(events.map((event) => (event.type === 'tool' ? `${event.name} ${event.state}` : event.type))).toEqual([
      'conversation',
      'message',
      'create_file started',
      'usage',
      'create_file done',
      'file',
      'async_shell_command started',
      'usage',
      'async_shell_command failed',
      'message',
      'usage',
      'done',
    ]);
    expect(events).toContainEqual({ type: 'file', path: '/home/dev/project/a.txt', change: 'added' });
    expect(events.findLast(({ type }) => type === 'usage')).toEqual({
      type: 'usage',
      usage: { inputTokens: 3600, outputTokens: 102, cachedTokens: 0, cost: null },
    });
    expect(events.at(-1)).toEqual({ type: 'done', ok: true, message: 'Written.' });
  });

  test('is_error counts, not the exit code 0', () => {
    expect(parse('task-overloaded').slice(-2)).toEqual([
      expect.objectContaining({ type: 'error', reason: 'overloaded', final: true }),
      expect.objectContaining({ type: 'done', ok: false }),
    ]);
  });

  test('what it says on standard error before it ends is the reason', () => {
    const parser = taskParser();
    parser.push("Error: Couldn't connect to the Amp server at http://127.0.0.1:9.");
    expect(parser.end({ code: 1, signal: null })[0]).toMatchObject({ type: 'error', reason: 'network' });
  });

  test('a task that asks to log in has failed: it would wait for ever', () => {
    const parser = taskParser();
    expect(parser.push('If your browser ... https://ampcode.com/auth/cli-login?authToken=0')).toEqual([
      expect.objectContaining({ type: 'error', reason: 'auth', final: true }),
      expect.objectContaining({ type: 'done', ok: false }),
    ]);
  });
});
