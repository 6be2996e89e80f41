import { expect, test } from 'vitest';
import { readNumberedQuestion } from './numbered-choices.ts';

const labels = (rows: string[]) =>
  readNumberedQuestion(rows)?.choices.map(({ digit, label }) => `${digit} ${label}`) ?? null;

test('a question with its choices below each other is read with the text above', () => {
  const rows = [
    'output',
    '',
    '? Allow editing README.md?',
    '❯ 1. Yes',
    '  2. Always',
    '  3. No',
    '',
    '  1-3 or arrows',
    '',
  ];
  expect(readNumberedQuestion(rows)).toEqual({
    text: '? Allow editing README.md?',
    choices: [
      { digit: '1', label: 'Yes' },
      { digit: '2', label: 'Always' },
      { digit: '3', label: 'No' },
    ],
  });
});

test('a frame, a continued label and a selector further down are understood', () => {
  const rows = [
    '╭──────────────────────────────╮',
    '│ Do you want to make this edit? │',
    '│   1. Yes                     │',
    '│ ❯ 2. Yes, and do not ask     │',
    '│      again in this session   │',
    '│   3. No                      │',
    '╰──────────────────────────────╯',
  ];
  expect(labels(rows)).toEqual(['1 Yes', '2 Yes, and do not ask', '3 No']);
});

test('choices on one row are read', () => {
  expect(labels(['Allow command? npm test', ' ❯ 1. Yes  2. Always  3. No'])).toEqual(['1 Yes', '2 Always', '3 No']);
});

test('what is not certainly a question is none', () => {
  expect(labels([])).toBeNull();
  expect(labels(['1. first', '2. second'])).toBeNull();
  expect(labels(['❯ 1. only one'])).toBeNull();
  expect(labels(['❯ 1. a', '❯ 2. b'])).toBeNull();
  expect(labels(['❯ 2. b', '  3. c'])).toBeNull();
  expect(labels(['❯ 1. a', '  3. c'])).toBeNull();
  expect(labels(['❯ 1. Yes', '  2. No', '', '❯ '])).toBeNull();
  expect(labels(['❯ 1. Yes', '  2. No', ...Array.from({ length: 8 }, () => 'later output')])).toBeNull();
});

test('a description in a column of its own is no part of the label', () => {
  const rows = [
    'Which paint?',
    '› 1. red paint          as the walls',
    '  2. None of the above  Optionally, add details',
  ];
  expect(readNumberedQuestion(rows)?.choices.map(({ label }) => label)).toEqual(['red paint', 'None of the above']);
});
