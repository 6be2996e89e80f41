import { expect, test } from 'vitest';
import { titleOf } from '../../domain/names.ts';
import { makeMessage } from './message.ts';

function subject(prompt: string, title = titleOf(prompt)): string {
  return makeMessage({ title, prompt, files: ['a'] }).split('\n')[0] ?? '';
}

test.each([
  ['please add rate limiting to the login endpoint.', 'Add rate limiting to the login endpoint'],
  ['Could you fix the flaky test?', 'Fix the flaky test'],
  ["I'd like you to rename foo to bar", 'Rename foo to bar'],
  ['# Task: tidy up', 'Task: tidy up'],
  ['\n\n  - remove `x`\nand more', 'Remove `x`'],
  ['исправь тест', 'Исправь тест'],
  ['', 'Change one file'],
  ['🎉', 'Change one file'],
  ['\u001b[31mred\u001b[0m alert', 'Red alert'],
])('the subject of %j', (prompt, expected) => {
  expect(subject(prompt)).toBe(expected);
});

test('a title the user changed is the subject', () => {
  expect(subject('do the thing', 'Better words')).toBe('Better words');
});

test('a long prompt is the body, the subject stays within 72 characters', () => {
  const prompt = `add a very long wish ${'that goes on and on '.repeat(20)}\nand on`;
  const message = makeMessage({ title: titleOf(prompt), prompt, files: ['a.txt'] });
  const [first = '', blank, ...body] = message.split('\n');
  expect(first.length).toBeLessThanOrEqual(72);
  expect(first.endsWith('…')).toBe(true);
  expect(blank).toBe('');
  expect(body.join('\n')).toContain('and on');
});

test('many files and a huge prompt stay bounded', () => {
  const files = Array.from({ length: 500 }, (_, index) => `f${index}\n\u001b[31m`);
  const message = makeMessage({ title: 't', prompt: 'x '.repeat(500_000), files });
  expect(message.length).toBeLessThan(6000);
  expect(message).toContain('- f19\n- and 480 more\n');
  expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});
