// Amp's approval dialog has no digits: the choices are counted, and reached by moving from the marked one.
import type { Choice } from '../../domain/status.ts';
import { readScreen } from './screen.ts';

export function readChoices(rows: readonly string[]): Choice[] {
  return readScreen(rows).approval?.choices ?? [];
}

/** The dialog's own keys: `j` moves down, `k` up, enter selects. */
export function answerChoice({ digit }: Choice, rows: readonly string[]): string {
  const marked = readScreen(rows).approval?.marked ?? 0;
  const steps = Number(digit) - 1 - Math.max(0, marked);
  return `${(steps < 0 ? 'k' : 'j').repeat(Math.abs(steps))}\r`;
}
