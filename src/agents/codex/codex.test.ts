// Codex's own words and files, as version 0.169 wrote them, and what is made of them.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { launchInput } from '../../../test/support/launch-input.ts';
import { Secret } from '../../domain/secret.ts';
import type { AgentSignal, LaunchInput } from '../agent.ts';
import { useCredential } from './credentials.ts';
import { codexDetector } from './detector.ts';
import { readFailure } from './failure.ts';
import { launch } from './launch.ts';
import { prepare } from './prepare.ts';
import { taskParser } from './task.ts';

const input = (change: Partial<LaunchInput>): LaunchInput =>
  launchInput({
    binary: ['/opt/codex'],
    repository: '/projects/a "b"',
    sharedDirectory: '/state/agents/codex/shared',
    token: 't',
    ...change,
  });

const noon = new Date(2026, 10, 21, 12, 0).getTime();
const states = (...signals: AgentSignal[]) => {
  const detector = codexDetector(() => noon);
  return signals.flatMap((signal) =>
    detector.push(signal).map((change) => (change.state === 'failed' ? `failed:${change.reason}` : change.state)),
  );
};
const report = (text: string): AgentSignal => ({ kind: 'report', text: `state=${text}:app=codex` });
const screen = (...rows: string[]): AgentSignal => ({ kind: 'screen', rows });
const task = (name: string) => {
  const parser = taskParser(() => noon);
  const lines = readFileSync(new URL(`fixtures/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return [...lines.flatMap((line) => parser.push(line)), ...parser.end({ code: 0, signal: null })];
};

test('never starts the daemon, trusts the checkout, and takes the base URL of its owner', () => {
  const { argv, env } = launch(input({ owner: { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' } }));
  expect(argv[1]).toBe('--no-daemon');
  expect(argv).toContain(
    'projects={"/projects/a \\"b\\""={trust_level="trusted"},"/home/dev/s7k2"={trust_level="trusted"}}',
  );
  expect(argv).toContain('openai_base_url="http://127.0.0.1:9/v1"');
  expect(argv.at(-1)).toBe('fix it');
  expect(env).toEqual({
    CODEX_HOME: '/state/s7k2/config/codex',
    CODEX_SQLITE_HOME: '/state/s7k2/config/codex/databases-s7k2',
    NO_PROXY: '127.0.0.1,localhost',
  });
});

test('its home never lies below its directory for temporary files', () => {
  const { env } = launch(input({ configDirectory: '/tmp/x/config' }));
  expect(env).toMatchObject({ CODEX_HOME: '/tmp/x/config/codex', TMPDIR: '/tmp/x/config/codex/tmp' });
  expect(prepare(input({ configDirectory: '/tmp/x/config' })).map(({ path }) => path)).toContain('codex/tmp/.keep');
});

test('the user’s own configuration is neither written nor replaced', () => {
  expect(prepare(input({ ownConfig: true }))).toEqual([]);
  expect(launch(input({ ownConfig: true }))).toMatchObject({ env: { NO_PROXY: '127.0.0.1,localhost' }, sources: [] });
});

test('a key becomes auth.json and is in no variable', () => {
  const use = useCredential({
    method: 'api-key',
    source: 'environment',
    values: new Map([['OPENAI_API_KEY', new Secret('sk-test-1')]]),
  });
  expect(use.env).toEqual({});
  expect(use.unset).toContain('OPENAI_API_KEY');
  expect(use.files).toEqual([
    { path: 'codex/auth.json', content: '{"auth_mode":"apikey","OPENAI_API_KEY":"sk-test-1"}', mode: 0o600 },
  ]);
});

test('permissions are a sandbox; only full has none', () => {
  expect(launch(input({})).argv).toEqual(expect.arrayContaining(['read-only', 'on-request']));
  expect(launch(input({ permissions: 'accept-edits' })).argv).toContain('workspace-write');
  expect(launch(input({ permissions: 'full' })).argv).toContain('--dangerously-bypass-approvals-and-sandbox');
  expect(launch(input({ permissions: 'full', mode: 'task' })).argv).not.toContain('--ask-for-approval');
});

test('a task reads its prompt from the file and goes on without it', () => {
  const { argv } = launch(input({ mode: 'task', prompt: '-x' }));
  expect(argv.slice(0, 4)).toEqual(['/bin/sh', '-c', 'exec "$@" < "$0"', '/state/s7k2/prompt.txt']);
  expect(argv.at(-1)).toBe('-');
  const again = launch(input({ mode: 'task', resume: { conversation: 'id-1' } }));
  expect(again.argv.slice(-3)).toEqual(['resume', 'id-1', 'Continue.']);
  const fork = launch(input({ resume: { conversation: 'id-1', fork: true } }));
  expect(fork).toMatchObject({ conversation: null });
  // Otherwise it asks which of the two directories is meant.
  expect(fork.argv.join(' ')).toMatch(/ fork id-1 --cd \/\S+$/);
});

test('a failure is told with its reason, once the screen shows it', () => {
  expect(
    states(
      report('idle'),
      report('working'),
      screen('› go'),
      report('error'),
      { kind: 'title', text: 'ws' },
      screen('■ an older one', '', '■ unexpected status 401 Unauthorized: Incorrect API', 'key provided.', '', '›'),
      screen('■ unexpected status 401 Unauthorized: Incorrect API', 'key provided.', '', '› x'),
    ),
  ).toEqual(['idle', 'working', 'failed:auth']);
  expect(states(report('working'), report('error'), screen('nothing'))).toEqual(['working', 'failed:agent']);
});

test('waiting for the network is a failure that ends by itself', () => {
  const offline = screen('• Reconnecting... waiting for network (4s • esc to interrupt)');
  expect(states(report('working'), offline, offline, screen('• Working'), offline, report('idle'))).toEqual([
    'working',
    'failed:network',
    'working',
    'failed:network',
    'idle',
  ]);
});

test('screens that come before the prompt wait for the user', () => {
  expect(states(screen('› Ask Codex'), screen('  Choose how you want to use Codex.'))).toEqual(['waiting']);
});

test('an approval and a question wait', () => {
  expect(states(report('blocked:kind=permission'), screen('› 1. Yes, proceed (y)', '  2. No'))).toEqual(['waiting']);
});

test.each([
  ['You’ve hit your usage limit. Visit https:// chatgpt.com or try again at 2:08 PM.', 'rate-limit', 14, 8, 21],
  ['You’ve hit your usage limit. Try again at Nov 23rd, 2026 12:30 AM.', 'rate-limit', 0, 30, 23],
] as const)('%s', (message, reason, hour, minute, day) => {
  const retryAt = new Date(2026, 10, day, hour, minute).getTime();
  expect(readFailure(message, noon)).toEqual({ reason, retryAt });
});

test.each([
  ['exceeded retry limit, last status: 429 Too Many Requests, request id: x', 'rate-limit'],
  ['We’re currently experiencing high demand, which may cause temporary errors.', 'overloaded'],
  ['unexpected status 529 <unknown status code>: The server is overloaded., url: http://127.0.0.1/v1', 'overloaded'],
  ['unexpected status 401 Unauthorized: Incorrect API key provided., url: http://x', 'auth'],
  ['unexpected status 401 Unauthorized: Provided authentication token is expired., url: http://x', 'token-expired'],
  ['Your access token could not be refreshed because your refresh token was already used.', 'token-expired'],
  ['stream disconnected before completion: Transport error: network error', 'network'],
  ["Codex ran out of room in the model's context window. Start a new thread", 'agent'],
])('%s', (message, reason) => {
  expect(readFailure(message, noon)).toEqual({ reason, retryAt: null });
});

test('the conversation is learned from the history, use from the counts', () => {
  const detector = codexDetector();
  const learn = (line: object) => detector.learn({ kind: 'file', line: JSON.stringify(line) });
  expect(learn({ session_id: 'id-1', ts: 1, text: 'go' })).toEqual([{ kind: 'conversation', id: 'id-1' }]);
  const total_token_usage = { input_tokens: 1200, cached_input_tokens: 200, output_tokens: 34 };
  expect(learn({ type: 'event_msg', payload: { type: 'token_count', info: { total_token_usage } } })).toEqual([
    { kind: 'usage', usage: { inputTokens: 1000, outputTokens: 34, cachedTokens: 200, cost: null } },
  ]);
  expect(learn({ type: 'event_msg', payload: { type: 'token_count', info: null } })).toEqual([]);
});

test('a task in words', () => {
  expect(task('task-write')).toMatchObject([
    { type: 'conversation' },
    { type: 'message', role: 'agent', text: 'I look.' },
    { type: 'tool', call: 'item_1', name: 'shell', state: 'started' },
    { type: 'tool', call: 'item_1', state: 'failed' },
    { type: 'tool', call: 'item_2', name: 'apply_patch', detail: '/home/dev/s7k2/hello.txt', state: 'started' },
    { type: 'tool', call: 'item_2', state: 'done' },
    { type: 'file', path: '/home/dev/s7k2/hello.txt', change: 'added' },
    { type: 'message', text: 'The file is written.' },
    { type: 'usage', usage: { inputTokens: 3000, cachedTokens: 600, outputTokens: 102 } },
    { type: 'done', ok: true },
  ]);
});

test('a task that failed ends with the reason in plain words', () => {
  const retryAt = new Date(2026, 10, 21, 3, 3).getTime();
  expect(task('task-limit').slice(-2)).toMatchObject([
    { type: 'error', reason: 'rate-limit', retryAt, final: true },
    { type: 'done', ok: false },
  ]);
  expect(task('task-400').slice(-1)).toEqual([{ type: 'done', ok: false, message: 'The request is not valid.' }]);
});

test('a task that changed nothing in the end, or never ended, did not finish', () => {
  const parser = taskParser();
  const change = { id: 'i', type: 'file_change', changes: [{ path: '/a', kind: 'add' }], status: 'failed' };
  parser.push(JSON.stringify({ type: 'item.completed', item: change }));
  const usage = { input_tokens: 1, output_tokens: 1 };
  expect(parser.push(JSON.stringify({ type: 'turn.completed', usage })).at(-1)).toMatchObject({ ok: false });
  const retry = 'Reconnecting... 2/5 (stream disconnected before completion)';
  const cut = taskParser();
  expect(cut.push(JSON.stringify({ type: 'error', message: retry }))).toMatchObject([{ final: false }]);
  expect(cut.push('no json')).toEqual([]);
  expect(cut.end({ code: 1, signal: null }).at(-1)).toMatchObject({ type: 'done', ok: false });
});
