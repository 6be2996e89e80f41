import { describe, expect, test } from 'vitest';
import { launchInput } from '../../../test/support/launch-input.ts';
import { nothingStored, type ResolvedCredential, resolveCredential } from '../../domain/credential.ts';
import type { AgentSignal, LaunchInput, StatusChange } from '../agent.ts';
import { slots, useCredential } from './credentials.ts';
import { claudeDetector } from './detector.ts';
import { claude } from './index.ts';
import { launch } from './launch.ts';
import { prepare } from './prepare.ts';
import { taskParser } from './task.ts';

const input = (change: Partial<LaunchInput> = {}): LaunchInput =>
  launchInput({
    binary: ['/opt/claude'],
    promptFile: '/state/s/prompt.txt',
    configDirectory: '/state/s/config',
    worktree: '/home/dev/my.project/s',
    session: 's',
    newConversation: 'new-id',
    sharedDirectory: '/state/shared',
    token: 't',
    ...change,
  });

describe('launch', () => {
  test('a new conversation has the id we chose, a resumed one keeps its own, a fork gets a new one', () => {
    const flags = (change: Partial<LaunchInput>): string => launch(input(change)).argv.join(' ');
    expect(flags({})).toContain('--session-id new-id');
    expect(flags({ resume: { conversation: 'old' } })).toMatch(/--resume old(?! --fork)/);
    expect(flags({ resume: { conversation: 'old' } })).not.toContain('--session-id');
    expect(flags({ resume: { conversation: 'old', fork: true } })).toContain(
      '--resume old --fork-session --session-id new-id',
    );
    expect(launch(input({ resume: { conversation: 'old', fork: true } })).conversation).toBe('new-id');
  });

  test('a resumed conversation is not given its first prompt again', () => {
    const { argv, paste } = launch(input({ resume: { conversation: 'old' } }));
    expect(argv).not.toContain('fix it');
    expect(paste).toBeNull();
  });

  test('permission levels become its modes', () => {
    const mode = (permissions: LaunchInput['permissions']): string | undefined => {
      const { argv } = launch(input({ permissions }));
      return argv[argv.indexOf('--permission-mode') + 1];
    };
    expect([mode('ask'), mode('accept-edits'), mode('full')]).toEqual(['default', 'acceptEdits', 'bypassPermissions']);
  });

  test('a prompt that looks like an option or an unknown command is kept a prompt; a command stays one', () => {
    const last = (prompt: string): string | undefined => launch(input({ prompt })).argv.at(-1);
    expect(last('-rf /')).toBe(' -rf /');
    expect(last('/ is full')).toBe(' / is full');
    expect(last('/etc/hosts is broken')).toBe(' /etc/hosts is broken');
    expect(last('/review')).toBe('/review');
    expect(last('/pr:comments 12')).toBe('/pr:comments 12');
  });

  test('a task reads its prompt from the file, whatever it begins with', () => {
    const { argv, paste } = launch(input({ mode: 'task', prompt: '-x' }));
    expect(argv.slice(0, 5)).toEqual(['/bin/sh', '-c', 'exec "$@" < "$0"', '/state/s/prompt.txt', '/opt/claude']);
    expect(argv).not.toContain('-x');
    expect(paste).toBeNull();
  });

  test('its own report is never silenced', () => {
    const names = [...Object.keys(launch(input()).env), ...claude.environment];
    expect(names).not.toContain('CLAUDE_CODE_DISABLE_TERMINAL_TITLE');
  });

  test('with the user’s own configuration nothing is written and nothing is redirected', () => {
    const own = input({ ownConfig: true, owner: { HOME: '/home/u' } });
    expect(prepare(own)).toEqual([]);
    expect(launch(own).env).not.toHaveProperty('CLAUDE_CONFIG_DIR');
    expect(launch(own).sources).toEqual([
      { kind: 'lines', signal: 'file', path: '/home/u/.claude/projects/-home-dev-my-project-s/new-id.jsonl' },
    ]);
  });
});

