import { expect, test } from 'vitest';
import { silent } from '../../../test/support/runs.ts';
import { createVtEngine } from '../../terminal/vt/vt-engine.ts';
import { endsAtRest, restPoint } from './rest-point.ts';

const cases: Array<[string, number]> = [
  ['', 0],
  ['plain text', 0],
  ['one\ntwo', 4],
  ['é\n世', 3],
  ['a\u001b[31mb', 1],
  ['a\u001b[31mb\u001b[3', 7],
  ['a\u001b[31mb\u001b', 1],
  ['\u001b]0;title\u001b\\rest', 11],
  ['\u001b[31m', 0],
];

test.each(cases)('%j may be cut at %i', (text, at) => {
  expect(restPoint(Buffer.from(text))).toBe(at);
});

const tails: Array<[string, boolean]> = [
  ['', true],
  ['text', true],
  ['a\u001b[31m', true],
  ['a\u001b[31mtext', true],
  ['a\u001b[31', false],
  ['a\u001b', false],
  ['\u001b]0;title', false],
  ['\u001b]0;title\u0007', true],
  ['\u001b]0;title\u001b\\', true],
  ['\u001b(B', true],
  ['世', true],
];

test.each(tails)('after %j the parser is at rest: %s', (text, rest) => {
  expect(endsAtRest(Buffer.from(text))).toBe(rest);
});

test('half a character is no rest', () => {
  expect(endsAtRest(Buffer.from('世').subarray(0, 2))).toBe(false);
});

test('a snapshot at a cut and the rest give the same screen as all at once', async () => {
  const create = createVtEngine;
  const size = { cols: 40, rows: 10, scrollback: 100, listener: silent };
  const text = Buffer.from(
    Array.from({ length: 40 }, (_, i) => `\u001b[${30 + (i % 8)}mline ${i} 世界 é\u001b[0m\r\n\u001b[2;5Hx`).join(''),
  );
  const whole = create(size);
  whole.feed(text);
  for (let end = 20; end < text.length; end += 37) {
    const cut = restPoint(text.subarray(0, end));
    if (cut === 0) continue;
    const first = create(size);
    first.feed(text.subarray(0, cut));
    const second = create(size);
    second.feed(first.snapshot(100));
    second.feed(text.subarray(cut));
    expect(second.screenText()).toEqual(whole.screenText());
  }
});
