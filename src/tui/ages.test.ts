import { describe, expect, test } from 'vitest';
import { apply, baseState, makeSession, now, sessionId, statusOf } from '../../test/golden/fixture.ts';
import { startOfDay, startOfNextDay } from '../domain/day.ts';
import { AgeTimer, shownAges } from './ages.ts';
import type { AppState } from './state/app-state.ts';
import { formatAge, nextAgeChange } from './widgets/status-text.ts';

const minute = 60_000;
const hour = 60 * minute;
const size = { cols: 120, rows: 40 };

function since(id: string, state: 'working' | 'waiting' | 'done' | 'idle', ageMs: number) {
  return makeSession(id, { status: { ...statusOf(state), since: now - ageMs } });
}

test.each([
  [0, '0:00'],
  [-5, '0:00'],
  [42_999, '0:42'],
  [102_000, '1:42'],
  [252_000, '4:12'],
  [59 * minute + 59_000, '59:59'],
  [hour, '1:00h'],
  [3 * hour + 5 * minute, '3:05h'],
  [24 * hour, '1d'],
])('%i ms reads %s, and differently once it changes', (age, text) => {
  expect(formatAge(age)).toBe(text);
  const next = Math.max(0, age) + nextAgeChange(age);
  expect(formatAge(next - 1)).toBe(text);
  expect(formatAge(next)).not.toBe(text);
});

describe('the timer', () => {
  function setup() {
    const planned: Array<{ ms: number; call: () => void }> = [];
    const clock = {
      now: () => 0,
      soon: () => () => undefined,
      after: (ms: number, call: () => void) => {
        const entry = { ms, call };
        planned.push(entry);
        return () => void planned.splice(planned.indexOf(entry), 1);
      },
    };
    const ticks: number[] = [];
    const timer = new AgeTimer(
      clock,
      () => now,
      (at) => void ticks.push(at),
    );
    return { timer, planned, ticks, waits: () => planned.map(({ ms }) => ms) };
  }

  test('a state that is drawn again keeps its timer, and gets another one once that has fired', () => {
    const { timer, planned, ticks, waits } = setup();
    const state = baseState(size, [since('s1aa', 'working', 2 * hour + 10_000)]);
    timer.arm(state);
    timer.arm(state);
    expect(waits()).toEqual([50_000]);
    planned.pop()?.call();
    expect(ticks).toHaveLength(1);
    timer.arm(state);
    expect(waits()).toEqual([50_000]);
  });

  test('waits for the second to change, or for the minute when only hours are shown', () => {
    const { timer, waits } = setup();
    timer.arm(baseState(size, [since('s1aa', 'working', 2 * hour + 10_000)]));
    expect(waits()).toEqual([50_000]);
    timer.arm(baseState(size, [since('s1aa', 'working', 2 * hour + 10_000), since('s2bb', 'working', 1300)]));
    expect(waits()).toEqual([700]);
    timer.arm(baseState(size, [since('s1aa', 'working', 2 * hour + 10_000)]));
    expect(waits()).toEqual([700]);
  });

  test.each<[string, (state: AppState) => AppState]>([
    ['the session is quiet', () => baseState(size, [since('s1aa', 'idle', 5000)])],
    ['another session is zoomed', (state) => ({ ...state, arrangement: 'zoom', selected: sessionId('s2bb') })],
    ['the window is too small', (state) => ({ ...state, size: { cols: 20, rows: 5 } })],
    ['a pane stands alone', (state) => ({ ...state, bare: true })],
    ['the composer covers the panes', (state) => apply(state, { kind: 'screen.opened', screen: { kind: 'composer' } })],
  ])('does not run while no age is shown: %s', (_, change) => {
    const { timer, waits } = setup();
    const state = baseState(size, [since('s1aa', 'working', 5000), since('s2bb', 'idle', 5000)]);
    timer.arm(state);
    expect(waits()).toEqual([1000]);
    timer.arm(change(state));
    expect(waits()).toEqual([]);
  });

  test('what today cost is over at midnight, and only then', () => {
    const { timer, waits } = setup();
    const quiet = baseState(size, [since('s1aa', 'idle', 5000)]);
    timer.arm({ ...quiet, cost: { usd: 1.5, at: now } });
    expect(waits()).toEqual([startOfNextDay(now) - now]);
    timer.arm({ ...quiet, cost: { usd: 1.5, at: startOfDay(now) - 1 } });
    expect(waits()).toEqual([]);
  });

  test('a wait is shown on every screen, in the line on top', () => {
    const state = baseState(size, [since('s1aa', 'waiting', 5000), since('s2bb', 'waiting', 9000)]);
    const covered = apply(state, { kind: 'screen.opened', screen: { kind: 'composer' } });
    expect(shownAges(covered)).toEqual([now - 9000]);
  });
});