describe('credentials', () => {
  const resolved = (environment: Record<string, string>): ResolvedCredential =>
    resolveCredential(slots, nothingStored, environment)!;

  test('the subscription comes before the API key, which is taken away', () => {
    const both = { ANTHROPIC_API_KEY: 'sk-test-key', CLAUDE_CODE_OAUTH_TOKEN: 'sk-test-token' };
    const { env, unset } = useCredential(resolved(both));
    expect(env).toEqual({ CLAUDE_CODE_OAUTH_TOKEN: 'sk-test-token' });
    expect(unset).toEqual(expect.arrayContaining(['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN']));
  });

  test('an API key is approved beforehand by its last 20 characters, and only that is written', () => {
    const key = 'sk-test-0123456789abcdefghijklmnop';
    const [file] = prepare(input({ credential: resolved({ ANTHROPIC_API_KEY: key }) }));
    expect(JSON.parse(file!.content).customApiKeyResponses.approved).toEqual([key.slice(-20)]);
    expect(file!.content).not.toContain(key);
  });

  test('the repository and the worktree are trusted', () => {
    const [file] = prepare(input());
    expect(Object.keys(JSON.parse(file!.content).projects)).toEqual(['/projects/p', '/home/dev/my.project/s']);
  });
});

const report = (fields: string, message?: string): AgentSignal => ({
  kind: 'report',
  text: `app=claude-code:${fields}${message === undefined ? '' : `:msg=${Buffer.from(message).toString('base64')}`}`,
});
const file = (line: object): AgentSignal => ({ kind: 'file', line: JSON.stringify(line) });
const screen = (...rows: string[]): AgentSignal => ({ kind: 'screen', rows });

function conclude(...signals: AgentSignal[]): StatusChange[] {
  const detector = claudeDetector();
  return signals.flatMap((signal) => detector.push(signal));
}

describe('status', () => {
  test('while it repeats requests the screen says why, and it works again when that is gone', () => {
    const states = conclude(
      report('state=working'),
      screen('❯ do it', '', '✻ API error · retrying in 1s · attempt 1/10', '', '❯'),
      screen('❯ do it', '', '✻ 401 authentication error · retrying in 2s · attempt 3/10', '', '❯'),
      screen('❯ do it', '', '● fine', '', '❯'),
    );
    expect(states).toMatchObject([
      { state: 'working' },
      { state: 'failed', reason: 'auth' },
      { state: 'working', evidence: { signal: 'report' } },
    ]);
  });

  test.each([
    ['Invalid API key · Fix external API key', 'auth'],
    ['OAuth token has expired · Please run /login', 'token-expired'],
    ["You've hit your 5-hour limit · resets 2:25pm (UTC)", 'rate-limit'],
    ['API Error: Request rejected (429) · rate limit error', 'rate-limit'],
    ['API Error: Repeated 529 Overloaded errors.', 'overloaded'],
    ['API Error: 500 api error. This is a server-side issue, usually temporary', 'overloaded'],
    ['API Error: Connection to the API was lost (ECONNRESET).', 'network'],
    ['Prompt is too long', 'agent'],
  ])('%s is %s', (message, reason) => {
    expect(conclude(report('state=error', message))).toMatchObject([{ state: 'failed', reason, message }]);
  });

  test('a credential that is refused is a failure, not a question', () => {
    const refused = conclude(report('state=blocked:kind=auth', 'Invalid API key · Fix external API key'));
    expect(refused).toMatchObject([{ state: 'failed', reason: 'auth' }]);
  });

  test('the transcript tells until when a limit holds, before or after the report', () => {
    const text = "You've hit your 5-hour limit · resets 3:01am (UTC)";
    const line = file({
      type: 'assistant',
      isApiErrorMessage: true,
      error: 'rate_limit',
      quotaLimits: { resetsAt: 1795230060 },
      message: { content: [{ type: 'text', text }] },
    });
    const limited = { state: 'failed', reason: 'rate-limit', retryAt: 1795230060000 };
    expect(conclude(report('state=working'), line, report('state=error', text)).at(-1)).toMatchObject(limited);
    expect(conclude(report('state=working'), report('state=error', text), line).at(-1)).toMatchObject(limited);
  });

  test('done carries the agent’s last sentence', () => {
    const line = file({ type: 'assistant', message: { id: 'm', content: [{ type: 'text', text: 'All\nwritten.' }] } });
    expect(conclude(report('state=working'), report('state=done'), line).at(-1)).toMatchObject({
      state: 'done',
      message: 'All written.',
    });
  });

  test('the trust dialog is trust, not permission', () => {
    expect(conclude(report('state=blocked:kind=permission', 'trust this folder'))).toMatchObject([
      { state: 'waiting', wait: 'trust' },
    ]);
  });

  test('what was used is counted once per message, and not before it works', () => {
    const detector = claudeDetector();
    const said = (id: string, text: string): AgentSignal =>
      file({
        type: 'assistant',
        message: {
          id,
          content: [{ type: 'text', text }],
          usage: { input_tokens: 10, output_tokens: 2, cache_creation_input_tokens: 5, cache_read_input_tokens: 7 },
        },
      });
    const facts = [said('a', 'old'), report('state=working'), said('b', 'x'), said('b', 'y')].map((signal) => {
      detector.push(signal);
      return detector.learn(signal);
    });
    expect(facts[0]).toEqual([]);
    const usage = { inputTokens: 30, outputTokens: 4, cachedTokens: 14, cost: null };
    expect(facts.at(-1)).toEqual([{ kind: 'usage', usage }]);
  });

  test('of a turn so short that only its end is reported, the use is told with that', () => {
    const detector = claudeDetector();
    const usage = { input_tokens: 10, output_tokens: 2 };
    const said = file({ type: 'assistant', message: { id: 'a', content: [{ type: 'text', text: 'ok' }], usage } });
    const facts = [report('state=idle'), said, report('state=done')].map((signal) => {
      detector.push(signal);
      return detector.learn(signal);
    });
    expect(facts.at(-1)).toEqual([
      { kind: 'usage', usage: { inputTokens: 10, outputTokens: 2, cachedTokens: 0, cost: null } },
    ]);
  });
});

