import { expect, test } from 'vitest';
import { makeSession, now, statusOf } from '../../../test/golden/fixture.ts';
import type { Status } from '../../domain/status.ts';
import { statusSpan } from './status-text.ts';

const textOf = (signal: Status['evidence']['signal']): string => {
  const status = { ...statusOf('working'), evidence: { signal, rule: 'what was seen' }, since: now - 14_000 };
  return statusSpan(makeSession('s1aa', { status: status as Status }), now).text;
};

test('who says that it works is said to work, and who says nothing only to run', () => {
  expect(textOf('report')).toBe('● working 0:14');
  expect(textOf('pty')).toBe('● runs 0:14');
});
