// Gemini CLI's own words, as version 0.61 says them, and what is made of them.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { launchInput } from '../../../test/support/launch-input.ts';
import { readRecordings } from '../../../test/support/recorded-output.ts';
import { silentListener } from '../../../test/support/silent-listener.ts';
import { createVtEngine } from '../../terminal/vt/vt-engine.ts';
import type { AgentSignal, LaunchInput, StatusChange } from '../agent.ts';
import { readChoices } from './choices.ts';
import { geminiDetector } from './detector.ts';
import { gemini } from './index.ts';
import { launch } from './launch.ts';
import { prepare } from './prepare.ts';
import { readScreen } from './screen.ts';
import { taskParser } from './task.ts';

const input = (change: Partial<LaunchInput> = {}): LaunchInput =>
  launchInput({
    binary: ['/opt/node', '/opt/gemini.js'],
    promptFile: '/state/s/prompt.txt',
    configDirectory: "/state/it's/config",
    worktree: '/home/dev/s',
    session: 's',
    newConversation: 'new-id',
    sharedDirectory: '/state/shared',
    token: 't',
    ...change,
  });

const word = (change: StatusChange): string => {
  if (change.state === 'waiting') return `waiting:${change.wait}`;
  return change.state === 'failed' ? `failed:${change.reason}` : change.state;
};
const fixture = (name: string): string[] =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
const title = (text: string): AgentSignal => ({ kind: 'title', text: `${text} (repo)`.padEnd(80) });
const ready = title('◇  Ready');
const working = title('✦  Working…');
const asking = title('✋  Action Required');
const screen = (...rows: string[]): AgentSignal => ({ kind: 'screen', rows });
const composer = ' >   Type your message or @path/to/file';
const conclude = (...signals: AgentSignal[]): StatusChange[] => {
  const detector = geminiDetector({ resumes: false });
  return signals.flatMap((signal) => detector.push(signal));
};
const resume = (...signals: AgentSignal[]): string => {
  const detector = geminiDetector({ resumes: true });
  return signals
    .flatMap((signal) => detector.push(signal))
    .map(word)
    .join(' ');
};
const words = (...signals: AgentSignal[]): string =>
  conclude(...signals)
    .map(word)
    .join(' ');

describe('launch', () => {
  test('a slash or a dash at the beginning of a prompt is text', () => {
    for (const prompt of ['/help', '--help']) expect(launch(input({ prompt })).argv.at(-1)).toBe(` ${prompt}`);
  });

  test('a new conversation has the id we chose, a resumed one keeps its own and is not given the prompt again', () => {
    expect(launch(input()).argv.join(' ')).toContain('--session-id new-id');
    const resumed = launch(input({ resume: { conversation: 'old' } }));
    expect(resumed.argv.slice(-2)).toEqual(['--resume', 'old']);
    expect(resumed).toMatchObject({ conversation: 'old', paste: null });
  });

  test('permission levels become its approval modes', () => {
    const mode = (permissions: LaunchInput['permissions']): string | undefined => {
      const { argv } = launch(input({ permissions }));
      return argv[argv.indexOf('--approval-mode') + 1];
    };
    expect([mode('ask'), mode('accept-edits'), mode('full')]).toEqual(['default', 'auto_edit', 'yolo']);
  });

  test('with the user’s own configuration nothing is prepared and its home is left alone', () => {
    const own = input({ ownConfig: true });
    expect(prepare(own)).toEqual([]);
    expect(launch(own).env).not.toHaveProperty('GEMINI_CLI_HOME');
  });

  test('the hooks quote the paths they write to', () => {
    const settings = prepare(input()).find(({ path }) => path.endsWith('settings.json'))?.content ?? '';
    const { hooks } = JSON.parse(settings) as { hooks: Record<string, Array<{ hooks: Array<{ command: string }> }>> };
    const command = hooks['AfterTool']?.[0]?.hooks[0]?.command;
    expect(command).toBe(": > '/state/it'\\''s/config/gemini.log'; echo '{}'");
  });
});