describe('tasks', () => {
  const parse = (...lines: object[]) => {
    const parser = taskParser();
    return lines.flatMap((line) => parser.push(JSON.stringify(line)));
  };

  test('a refused request is an error whatever `subtype` says', () => {
    const events = parse(
      { type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt: 100 } },
      { type: 'result', subtype: 'success', is_error: true, result: "You've hit your 5-hour limit · resets 2:25pm" },
    );
    expect(events).toMatchObject([
      { type: 'error', reason: 'rate-limit', retryAt: 100_000, final: true },
      { type: 'done', ok: false },
    ]);
  });

  test('a request that is tried again is an error that is not final', () => {
    const retry = { type: 'system', subtype: 'api_retry', attempt: 1, max_retries: 10 };
    expect(parse({ ...retry, error_status: 401, error: 'authentication_failed' })).toMatchObject([
      { type: 'error', reason: 'auth', final: false },
    ]);
    expect(parse({ ...retry, error_status: null, error: 'unknown' })).toMatchObject([{ reason: 'network' }]);
  });

  test('a tool that was not permitted is refused', () => {
    const events = parse(
      {
        type: 'assistant',
        message: { content: [{ type: 'tool_use', id: 't', name: 'Bash', input: { command: 'ls' } }] },
      },
      { type: 'system', subtype: 'permission_denied', tool_use_id: 't' },
      { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't', is_error: true }] } },
    );
    expect(events).toMatchObject([
      { type: 'tool', name: 'Bash', detail: 'ls', state: 'started' },
      { type: 'tool', call: 't', state: 'refused' },
    ]);
  });

  test('an end without a result is a failure', () => {
    expect(taskParser().end({ code: 1, signal: null })).toMatchObject([{ type: 'error', final: true }, { ok: false }]);
  });

  test('lines that are not its own are passed over', () => {
    const parser = taskParser();
    expect(['', 'warning: x', '{', '{}', '[]', '{"type":3}'].flatMap((line) => parser.push(line))).toEqual([]);
  });
});
