import { expect, test } from 'vitest';
import { parseProgramStatus } from './program-status.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('each state of the protocol has its conclusion', () => {
  const state = (text: string) => parseProgramStatus(text)?.state;
  expect(state('state=working')).toBe('working');
  expect(state('state=done:app=x')).toBe('done');
  expect(state('app=x:state=idle')).toBe('idle');
  expect(state('state=error')).toBe('failed');
  expect(state('state=clear')).toBe('unknown');
});

test('a blocked program says what it waits for, with its words', () => {
  expect(parseProgramStatus(`state=blocked:kind=permission:msg=${base64('approve Bash: npm test ✓')}`)).toMatchObject({
    state: 'waiting',
    wait: 'permission',
    message: 'approve Bash: npm test ✓',
    evidence: { signal: 'report', rule: 'OSC 7501 state=blocked kind=permission' },
  });
  expect(parseProgramStatus('state=blocked:kind=auth')).toMatchObject({ wait: 'auth' });
  expect(parseProgramStatus('state=blocked:kind=novel')).toMatchObject({ wait: 'question' });
  expect(parseProgramStatus('state=blocked')).toMatchObject({ wait: 'question' });
});

test('what is no report concludes nothing', () => {
  for (const text of ['', '?', 'state', 'state=', '=working', 'state=sleeping', ':::', 'msg=aGk=', 'STATE', '\u0000']) {
    expect(parseProgramStatus(text)).toBeNull();
  }
});

test('unknown keys, a broken message and control characters do no harm', () => {
  expect(parseProgramStatus('state=working:new=1:msg=%%%')).toMatchObject({ state: 'working', message: null });
  expect(parseProgramStatus(`state=idle:msg=${base64('a\u001b]0;x\u0007b\u0000\nc')}`)).toMatchObject({
    message: 'ab c',
  });
  const long = parseProgramStatus(`state=idle:msg=${base64('é'.repeat(100_000))}`);
  expect(long?.state).toBe('idle');
  expect((long?.message ?? '').length).toBeLessThanOrEqual(500);
});
