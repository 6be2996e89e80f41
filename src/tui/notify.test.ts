import { expect, test } from 'vitest';
import { apply, baseState, makeSession, now, sessions, statusOf } from '../../test/golden/fixture.ts';
import type { SesameEvent } from '../domain/event.ts';
import { noticeOf } from './notify.ts';

const base = baseState({ cols: 80, rows: 24 });
const failure = { code: 'x', message: 'could not download it', remedy: 'check the network' };
const first = sessions[0] ?? makeSession('s1aa');
const failed = {
  ...first,
  run: null,
  status: statusOf('failed', { reason: 'bootstrap', message: `${failure.message}; ${failure.remedy}` } as never),
};
const event = (session: typeof failed): SesameEvent => ({
  kind: 'error',
  session: session.id,
  failure,
  seq: 1,
  at: now,
});

test('a failure of a session is said in a toast, unless its pane is in front and says it', () => {
  const elsewhere = { ...failed, id: makeSession('s2bb').id };
  expect(noticeOf(event(elsewhere), base, elsewhere)?.toast).toMatchObject({ text: failure.message });
  expect(noticeOf(event(failed), base, failed)).toBeNull();
  const inbox = apply(base, { kind: 'screen.opened', screen: { kind: 'inbox', selected: null } });
  expect(noticeOf(event(failed), inbox, failed)?.toast).toMatchObject({ text: failure.message });
});

test('what a toast says already is not said twice: sessions of a race fail for one reason', () => {
  const other = { ...failed, id: makeSession('s2bb').id };
  const toast = { id: 1, kind: 'error', text: failure.message, remedy: null } as const;
  expect(noticeOf(event(other), apply(base, { kind: 'toast.shown', toast }), other)).toBeNull();
});
