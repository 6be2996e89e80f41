import { expect, test } from 'vitest';
import { pasteBytes } from './paste-text.ts';

const cases: Array<[string, boolean, string]> = [
  ['hello', false, 'hello'],
  ['one\ntwo\r\nthree', false, 'one\rtwo\rthree'],
  ['one\ntwo', true, '\u001b[200~one\rtwo\u001b[201~'],
  ['a\u001b[201~rm -rf\u0003\u0000b', true, '\u001b[200~a[201~rm -rfb\u001b[201~'],
  ['tab\tstays', false, 'tab\tstays'],
  ['世界 👩‍👩‍👧', false, '世界 👩‍👩‍👧'],
];

test.each(cases)('%j, bracketed: %s', (text, bracketed, expected) => {
  expect(Buffer.from(pasteBytes(text, bracketed)).toString()).toBe(expected);
});
