import { expect, test } from 'vitest';
import type { Session } from '../domain/session.ts';
import type { Status } from '../domain/status.ts';
import { type Goal, verdict } from './wait-goal.ts';

const common = { evidence: { signal: 'report', rule: '' }, since: 0, message: null } as const;
const session = (status: Status, more: Partial<Session> = {}): Session =>
  ({ status, trash: null, mode: 'interactive', run: { pid: 1 }, ...more }) as Session;

test.each<[string, Status, Record<Goal, string>]>([
  ['works', { state: 'working', ...common }, { waiting: 'wait', done: 'wait', idle: 'wait', exited: 'wait' }],
  [
    'asks',
    { state: 'waiting', kind: 'permission', question: null, ...common },
    { waiting: 'reached', done: 'wait', idle: 'wait', exited: 'wait' },
  ],
  ['is done', { state: 'done', ...common }, { waiting: 'wait', done: 'reached', idle: 'reached', exited: 'wait' }],
  [
    'was looked at',
    { state: 'idle', ...common },
    { waiting: 'wait', done: 'reached', idle: 'reached', exited: 'wait' },
  ],
  [
    'ended well',
    { state: 'exited', code: 0, exitSignal: null, ...common },
    { waiting: 'failed', done: 'reached', idle: 'reached', exited: 'reached' },
  ],
  [
    'ended badly',
    { state: 'exited', code: 1, exitSignal: null, ...common },
    { waiting: 'failed', done: 'failed', idle: 'failed', exited: 'reached' },
  ],
  [
    'crashed',
    { state: 'failed', reason: 'crash', retryAt: null, ...common },
    { waiting: 'failed', done: 'failed', idle: 'failed', exited: 'failed' },
  ],
  [
    'has no credit',
    { state: 'failed', reason: 'rate-limit', retryAt: null, ...common },
    { waiting: 'failed', done: 'failed', idle: 'failed', exited: 'wait' },
  ],
  [
    'is silent',
    { state: 'failed', reason: 'stalled', retryAt: null, ...common },
    { waiting: 'wait', done: 'wait', idle: 'wait', exited: 'wait' },
  ],
])('waiting for a session that %s', (_, status, verdicts) => {
  for (const [goal, expected] of Object.entries(verdicts))
    expect(verdict(session(status), goal as Goal)).toBe(expected);
});

test('a task that ended has ended, whatever its agent said last', () => {
  const ended: Partial<Session> = { mode: 'task', run: { pid: null } as Session['run'] };
  expect(verdict(session({ state: 'done', ...common }, ended), 'exited')).toBe('reached');
  expect(verdict(session({ state: 'idle', ...common }, ended), 'exited')).toBe('reached');
  const failed: Status = { state: 'failed', reason: 'auth', retryAt: null, ...common };
  expect(verdict(session(failed, ended), 'exited')).toBe('failed');
});

test('a session that never got a program is not waited for', () => {
  const failed: Status = { state: 'failed', reason: 'auth', retryAt: null, ...common };
  expect(verdict(session(failed, { run: null }), 'exited')).toBe('failed');
});

test('a session that is gone is not waited for', () => {
  expect(verdict(undefined, 'done')).toBe('failed');
});
