// OpenCode's own words, as version 1.18 says them, and what is made of them.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { launchInput } from '../../../test/support/launch-input.ts';
import { Secret } from '../../domain/secret.ts';
import { noColors, type ScreenColors } from '../../terminal/screen-colors.ts';
import type { AgentSignal, LaunchInput, StatusChange } from '../agent.ts';
import { answer, readChoices } from './choices.ts';
import { useCredential } from './credentials.ts';
import { opencodeDetector } from './detector.ts';
import { opencode } from './index.ts';
import { launch } from './launch.ts';
import { taskParser } from './task.ts';

const input = (change: Partial<LaunchInput> = {}): LaunchInput =>
  launchInput({
    binary: ['/opt/opencode'],
    promptFile: '/state/s/prompt.txt',
    configDirectory: '/state/s/config',
    worktree: '/home/dev/s',
    session: 's',
    newConversation: 'new-id',
    sharedDirectory: '/state/shared',
    port: 4096,
    token: 'random',
    ...change,
  });
const config = (change: Partial<LaunchInput> = {}) =>
  JSON.parse(launch(input(change)).env['OPENCODE_CONFIG_CONTENT'] ?? '') as Record<string, unknown>;

const base = 'http://127.0.0.1:4096';
const event = (type: string, properties: object): AgentSignal => ({
  kind: 'event',
  url: `${base}/event`,
  data: JSON.stringify({ id: 'evt', type, properties }),
});
const snapshot = (path: string, body: unknown): AgentSignal => ({
  kind: 'event',
  url: base + path,
  data: JSON.stringify(body),
});
const drawn: AgentSignal = { kind: 'screen', rows: ['  Ask anything…'] };
const busy = event('session.status', { sessionID: 'ses_1', status: { type: 'busy' } });
const idle = event('session.idle', { sessionID: 'ses_1' });
const word = (change: StatusChange): string => {
  if (change.state === 'waiting') return `waiting:${change.wait}`;
  return change.state === 'failed' ? `failed:${change.reason}` : change.state;
};
const conclude = (...signals: AgentSignal[]): StatusChange[] => {
  const detector = opencodeDetector();
  return signals.flatMap((signal) => detector.push(signal));
};
const words = (...signals: AgentSignal[]): string =>
  conclude(...signals)
    .map(word)
    .filter((state, index, all) => state !== all[index - 1])
    .join(' ');
