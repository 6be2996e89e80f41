import { expect, test } from 'vitest';
import type { AgentSignal } from '../../agents/agent.ts';
import { SignsOfLife, wordsOf } from './signs-of-life.ts';

/** Two screens of an agent whose model says nothing, a while apart. */
const hanging: Array<[string, string]> = [
  ['✶ Manifesting… (9s · ↓ 34 tokens)', '✻ Manifesting… (1m 0s · ↓ 34 tokens)'],
  ['Working (0s • esc to interrupt)', 'Working (30s • esc to interrupt)'],
  [' ◎ Working · 75 B esc esc interrupt', ' ● Working · 75 B esc esc interrupt'],
  [' ⠋ Thinking... (esc to cancel, 0s)', ' ⠼ Thinking... (esc to cancel, 2m 4s)'],
  ['  ■■■⬝⬝⬝⬝⬝  esc interrupt', '  ⬝⬝⬝■■■⬝⬝  esc interrupt'],
  ['╰ ≋ Waiting ─── worktrees/k3f9 ─╯', '╰ ∼ Waiting ─── worktrees/k3f9 ─╯'],
  ['█ ▘▝ █  Check for mistakes.', '█ ╴╶ █  Check for mistakes.'],
  ['progress 12%', 'progress 13%'],
];

test.each(hanging)('%s and %s are the same to the watchdog', (before, after) => {
  expect(wordsOf(['I begin.', before, ''])).toBe(wordsOf(['', 'I begin.', after]));
});

test('words that a model streams, and lines that scroll by, are life', () => {
  let rows = ['I beg', '⠋ Thinking… 3s'];
  let scrolled = 0;
  const life = new SignsOfLife({ agent: null, screenRows: () => rows, scrolled: () => scrolled });
  expect(life.look()).toBe(true);
  expect(life.look()).toBe(false);
  rows = ['I begin', '⠙ Thinking… 4s'];
  expect(life.look()).toBe(true);
  rows = ['I begin', '⠙ Thinking… 5s'];
  expect(life.look()).toBe(false);
  scrolled = 1;
  expect(life.look()).toBe(true);
});

test('what is said for the first time is life; a turning title, a repeated report and a pulse are none', () => {
  const agent = { isPulse: (signal: AgentSignal) => signal.kind === 'event' && signal.data === 'tick' } as never;
  const life = new SignsOfLife({ agent, screenRows: () => [], scrolled: () => 0 });
  const hears = (...signals: AgentSignal[]): boolean[] => signals.map((signal) => life.hears(signal));
  expect(hears({ kind: 'title', text: '⠋ Fix it' }, { kind: 'title', text: '⠙ Fix it' })).toEqual([true, false]);
  expect(hears({ kind: 'title', text: 'Fix that' })).toEqual([true]);
  expect(hears({ kind: 'report', text: 'state=working' }, { kind: 'report', text: 'state=working' })).toEqual([
    true,
    false,
  ]);
  expect(hears({ kind: 'progress', state: 3, percent: 0 }, { kind: 'progress', state: 3, percent: 0 })).toEqual([
    true,
    false,
  ]);
  expect(hears({ kind: 'event', url: '', data: 'tick' }, { kind: 'event', url: '', data: 'text' })).toEqual([
    false,
    true,
  ]);
  expect(hears({ kind: 'file', line: '{}' }, { kind: 'hook', line: '{}' }, { kind: 'activity' })).toEqual([
    true,
    true,
    false,
  ]);
});
