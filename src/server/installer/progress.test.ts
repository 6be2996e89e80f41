import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BootstrapProgress } from '../../domain/binary.ts';
import { createProgress } from './progress.ts';

const at = (step: BootstrapProgress['step'], doneBytes = 0): BootstrapProgress => ({
  step,
  version: '1.0.0',
  host: 'r.example',
  doneBytes,
  totalBytes: 1e9,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function reports(): { told: BootstrapProgress[]; report: ReturnType<typeof createProgress> } {
  const told: BootstrapProgress[] = [];
  return { told, report: createProgress({ elapsed: () => Date.now() }, (progress) => told.push(progress)) };
}

test('at most five reports a second are made of a fast download', () => {
  const { told, report } = reports();
  for (let ms = 0; ms < 10_000; ms++) {
    report(at('download', ms));
    vi.advanceTimersByTime(1);
  }
  expect(told.length).toBeLessThanOrEqual(51);
  expect(told.length).toBeGreaterThan(45);
});

test('a download that stops moving says how far it got', () => {
  const { told, report } = reports();
  report(at('download', 0));
  report(at('download', 10));
  report(at('download', 20));
  vi.advanceTimersByTime(1000);
  expect(told.map(({ doneBytes }) => doneBytes)).toEqual([0, 20]);
});

test('a new step is told at once, and nothing of the one before follows it', () => {
  const { told, report } = reports();
  report(at('download', 0));
  report(at('download', 10));
  report(at('verify'));
  report.end();
  vi.advanceTimersByTime(1000);
  expect(told.map(({ step }) => step)).toEqual(['download', 'verify']);
  expect(vi.getTimerCount()).toBe(0);
});