const fixture = (name: string): string[] =>
  readFileSync(new URL(`fixtures/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
const recorded = (name: string): AgentSignal[] =>
  fixture(`${name}.signals`).map((line) => (JSON.parse(line) as { signal: AgentSignal }).signal);

describe('launch', () => {
  test('its server listens on our port behind a password', () => {
    const { argv, env, sources } = launch(input());
    expect(argv.join(' ')).toContain('--port 4096');
    expect(env).toMatchObject({ OPENCODE_SERVER_USERNAME: 'opencode', OPENCODE_SERVER_PASSWORD: 'random' });
    expect(sources).toMatchObject([{ kind: 'events', url: `${base}/event`, user: 'opencode', password: 'random' }]);
  });

  test('a task reads its prompt from the file', () => {
    const { argv, sources } = launch(input({ mode: 'task', permissions: 'full' }));
    expect(argv.slice(0, 4)).toEqual(['/bin/sh', '-c', 'exec "$@" < "$0"', '/state/s/prompt.txt']);
    expect(argv).toContain('--auto');
    expect(sources).toEqual([]);
  });

  test('a resumed conversation keeps its id, and it says that it cannot fork', () => {
    expect(launch(input({ resume: { conversation: 'ses_1' } }))).toMatchObject({ conversation: 'ses_1', paste: null });
    expect(opencode.features.fork).toBe(false);
  });

  test('it finds the package for plugins installed, and installs nothing', () => {
    const files = opencode.prepare(input({}));
    expect(files.map(({ path }) => path)).toContain('config/opencode/node_modules/.keep');
    const lock = files.find(({ path }) => path === 'config/opencode/package-lock.json')?.content ?? '{}';
    expect(JSON.parse(lock).packages[''].dependencies).toHaveProperty('@opencode-ai/plugin');
    expect(opencode.prepare(input({ ownConfig: true }))).toEqual([]);
  });

  test('permission levels and the model go into its configuration, on top of the owner’s', () => {
    const own = JSON.stringify({ theme: 'x', permission: { edit: 'deny', read: 'ask' }, disabled_providers: ['groq'] });
    const merged = config({ owner: { OPENCODE_CONFIG_CONTENT: own }, permissions: 'accept-edits', model: 'a/b' });
    expect(merged).toMatchObject({
      theme: 'x',
      model: 'a/b',
      autoupdate: false,
      permission: { read: 'ask', edit: 'allow', bash: 'ask' },
      disabled_providers: ['groq', 'opencode'],
    });
    expect(config({ owner: { OPENCODE_CONFIG_CONTENT: '{nonsense' } })).toMatchObject({ share: 'disabled' });
  });

  test('it keeps no copies of its own of the worktree, unless the owner wants them', () => {
    expect(config()).toMatchObject({ snapshot: false });
    expect(config({ owner: { OPENCODE_CONFIG_CONTENT: '{"snapshot":true}' } })).toMatchObject({ snapshot: true });
    expect(config({ ownConfig: true })).not.toHaveProperty('snapshot');
  });

  test('its own hosted models are used only when they were chosen', () => {
    expect(config()['disabled_providers']).toEqual(['opencode']);
    expect(config({ model: 'opencode/big' })['disabled_providers']).toEqual([]);
  });

  test('base URLs of the owner reach its providers', () => {
    const owner = {
      ANTHROPIC_BASE_URL: 'http://h/',
      OPENAI_BASE_URL: 'http://h/v1',
      GOOGLE_GEMINI_BASE_URL: 'http://h',
    };
    expect(config({ owner })['provider']).toEqual({
      anthropic: { options: { baseURL: 'http://h/v1' } },
      openai: { options: { baseURL: 'http://h/v1' } },
      google: { options: { baseURL: 'http://h/v1beta' } },
    });
  });

  test('a Gemini key gets the name that its requests read', () => {
    const values = new Map([['GEMINI_API_KEY', new Secret('g')]]);
    const use = useCredential({ method: 'api-key', source: 'environment', values });
    expect(use).toMatchObject({ env: { GOOGLE_GENERATIVE_AI_API_KEY: 'g' }, unset: ['GEMINI_API_KEY'] });
    expect(use.env).not.toHaveProperty('GEMINI_API_KEY');
  });
});

describe('status', () => {
  test('recorded: a permission, a question', () => {
    expect(words(drawn, ...recorded('permission-answer'))).toBe('idle working waiting:permission working done');
    expect(words(drawn, ...recorded('question-answer'))).toBe('idle working waiting:question working done');
    expect(conclude(...recorded('permission-answer')).at(-1)).toMatchObject({ state: 'done', message: 'Written.' });
  });

  test('nothing is idle before its composer is drawn', () => {
    expect(words(snapshot('/session/status', {}))).toBe('');
    expect(words(snapshot('/session/status', {}), drawn)).toBe('idle');
  });

  test('an attempt that is repeated says why and until when; then it works again', () => {
    const retry = { type: 'retry', attempt: 2, message: 'Rate limit reached for requests.', next: 1_800_000_000_000 };
    const repeated = event('session.status', { sessionID: 'ses_1', status: retry });
    expect(conclude(busy, repeated).at(-1)).toMatchObject({
      state: 'failed',
      reason: 'rate-limit',
      retryAt: 1_800_000_000_000,
    });
    expect(words(busy, repeated, busy, idle)).toBe('working failed:rate-limit working done');
  });

  const errors: Array<[object, string]> = [
    [{ name: 'APIError', data: { message: 'Incorrect API key provided.', statusCode: 401 } }, 'failed:auth'],
    [{ name: 'ProviderAuthError', data: { providerID: 'x', message: 'API key is missing' } }, 'failed:auth'],
    [{ name: 'APIError', data: { message: 'Provided token is expired.', statusCode: 401 } }, 'failed:token-expired'],
    [{ name: 'APIError', data: { message: 'You exceeded your quota', statusCode: 429 } }, 'failed:rate-limit'],
    [{ name: 'APIError', data: { message: 'x', statusCode: 503 } }, 'failed:overloaded'],
    [{ name: 'APIError', data: { message: 'Cannot connect to API: x' } }, 'failed:network'],
    [{ name: 'UnknownError', data: { message: 'JSON parsing failed' } }, 'failed:agent'],
    [{ name: 'MessageAbortedError', data: { message: 'Aborted' } }, 'idle'],
  ];
  test.each(errors)('after %j the end of the turn is %s', (error, state) => {
    const failed = event('session.error', { sessionID: 'ses_1', error });
    expect(words(busy, failed, idle, idle)).toMatch(new RegExp(`^working ${state}$`));
    expect(words(busy, failed, idle, busy, idle)).toMatch(new RegExp(`^working ${state} working done$`));
  });

  test('a sub-agent’s session does not end the turn, but its question waits for the user', () => {
    const child = event('session.created', { info: { id: 'ses_2', parentID: 'ses_1' } });
    const childIdle = event('session.idle', { sessionID: 'ses_2' });
    const asked = event('permission.asked', { id: 'per_1', sessionID: 'ses_2', permission: 'bash', patterns: ['ls'] });
    expect(words(busy, child, childIdle)).toBe('working');
    expect(conclude(busy, child, asked).at(-1)).toMatchObject({ state: 'waiting', message: 'bash: ls' });
  });

  test('what was missed while there was no connection is read from the snapshots', () => {
    expect(words(busy, snapshot('/session/status', {}))).toBe('working done');
    const pending = [{ id: 'que_1', sessionID: 'ses_1', questions: [{ question: 'Which?' }] }];
    expect(words(busy, snapshot('/question', pending), snapshot('/question', []))).toBe(
      'working waiting:question working',
    );
    expect(words(busy, snapshot('/permission', []), snapshot('/session/status', { ses_1: { type: 'busy' } }))).toBe(
      'working',
    );
  });

  test('the conversation’s id and its cost are learned, those of sub-agents are not', () => {
    const tokens = { input: 10, output: 5, reasoning: 2, cache: { read: 7, write: 1 } };
    const detector = opencodeDetector();
    expect(detector.learn(event('session.updated', { info: { id: 'ses_1', cost: 0.5, tokens } }))).toEqual([
      { kind: 'conversation', id: 'ses_1' },
      { kind: 'usage', usage: { inputTokens: 11, outputTokens: 7, cachedTokens: 7, cost: 0.5 } },
    ]);
    expect(detector.learn(event('session.created', { info: { id: 'ses_2', parentID: 'ses_1' } }))).toEqual([]);
  });
});

describe('answers', () => {
  const rows = ['  ┃   Allow once   Allow always   Reject      ctrl+f fullscreen  ⇆ select  enter confirm'];
  /** As it draws it: the ground of the selected button has the colour of the edge. */
  const colored = (...selected: readonly string[]): ScreenColors => ({
    foreground: (_, column) => (column === 2 ? 0x3f5a742 : 0x3808080),
    background: (_, column) => (selected.some((label) => rows[0]!.startsWith(label, column)) ? 0x3f5a742 : 0x31e1e1e),
  });

  test('the buttons of a permission: the way from the selected one, whichever it is', () => {
    const choices = readChoices(rows, colored('Allow once'));
    expect(choices.map(({ digit, label }) => `${digit} ${label}`)).toEqual([
      '1 Allow once',
      '2 Allow always',
      '3 Reject',
    ]);
    const ways = (selected: string) => choices.map((choice) => answer(choice, rows, colored(selected)));
    expect(ways('Allow once')).toEqual(['\r', '\u001b[C\r', '\u001b[C\u001b[C\r']);
    expect(ways('Allow always')).toEqual(['\u001b[D\r', '\r', '\u001b[C\r']);
    expect(ways('Reject')).toEqual(['\u001b[D\u001b[D\r', '\u001b[D\r', '\r']);
  });

  test('no answer is offered while it is not sure which button is selected', () => {
    for (const colors of [noColors, colored(), colored('Allow once', 'Reject')]) {
      expect(readChoices(rows, colors)).toEqual([]);
    }
  });

  test('the choices of a question', () => {
    const asked = ['  ┃  Which paint?', '  ┃', '  ┃  1. Reject', '  ┃     all of it', '  ┃  2. blue paint', '  ┃'];
    const whole = [...asked, '  ┃  ↑↓ select  enter submit  esc dismiss', '  ┃'];
    const choices = readChoices(whole, noColors);
    expect(choices).toEqual([
      { digit: '1', label: 'Reject' },
      { digit: '2', label: 'blue paint' },
    ]);
    expect(choices.map((choice) => answer(choice, whole, noColors))).toEqual(['1', '2']);
    expect(readChoices(asked, noColors)).toEqual([]);
  });
});

describe('task', () => {
  const run = (lines: readonly string[], code = 0) => {
    const parser = taskParser();
    return [...lines.flatMap((line) => parser.push(line)), ...parser.end({ code, signal: null })];
  };

  test('messages, tools, files, sums of usage and the verdict', () => {
    expect(run(fixture('task-write'))).toEqual([
      { type: 'conversation', id: 'ses_e0434b052ffedfzIIdo8uYr4IZ' },
      { type: 'message', role: 'agent', text: 'I will write.' },
      expect.objectContaining({ type: 'tool', name: 'write', detail: '/home/dev/project/a.txt', state: 'done' }),
      { type: 'file', path: '/home/dev/project/a.txt', change: 'added' },
      expect.objectContaining({ type: 'usage', usage: expect.objectContaining({ inputTokens: 1200 }) }),
      { type: 'message', role: 'agent', text: 'all done' },
      expect.objectContaining({ type: 'usage', usage: expect.objectContaining({ inputTokens: 2400, cost: 0.002536 }) }),
      { type: 'done', ok: true, message: null },
    ]);
  });

  test('a run that stops after a refused tool did not succeed, though it exits with 0', () => {
    const refused = {
      type: 'tool_use',
      sessionID: 'ses_1',
      part: {
        tool: 'edit',
        callID: 'c',
        state: {
          status: 'error',
          input: { filePath: 'p.txt' },
          error: 'The user rejected permission to use this tool',
        },
      },
    };
    const finish = { type: 'step_finish', sessionID: 'ses_1', part: { reason: 'stop' } };
    const events = run([JSON.stringify(refused), JSON.stringify(finish)]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'tool', state: 'refused' }));
    expect(events.at(-1)).toMatchObject({ type: 'done', ok: false });
  });

  test('an error is final, and told once', () => {
    const error = { name: 'APIError', data: { message: 'Incorrect API key provided.', statusCode: 401 } };
    const events = run([JSON.stringify({ type: 'error', sessionID: 'ses_1', error })], 1);
    expect(events.filter(({ type }) => type === 'error')).toMatchObject([{ reason: 'auth', final: true }]);
    expect(events.at(-1)).toMatchObject({ type: 'done', ok: false, message: 'Incorrect API key provided.' });
  });
});
