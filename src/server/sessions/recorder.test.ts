import { expect, test } from 'vitest';
import type { EventBody, SesameEvent } from '../../domain/event.ts';
import { SessionId } from '../../domain/ids.ts';
import { silentLog } from '../../platform/log.ts';
import { createRecorder } from './recorder.ts';

const session = SessionId.parse('s7k2');
const status = (rule: string): EventBody => ({
  kind: 'run.status',
  session,
  status: { state: 'working', evidence: { signal: 'pty', rule }, since: 1, message: null },
});
const exited: EventBody = { kind: 'run.exited', session, code: 0, exitSignal: null };

test('what a full disk refused is stored before the next event, in order, without superseded statuses', () => {
  const stored: EventBody[] = [];
  let full = true;
  const record = createRecorder((body) => {
    if (full) throw new Error('disk full');
    stored.push(body);
    return { ...body, seq: stored.length, at: 0 } as SesameEvent;
  }, silentLog);
  record(status('one'));
  record(exited);
  record(status('two'));
  full = false;
  record({ kind: 'session.renamed', session, title: 'x' });
  expect(stored.map((body) => (body.kind === 'run.status' ? body.status.evidence.rule : body.kind))).toEqual([
    'run.exited',
    'two',
    'session.renamed',
  ]);
});

test('what waits is bounded, the newest is kept', () => {
  const stored: EventBody[] = [];
  let full = true;
  const record = createRecorder((body) => {
    if (full) throw new Error('disk full');
    stored.push(body);
    return { ...body, seq: stored.length, at: 0 } as SesameEvent;
  }, silentLog);
  for (let n = 0; n < 2000; n++) record({ kind: 'run.notified', session, text: String(n) });
  full = false;
  record(exited);
  expect(stored.length).toBeLessThanOrEqual(501);
  expect(stored.at(-2)).toMatchObject({ text: '1999' });
});
