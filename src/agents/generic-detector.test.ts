import { expect, test } from 'vitest';
import type { AgentSignal } from './agent.ts';
import { genericDetector } from './generic-detector.ts';

function states(...signals: AgentSignal[]): string[] {
  const detector = genericDetector();
  return signals
    .flatMap((signal) => detector.push(signal))
    .map((change) => (change.state === 'waiting' ? `waiting:${change.wait}` : change.state));
}

const screen = (...rows: string[]): AgentSignal => ({ kind: 'screen', rows });

test('a program that only draws is unknown, once', () => {
  expect(states({ kind: 'activity' }, screen('hello'), { kind: 'bell' }, screen('hello 2'))).toEqual(['unknown']);
});

test('its own report beats everything else from then on', () => {
  expect(
    states(
      { kind: 'title', text: '⠋ thinking' },
      { kind: 'report', text: 'state=idle' },
      { kind: 'title', text: '⠙ thinking' },
      { kind: 'progress', state: 3, percent: 0 },
      screen('? Allow?', '❯ 1. Yes', '  2. No'),
    ),
  ).toEqual(['working', 'idle']);
});

test('a spinner in the title is work, and its end is not known to be anything', () => {
  expect(states({ kind: 'title', text: '⣛ fix - amp' }, { kind: 'title', text: 'fix - amp' })).toEqual([
    'working',
    'unknown',
  ]);
  expect(states({ kind: 'title', text: '[ ! ] Action Required | x' })).toEqual(['waiting:permission']);
  expect(states({ kind: 'title', text: 'bash' }, { kind: 'title', text: '~/src — vim' })).toEqual([]);
});

test('progress is work while it lasts', () => {
  expect(states({ kind: 'progress', state: 3, percent: 0 }, { kind: 'progress', state: 0, percent: 0 })).toEqual([
    'working',
    'unknown',
  ]);
  expect(states({ kind: 'progress', state: 0, percent: 0 })).toEqual([]);
});

test('a notification waits only when it says so, until input was given', () => {
  expect(states({ kind: 'notification', text: 'build finished' })).toEqual([]);
  expect(
    states(
      { kind: 'notification', text: 'It needs your permission to run rm' },
      { kind: 'input', submitted: false },
      { kind: 'input', submitted: true },
    ),
  ).toEqual(['waiting:permission', 'unknown']);
  expect(states({ kind: 'notification', text: 'agent is waiting for your input' })).toEqual(['waiting:question']);
});

test('a question on the screen waits while it is there', () => {
  expect(states(screen('Which one?', '❯ 1. a', '  2. b'), screen('You chose a'))).toEqual([
    'waiting:question',
    'unknown',
  ]);
  expect(states(screen('Allow npm test?', '❯ 1. Yes', '  2. No'))).toEqual(['waiting:permission']);
});