describe('status', () => {
  test('a turn: idle once its composer is drawn, working, done once the screen has settled', () => {
    expect(words(ready, ready)).toBe('');
    expect(words(ready, screen(composer), working, screen('✦ hm'), ready)).toBe('idle working');
    expect(conclude(ready, working, ready, screen('✦ all done', '', composer)).at(-1)).toMatchObject({
      state: 'done',
      message: 'all done',
    });
  });

  test('a resumed one is idle once its conversation stands above its composer', () => {
    const edge = '─'.repeat(100);
    const hints = `${' '.repeat(84)}? for shortcuts`;
    const alone = screen('', '', hints, edge, ' Shift+Tab to accept edits', '▄'.repeat(100), composer);
    const head = screen(
      ' ▝▜▄     Gemini CLI v0.61.0',
      '   ▝▜▄',
      'Tips for getting started:',
      '',
      hints,
      edge,
      composer,
    );
    const queued = screen('  Queued (press ↑ to edit):', '    which word was it?', hints, edge, composer);
    const loads = screen(' > remember it', '✦ noted.', '⠙ Resuming session...', hints, edge);
    expect(resume(ready, alone, head, queued, loads)).toBe('starting starting starting starting');
    for (const row of [
      ' > remember it',
      '✦ noted.',
      '╭──────╮',
      ' │ ✓  WriteFile │',
      '  and the end of a long answer',
    ]) {
      expect(resume(ready, alone, screen(row, '', hints, edge, composer)), row).toBe('starting idle');
    }
    // It was typed into before: the turn shows that it goes on.
    expect(resume(ready, alone, working, ready, screen('✦ walnut', '', composer))).toBe('starting working done');
  });

  test('a resumed run, frame by frame: idle in the first one that shows the conversation and the composer', () => {
    const [recording] = readRecordings(gemini).filter(({ name }) => name === 'resume');
    if (recording === undefined) throw new Error('there is no recording of a resumed run');
    const detector = geminiDetector({ resumes: true });
    const told: string[] = [];
    const engine = createVtEngine({ cols: 100, rows: 30, scrollback: 0, listener: silentListener });
    for (const frame of Buffer.from(recording.bytes)
      .toString('latin1')
      .split(/(?<=\u001b\[\?2026l)/)) {
      engine.feed(Buffer.from(frame, 'latin1'));
      const rows = engine.screenText();
      const at = readScreen(rows);
      for (const change of detector.push({ kind: 'screen', rows })) {
        told.push(
          `${word(change)}${at.loading ? ' loading' : ''}${at.conversation ? ' conversation' : ''}${at.composer ? ' composer' : ''}`,
        );
      }
    }
    engine.dispose();
    const count = told.indexOf('idle conversation composer');
    expect(told.slice(count)).toEqual(['idle conversation composer']);
    expect(new Set(told.slice(0, count))).toEqual(new Set(['starting composer', 'starting loading']));
  });

  test('a permission and a question are told apart by its notification, or by the screen', () => {
    const notify = (text: string): AgentSignal => ({
      kind: 'notification',
      text: `Gemini CLI needs your attention | ${text}`,
    });
    expect(words(working, asking, notify('Approval required | Approve tool action: Confirm Write: a.txt'))).toBe(
      'working waiting:permission',
    );
    expect(words(working, asking, notify('Answer requested by agent | Question'))).toBe('working waiting:question');
    expect(
      conclude(working, asking, screen('│ Answer Questions │', '│ │', '│ Which? │', '│ ● 1.  red │')),
    ).toMatchObject([{}, { state: 'waiting', wait: 'question', message: 'Which?' }]);
    expect(words(working, asking, screen('│ Apply this change? │', '│ ● 1. Allow once │'), working)).toBe(
      'working waiting:permission working',
    );
  });

  test('an error on the screen makes the end of the turn a failure, an interrupt makes it idle', () => {
    const error = '✕ [API Error: {"error":{"code":401,"status":"UNAUTHENTICATED","message":"Request had invalid';
    const rows = [' > meet it', error, '  authentication credentials.","details":[]}}]', '', composer];
    expect(conclude(working, ready, screen(...rows)).at(-1)).toMatchObject({
      state: 'failed',
      reason: 'auth',
      message: 'Request had invalid authentication credentials.',
    });
    expect(words(working, ready, screen('✕ [API Error: terminated]', '', composer))).toBe('working failed:network');
    expect(words(working, ready, screen('✦ word', '', 'ℹ Request cancelled.', composer))).toBe('working idle');
    expect(words(working, { kind: 'input', submitted: false, interrupt: true }, ready, screen(composer))).toBe(
      'working idle',
    );
    // The next turn is not that one.
    expect(words(working, ready, screen(error), working, ready, screen('✦ fine', composer))).toBe(
      'working failed:auth working done',
    );
  });

  test('the dialog of a used up limit is one until it is answered', () => {
    const dialog = screen('│ Usage limit reached for gemini-2.5-flash. │', '│ ● 1. Keep trying │', '│   2. Stop │');
    expect(words(working, dialog, { kind: 'input', submitted: false }, dialog)).toBe(
      'working failed:rate-limit working failed:rate-limit',
    );
  });

  const lines = (name: string): AgentSignal[] => fixture(name).map((line) => ({ kind: 'file', line }));

  test('its log tells why a request is tried again, and when', () => {
    const [, ...failures] = conclude(working, ...lines('log-429.txt'));
    expect(failures.map(word)).toEqual(['failed:rate-limit', 'failed:rate-limit']);
    expect(failures[0]).toMatchObject({ retryAt: Date.parse('2026-11-21T01:54:00.329Z') + 5381 });
    expect(words(working, ...lines('log-503.txt'))).toBe('working failed:overloaded failed:overloaded');
    expect(words(working, ...lines('log-network-down.txt'))).toBe('working failed:network failed:network');
    // The next request or tool shows that it goes on.
    const goes: AgentSignal = {
      kind: 'file',
      line: '[2026-11-21T01:55:00.000Z] [DEBUG] [PolicyEngine.check] toolCall',
    };
    expect(words(working, ...lines('log-429.txt'), goes)).toBe('working failed:rate-limit failed:rate-limit working');
  });

  test('an error in its log counts when the screen does not show it, and its old lines do not', () => {
    expect(words(working, ready, ...lines('log-401.txt'), screen(composer))).toBe('working failed:auth');
    expect(words(ready, screen(composer), ...lines('log-429.txt'))).toBe('idle');
  });

  test('the hook’s totals are usage, the cached part apart', () => {
    const line = '{"input":1200,"output":34,"cached":200}';
    expect(geminiDetector({ resumes: false }).learn({ kind: 'hook', line })).toEqual([
      { kind: 'usage', usage: { inputTokens: 1000, outputTokens: 34, cachedTokens: 200, cost: null } },
    ]);
  });
});

test('its dialogs are read as numbered choices', () => {
  const rows = [
    '│ Apply this change?   │',
    '│                      │',
    '│ ● 1. Allow once      │',
    '│   2. No (esc)        │',
  ];
  expect(readChoices(rows)).toEqual([
    { digit: '1', label: 'Allow once' },
    { digit: '2', label: 'No (esc)' },
  ]);
});

describe('task', () => {
  const run = (lines: readonly string[], code = 0) => {
    const parser = taskParser();
    return [...lines.flatMap((line) => parser.push(line)), ...parser.end({ code, signal: null })];
  };

  test('pieces of an answer are one message; tools, files, usage and the verdict follow', () => {
    expect(run(fixture('task-write.jsonl'))).toEqual([
      { type: 'conversation', id: '53b69a1f-06ae-4885-bce9-4e235e26c09b' },
      { type: 'message', role: 'agent', text: 'I will write.' },
      expect.objectContaining({
        type: 'tool',
        name: 'write_file',
        detail: '/home/dev/project/a.txt',
        state: 'started',
      }),
      expect.objectContaining({ type: 'tool', name: 'write_file', state: 'done' }),
      { type: 'file', path: '/home/dev/project/a.txt', change: 'modified' },
      { type: 'message', role: 'agent', text: 'all done' },
      { type: 'usage', usage: { inputTokens: 2400, outputTokens: 68, cachedTokens: 0, cost: null } },
      { type: 'done', ok: true, message: null },
    ]);
  });

  test('no verdict is no success, whatever the exit code', () => {
    expect(run(fixture('task-write.jsonl').slice(0, -1)).at(-1)).toMatchObject({ type: 'done', ok: false });
  });

  test('attempts that fail are told as they happen, the end as final', () => {
    const events = run([
      'Attempt 1 failed: You exceeded your current quota.',
      'Suggested retry after 5s.. Retrying after 5381ms...',
      'Attempt 2 failed with status 503. Retrying with backoff... _ApiError: {"error":{"code":503}}',
      '{"type":"result","status":"error","error":{"type":"Error","message":"[API Error: Rate limit exceeded]"}}',
    ]);
    expect(events.map((event) => (event.type === 'error' ? [event.reason, event.final] : event.type))).toEqual([
      ['rate-limit', false],
      ['overloaded', false],
      ['rate-limit', true],
      'done',
    ]);
  });

  test('no way to sign in is an authentication error', () => {
    const events = run(['Please set an Auth method in your /home/u/.gemini/settings.json'], 41);
    expect(events[0]).toMatchObject({ type: 'error', reason: 'auth', final: true });
  });
});
