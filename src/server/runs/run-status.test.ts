import { expect, test } from 'vitest';
import { until } from '../../../test/support/until.ts';
import type { Status } from '../../domain/status.ts';
import { systemClock } from '../../platform/clock.ts';
import { RunStatus } from './run-status.ts';

function listen(): { status: RunStatus; told: Status[] } {
  const told: Status[] = [];
  const status = new RunStatus({
    agent: null,
    clock: systemClock,
    memory: undefined,
    look: () => ({ rows: [], colors: { run: () => [] } as never }),
    scrolled: () => 0,
    watchdogMinutes: 0,
    changed: (next) => told.push(next),
  });
  return { status, told };
}

test('a program that changes its report without pause is told of in a burst, then with its newest status only', async () => {
  const { status, told } = listen();
  for (let i = 0; i < 10_000; i++) status.signal({ kind: 'report', text: `state=${i % 2 === 0 ? 'done' : 'working'}` });
  status.signal({ kind: 'report', text: 'state=blocked:kind=permission' });
  expect(told.length).toBeLessThanOrEqual(25);
  await until('the newest is told', () => told.at(-1)?.state === 'waiting');
  expect(told.length).toBeLessThanOrEqual(30);
  status.stop();
});

test('its end is told at once', () => {
  const { status, told } = listen();
  for (let i = 0; i < 1000; i++) status.signal({ kind: 'report', text: `state=${i % 2 === 0 ? 'done' : 'working'}` });
  status.exited({ code: 0, signal: null }, { stopped: false });
  expect(told.at(-1)?.state).toBe('exited');
});
