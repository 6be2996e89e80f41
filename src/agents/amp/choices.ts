// Amp's approval dialog has no digits: the choices are counted, and answered by moving down and enter.
import type { Choice } from '../../domain/status.ts';
import { readScreen } from './screen.ts';

export function readChoices(rows: readonly string[]): Choice[] {
  return readScreen(rows).approval?.choices ?? [];
}

/** The dialog shows the first choice marked (see readChoices). Its own keys: `j` moves down, enter selects. */
export function answerChoice({ digit }: Choice): string {
  return `${'j'.repeat(Math.max(0, Number(digit) - 1))}\r`;
}
