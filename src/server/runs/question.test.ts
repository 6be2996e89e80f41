import { expect, test } from 'vitest';
import type { Agent } from '../../agents/agent.ts';
import type { Status } from '../../domain/status.ts';
import { noColors } from '../../terminal/screen-colors.ts';
import { chooseAnswer, type Look, readQuestion, screenDigest } from './question.ts';

const agent = {
  choices: (rows: readonly string[]) =>
    rows.flatMap((row) => {
      const found = /(\d)\. (\w+)/.exec(row);
      return found === null ? [] : [{ digit: found[1]!, label: found[2]! }];
    }),
  answer: (choice: { digit: string }) => choice.digit,
} as unknown as Agent;

const waiting = { state: 'waiting', kind: 'permission', message: null } as unknown as Status;

function screen(more: Parameters<typeof rowsOf>[0] = {}): Look {
  return { rows: rowsOf(more), colors: noColors };
}

function rowsOf(more: { spinner?: string; marker?: number; question?: string; clock?: string } = {}): string[] {
  const { spinner = '⠋', marker = 1, question = 'Allow npm test?', clock = '0:01' } = more;
  return [
    `some output ${clock}`,
    '',
    `│ ${question} │`,
    `${spinner} thinking`,
    `${marker === 1 ? '❯' : ' '} 1. Yes`,
    `${marker === 2 ? '❯' : ' '} 2. No`,
  ];
}

test('the digest is that of the question, whatever turns or ticks around it', () => {
  const question = readQuestion(agent, screen(), null)!;
  expect(question).toMatchObject({ text: 'Allow npm test?', choices: [{ digit: '1' }, { digit: '2' }] });
  for (const other of [screen({ spinner: '⠙' }), screen({ marker: 2 }), screen({ clock: '0:02' })]) {
    expect(readQuestion(agent, other, null)!.digest).toBe(question.digest);
  }
  expect(readQuestion(agent, screen({ question: 'Allow rm -rf?' }), null)!.digest).not.toBe(question.digest);
});

test('no choices, no question', () => {
  expect(readQuestion(agent, { rows: ['nothing here'], colors: noColors }, 'well?')).toBeNull();
});

test('an answer is bound to what was seen', () => {
  const look = screen();
  const { digest } = readQuestion(agent, look, null)!;
  expect(chooseAnswer(agent, waiting, look, '2', digest)).toBe('2');
  expect(chooseAnswer(agent, waiting, look, '2', screenDigest(look.rows))).toBe('2');
  const answer =
    (other: Look, digit: string, status = waiting) =>
    () =>
      chooseAnswer(agent, status, other, digit, digest);
  expect(answer(screen({ question: 'Allow rm?' }), '1')).toThrow('the screen has changed');
  expect(answer(look, '9')).toThrow('no choice 9');
  expect(answer(look, '1', { state: 'working' } as Status)).toThrow('does not show a question');
});
