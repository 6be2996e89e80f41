import { expect, test } from 'vitest';
import type { Agent, AgentSignal, StatusChange } from '../../agents/agent.ts';
import type { Signal, Status } from '../../domain/status.ts';
import { historyLimit, StatusTracker, validityMs } from './status-tracker.ts';

/** An agent whose detector concludes what the test puts into the text of a notification. */
const scripted = {
  detector: () => ({
    push: (signal: AgentSignal): StatusChange[] =>
      signal.kind === 'notification' ? [JSON.parse(signal.text) as StatusChange] : [],
  }),
} as unknown as Agent;

function watch(agent: Agent | null = scripted, memory?: { status: Status; history: Status[] }) {
  let time = 1_000_000;
  const tracker = new StatusTracker({ agent, now: () => time, elapsed: () => time, memory });
  return {
    tracker,
    pass: (ms: number) => {
      time += ms;
    },
    say: (signal: Signal, state: string, more: object = {}) =>
      tracker.signal({
        kind: 'notification',
        text: JSON.stringify({ state, message: null, evidence: { signal, rule: `${signal} says ${state}` }, ...more }),
      }),
  };
}

test('an agent starts without a claim, and is unknown once it has drawn and nothing tells what it does', () => {
  const { tracker, pass } = watch();
  expect(tracker.status.state).toBe('starting');
  pass(60_000);
  expect(tracker.status.state).toBe('starting');
  expect(tracker.signal({ kind: 'screen', rows: ['hello'] })).toBe(true);
  expect(tracker.status).toMatchObject({ state: 'unknown', evidence: { signal: 'pty' } });
});

test('a plain program works while it runs, and may report otherwise', () => {
  const { tracker } = watch(null);
  expect(tracker.status).toMatchObject({ state: 'working', evidence: { signal: 'pty' } });
  expect(tracker.canStall).toBe(false);
  tracker.signal({ kind: 'report', text: 'state=idle' });
  expect(tracker.status.state).toBe('idle');
});

const stronger: Array<[Signal, Signal]> = [
  ['report', 'title'],
  ['title', 'notification'],
  ['notification', 'progress'],
  ['progress', 'bell'],
  ['bell', 'pty'],
  ['pty', 'screen'],
];

test.each(stronger)('%s overrules %s at once, and is not overruled by it while it holds', (strong, weak) => {
  const { tracker, say, pass } = watch();
  say(weak, 'idle');
  say(strong, 'working');
  expect(tracker.status.state).toBe('working');
  say(weak, 'done');
  expect(tracker.status.state).toBe('working');
  if (!Number.isFinite(validityMs[strong])) {
    pass(3_600_000);
    expect(tracker.heldForMs).toBeNull();
    say(weak, 'done');
    expect(tracker.status.state).toBe('working');
    return;
  }
  expect(tracker.heldForMs).toBe(validityMs[strong]);
  pass(validityMs[strong]);
  expect(tracker.expire()).toBe(true);
  expect(tracker.status.state).toBe('done');
});

test('a strong signal said again keeps the weak one out, and forgets it', () => {
  const { tracker, say, pass } = watch();
  say('title', 'working');
  say('screen', 'done');
  pass(9_000);
  say('title', 'working');
  pass(9_000);
  expect(tracker.heldForMs).toBeNull();
  expect(tracker.expire()).toBe(false);
  expect(tracker.status.state).toBe('working');
});

test('what the user submits ends the validity of all but a report', () => {
  const weak = watch();
  weak.say('title', 'waiting', { wait: 'permission' });
  weak.tracker.signal({ kind: 'input', submitted: true });
  weak.say('screen', 'working');
  expect(weak.tracker.status.state).toBe('working');

  const strong = watch();
  strong.say('report', 'waiting', { wait: 'permission' });
  strong.tracker.signal({ kind: 'input', submitted: true });
  strong.say('screen', 'working');
  expect(strong.tracker.status.state).toBe('waiting');
});

test('a report that is withdrawn lets the others speak', () => {
  const { tracker, say } = watch();
  say('report', 'working');
  say('report', 'unknown');
  say('screen', 'done');
  expect(tracker.status.state).toBe('done');
});

