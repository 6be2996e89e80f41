import { expect, test } from 'vitest';
import { makeSession, statusOf } from '../../../test/golden/fixture.ts';
import type { Status } from '../../domain/status.ts';
import { failureKeys, failureSentence, failureTitle } from './failure-text.ts';

const failed = (more: Partial<Extract<Status, { state: 'failed' }>>): Extract<Status, { state: 'failed' }> =>
  statusOf('failed', more as never) as Extract<Status, { state: 'failed' }>;

test('each failure says what happened in the words people know', () => {
  const retryAt = new Date(2026, 0, 1, 14, 5).getTime();
  expect(failureTitle(failed({ reason: 'auth' }))).toBe('authentication failed');
  expect(failureTitle(failed({ reason: 'rate-limit', retryAt }))).toBe('rate limited until 14:05');
  expect(failureTitle(failed({ reason: 'stalled' }))).toBe('agent hangs');
  expect(failureTitle(failed({ reason: 'token-expired' }))).toBe('token expired');
  expect(failureTitle(failed({ reason: 'bootstrap' }))).toBe('bootstrap failed');
});

test('the title is not said twice', () => {
  const message = 'authentication failed: Claude has no credential';
  expect(failureSentence(failed({ reason: 'auth', message }))).toBe(message);
  expect(failureSentence(failed({ reason: 'network', message: 'ECONNREFUSED' }))).toBe('network down: ECONNREFUSED');
});

test('what to press depends on whether the program still runs', () => {
  const status = failed({ reason: 'rate-limit' });
  expect(failureKeys(makeSession('s1aa', { run: null }), status)).toContain('r tries again');
  expect(failureKeys(makeSession('s1aa'), status)).toContain('enter');
});
