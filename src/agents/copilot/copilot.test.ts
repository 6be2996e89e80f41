// Copilot's own files and lines, as version 1.0.102 wrote them, and what is made of them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { launchInput } from '../../../test/support/launch-input.ts';
import { Failure } from '../../domain/failure.ts';
import { Secret } from '../../domain/secret.ts';
import type { AgentSignal, LaunchInput } from '../agent.ts';
import { answer, readChoices } from './choices.ts';
import { slots, useCredential } from './credentials.ts';
import { copilotDetector } from './detector.ts';
import { readFailure } from './failure.ts';
import { launch } from './launch.ts';
import { prepare } from './prepare.ts';
import { taskParser } from './task.ts';

const input = (change: Partial<LaunchInput>): LaunchInput =>
  launchInput({ binary: ['/opt/copilot'], sharedDirectory: '/state/agents/copilot/shared', token: 't', ...change });

const now = 1_700_000_000_000;
const linesOf = (name: string) =>
  readFileSync(new URL(`fixtures/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
const states = (...signals: AgentSignal[]) => {
  const detector = copilotDetector(() => now);
  const words = signals.flatMap((signal) =>
    detector.push(signal).map((change) => {
      if (change.state === 'waiting') return `waiting:${change.wait}`;
      return change.state === 'failed' ? `failed:${change.reason}` : change.state;
    }),
  );
  return words.filter((word, index) => word !== words[index - 1]);
};
const fileSignals = (name: string) => linesOf(name).map((line): AgentSignal => ({ kind: 'file', line }));
/** What it wrote in a recorded run. */
const recorded = (name: string) =>
  linesOf(`${name}.signals`)
    .map((line) => (JSON.parse(line) as { signal: AgentSignal }).signal)
    .filter(({ kind }) => kind === 'file');
const screen = (...rows: string[]): AgentSignal => ({ kind: 'screen', rows });
const task = (name: string) => {
  const parser = taskParser(() => now);
  return [...linesOf(name).flatMap((line) => parser.push(line)), ...parser.end({ code: 0, signal: null })];
};

test('chooses the conversation’s id, so that its file is known beforehand', () => {
  const { argv, conversation, sources, env } = launch(input({}));
  expect(argv.slice(1, 3)).toEqual(['--session-id', conversation]);
  expect(argv.slice(-2)).toEqual(['-i', 'fix it']);
  const path = `/state/s7k2/config/copilot/session-state/${conversation}/events.jsonl`;
  expect(sources).toEqual([{ kind: 'lines', signal: 'file', path }]);
  expect(env).toEqual({
    COPILOT_HOME: '/state/s7k2/config/copilot',
    COPILOT_PKG_CACHE_HOME: '/state/agents/copilot/shared/packages',
    COPILOT_AUTO_UPDATE: 'false',
    COPILOT_MULTIPLEXER: 'none',
  });
});

test.each(['/ is no command', '-x', '!ls', '# note', '@file'])('%s is a prompt, not a command', (prompt) => {
  expect(launch(input({ prompt })).argv.at(-1)).toBe(` ${prompt}`);
});

test('with the user’s configuration nothing is prepared, and the file is in the user’s home', () => {
  expect(prepare(input({ ownConfig: true }))).toEqual([]);
  const { env, sources } = launch(input({ ownConfig: true, owner: { HOME: '/home/me' } }));
  expect(env['COPILOT_HOME']).toBeUndefined();
  expect(sources).toMatchObject([{ path: expect.stringMatching(/^\/home\/me\/\.copilot\/session-state\//) }]);
});

test('permissions and the task’s flags', () => {
  expect(launch(input({ permissions: 'accept-edits' })).argv).toEqual(
    expect.arrayContaining(['--allow-tool', 'write']),
  );
  expect(launch(input({ permissions: 'full' })).argv).toContain('--allow-all');
  const { argv } = launch(input({ mode: 'task' }));
  expect(argv[0]).toBe('/bin/sh');
  expect(argv).toEqual(expect.arrayContaining(['/state/s7k2/prompt.txt', '--no-ask-user']));
  const again = launch(input({ mode: 'task', resume: { conversation: 'id-1' } })).argv;
  expect(again).toEqual(expect.arrayContaining(['--session-id', 'id-1']));
  expect(again.slice(-2)).toEqual(['-p', 'Continue.']);
});

const resolved = (name: string, value: string) =>
  ({
    method: name === 'COPILOT_GITHUB_TOKEN' ? 'subscription' : 'api-key',
    source: 'environment',
    values: new Map([[name, new Secret(value)]]),
  }) as const;

test('a token takes the provider’s variables away, and both take other tokens away', () => {
  const token = useCredential(resolved('COPILOT_GITHUB_TOKEN', 'github_pat_x'));
  expect(token.unset).toEqual(expect.arrayContaining(['GH_TOKEN', 'COPILOT_PROVIDER_BASE_URL']));
  const key = useCredential(resolved('COPILOT_PROVIDER_API_KEY', 'sk-test'));
  expect(key.unset).toContain('COPILOT_GITHUB_TOKEN');
  expect(key.unset).not.toContain('COPILOT_PROVIDER_BASE_URL');
  expect(slots[0]?.prefixes).not.toContain('ghp_');
});

test('a classic token is refused in words that help', () => {
  expect(() => useCredential(resolved('COPILOT_GITHUB_TOKEN', 'ghp_0123'))).toThrow(Failure);
  expect(() => useCredential(resolved('COPILOT_GITHUB_TOKEN', 'ghp_0123'))).toThrow(/does not take classic/);
});

test('a turn with a permission', () => {
  expect(states(...recorded('permission-answer'))).toEqual(['working', 'waiting:permission', 'working', 'done']);
});

test('a turn with a question', () => {
  expect(states(...recorded('question-answer'))).toEqual(['working', 'waiting:question', 'working', 'done']);
});

test('a cancelled turn is idle, never done', () => {
  expect(states(...fileSignals('cancelled'))).toEqual(['working', 'idle']);
});

test('errors of the model are told when Copilot gives up, not with each try', () => {
  expect(states(...fileSignals('task-401'))).toEqual(['working', 'failed:auth']);
});

test('without hooks the screen shows that a permission is waited for', () => {
  const lines = recorded('permission-answer').filter(
    ({ kind, ...signal }) => kind === 'file' && !('line' in signal && String(signal.line).includes('"hook.start"')),
  );
  const at = lines.findIndex((signal) => 'line' in signal && signal.line.includes('"permission.requested"'));
  const asks = screen(' Do you want to create /a?', ' ❯ 1. Yes', '   2. No');
  expect(states(...lines.slice(0, at + 1), screen('…'), asks, asks, ...lines.slice(at + 1))).toEqual([
    'working',
    'waiting:permission',
    'working',
    'done',
  ]);
});

test('before a conversation the screen tells', () => {
  expect(states(screen(' Confirm folder trust'))).toEqual(['waiting:trust']);
  expect(states(screen(' Please use /login to sign in to use Copilot'))).toEqual(['failed:auth']);
  expect(states(screen(' ✗ Failed to load models: Error: 401 Unauthorized'))).toEqual(['failed:auth']);
  expect(states(screen(' ✗ No model is selected for this session. Choose a model with /model.'))).toEqual([
    'failed:agent',
  ]);
  expect(states(screen('❯', ' Interactive · Manual Approval · / commands · ? help'))).toEqual(['idle']);
});

test('use is the sum over the conversation', () => {
  const detector = copilotDetector();
  const facts = recorded('permission-answer').flatMap((signal) => detector.learn(signal));
  expect(facts.at(-1)).toEqual({
    kind: 'usage',
    usage: { inputTokens: 2400, outputTokens: 68, cachedTokens: 0, cost: null },
  });
});

test('a limit says when it ends', () => {
  const message = "You've hit your rate limit. Please wait for your limit to reset in 2 hours 5 minutes.";
  expect(readFailure({ errorType: 'rate_limit', statusCode: 429, message }, now)).toEqual({
    reason: 'rate-limit',
    retryAt: now + 125 * 60_000,
  });
  const last = 'Failed to get response from the AI model; retried 5 times. Last error: connect ECONNREFUSED';
  expect(readFailure({ errorType: 'query', statusCode: null, message: last }, now).reason).toBe('network');
});

const form = [
  ' Copilot needs information.',
  '',
  ' Which paint?',
  '',
  ' Choice:',
  ' ❯ red paint',
  '   blue paint',
  '   Other (type your answer)',
  '',
  ' ↑/↓ select · enter accept · ctrl+d decline · esc cancel',
];

test('a form’s options get digits and are reached by arrows', () => {
  const choices = readChoices(form);
  expect(choices).toEqual([
    { digit: '1', label: 'red paint' },
    { digit: '2', label: 'blue paint' },
  ]);
  expect(choices.map((choice) => answer(choice, form))).toEqual(['\r', '\u001b[B\r']);
  const moved = form.with(5, '   red paint').with(6, ' ❯ blue paint');
  expect(choices.map((choice) => answer(choice, moved))).toEqual(['\u001b[A\r', '\r']);
});

test('numbered choices take their digit, and no form is seen where there is none', () => {
  const rows = ['Do you want to create /a?', '❯ 1. Yes', '  2. No'];
  expect(readChoices(rows).map((choice) => answer(choice, rows))).toEqual(['1', '2']);
  expect(readChoices(form.slice(0, 7))).toEqual([]);
  expect(readChoices([' ❯ typed', ' / commands · ? help'])).toEqual([]);
});

test('a refusal is the key that its choice names: its digit only opens a field for words', () => {
  const rows = [
    '│ Do you want to create hello.txt?',
    '│ ❯ 1. Yes',
    '│   2. Yes, and don’t ask again',
    '│   3. No, and tell Copilot what to do differently (Esc to stop)',
    '│ ↑/↓ to navigate · enter to select · esc to cancel',
  ];
  expect(readChoices(rows).map((choice) => answer(choice, rows))).toEqual(['1', '2', '\u001b']);
});

test('a task in words', () => {
  expect(task('task-write')).toMatchObject([
    { type: 'message', text: 'I look.' },
    { type: 'tool', name: 'bash', detail: 'ls; exit 3', state: 'started' },
    { type: 'tool', name: 'bash', state: 'refused' },
    { type: 'tool', name: 'create', detail: '/home/dev/s7k2/hello.txt', state: 'started' },
    { type: 'tool', name: 'create', state: 'done' },
    { type: 'file', path: '/home/dev/s7k2/hello.txt', change: 'added' },
    { type: 'message', text: 'The file is written.' },
    { type: 'conversation' },
    { type: 'done', ok: true },
  ]);
});

test('a task that failed, was allowed nothing, or never ended did not finish', () => {
  const events = task('task-401');
  expect(events.filter(({ type }) => type === 'error')).toMatchObject([
    { reason: 'auth', final: false },
    { reason: 'auth', final: false },
    { reason: 'auth', final: true },
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'done', ok: false });
  const parser = taskParser();
  const refusal = { toolCallId: 'c', success: false, error: { message: 'Permission denied because …' } };
  parser.push(JSON.stringify({ type: 'tool.execution_complete', data: refusal }));
  expect(parser.push(JSON.stringify({ type: 'result', exitCode: 0, sessionId: 'x' })).at(-1)).toMatchObject({
    ok: false,
  });
  expect(taskParser().end({ code: 1, signal: null })).toMatchObject([{ type: 'done', ok: false }]);
});