const ends: Array<[{ code: number | null; signal: number | null }, boolean, object]> = [
  [{ code: 0, signal: null }, false, { state: 'exited', code: 0, exitSignal: null }],
  [{ code: 3, signal: null }, false, { state: 'failed', reason: 'crash', message: 'the program ended with code 3' }],
  [{ code: null, signal: 11 }, false, { state: 'failed', reason: 'crash', message: 'signal 11 ended the program' }],
  [{ code: null, signal: 15 }, true, { state: 'exited', exitSignal: 15 }],
  [{ code: 130, signal: null }, true, { state: 'exited', code: 130 }],
];

test.each(ends)('an end with %o, asked for: %o', (exit, stopped, expected) => {
  const { tracker, say } = watch();
  say('report', 'working');
  expect(tracker.exited(exit, { stopped })).toBe(true);
  expect(tracker.status).toMatchObject(expected);
  expect(say('report', 'done')).toBe(false);
  expect(tracker.exited({ code: 0, signal: null }, { stopped: false })).toBe(false);
});

test('seeing what is done makes it idle, and the same word again does not undo that', () => {
  const { tracker, say } = watch();
  say('report', 'done');
  expect(tracker.seen()).toBe(true);
  expect(tracker.status).toMatchObject({ state: 'idle', evidence: { signal: 'user' } });
  expect(tracker.seen()).toBe(false);
  expect(say('report', 'done')).toBe(false);
  say('title', 'working');
  expect(tracker.status.state).toBe('idle');
  say('report', 'working');
  say('report', 'done');
  expect(tracker.status.state).toBe('done');
});

test('silence while working is a warning that a sign of life takes back, and the same word again does not', () => {
  const { tracker, say, pass } = watch();
  say('report', 'working', { message: 'editing' });
  const { since } = tracker.status;
  pass(600_000);
  expect(tracker.stall('nothing for long')).toBe(true);
  expect(tracker.status).toMatchObject({ state: 'failed', reason: 'stalled', message: 'editing' });
  expect(say('report', 'working')).toBe(false);
  expect(tracker.status.state).toBe('failed');
  expect(tracker.wake()).toBe(true);
  expect(tracker.status).toMatchObject({ state: 'working', message: 'editing', since });
  expect(tracker.wake()).toBe(false);
  tracker.stall('nothing for long');
  say('report', 'idle');
  expect(tracker.status.state).toBe('idle');
  expect(tracker.stall('nothing for long')).toBe(false);
});

test('a sign of life after a restart of the server takes the warning back too', () => {
  const { tracker, say } = watch();
  say('report', 'working');
  tracker.stall('nothing for long');
  const again = watch(scripted, tracker.memory());
  expect(again.tracker.wake()).toBe(true);
  expect(again.tracker.status.state).toBe('working');
});

test('a state that goes on keeps its beginning and its question', () => {
  const { tracker, say, pass } = watch();
  say('report', 'waiting', { wait: 'permission', message: 'run it?' });
  const { since } = tracker.status;
  const question = { text: 'run it?', choices: [{ digit: '1', label: 'yes' }], digest: 'abc' };
  expect(tracker.asked(question)).toBe(true);
  expect(tracker.asked(question)).toBe(false);
  pass(5_000);
  expect(say('report', 'waiting', { wait: 'permission', message: 'run it?' })).toBe(false);
  expect(tracker.status).toMatchObject({ since, question });
  expect(tracker.history.map(({ state }) => state)).toEqual(['starting']);
});

test('only the last statuses are kept, and what is kept comes back', () => {
  const { tracker, say } = watch();
  for (let i = 0; i < 30; i++) say('report', i % 2 === 0 ? 'working' : 'done');
  expect(tracker.history).toHaveLength(historyLimit);
  const again = watch(scripted, tracker.memory());
  expect(again.tracker.status).toEqual(tracker.status);
  again.say('screen', 'idle');
  expect(again.tracker.status.state).toBe(tracker.status.state);
});

test('messages are one line without control characters', () => {
  const { tracker, say } = watch();
  say('report', 'working', { message: 'a\u001b[31mb\nc'.padEnd(2000, 'd') });
  expect(tracker.status.message).toMatch(/^ab cd+$/);
  expect(tracker.status.message).toHaveLength(500);
});
