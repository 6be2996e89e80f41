// Its dialogs, in a pane. A permission has buttons side by side, of which the first is selected at the beginning; only
// their colour tells. A question has numbered choices that take a digit.
//
//   ┃   Allow once   Allow always   Reject      ctrl+f fullscreen  ⇆ select  enter confirm
//
//   ┃  1. red paint
//   ┃     as the walls are
//   ┃  2. blue paint
//   ┃  ↑↓ select  enter submit  esc dismiss
import { plainLine } from '../../domain/plain-text.ts';
import type { Choice } from '../../domain/status.ts';

/** In the order of the buttons. */
const permission: readonly string[] = ['Allow once', 'Allow always', 'Reject'];
const confirmation: readonly string[] = ['Confirm', 'Cancel'];
const buttonRows = [permission, confirmation].map((labels) => ({
  labels,
  pattern: new RegExp(`^\\s*┃\\s+${labels.join('\\s{2,}')}(?:\\s{2,}|\\s*$)`, 'u'),
}));

const submits = /^\s*┃\s+↑↓ select\s+enter submit/u;
const item = /^\s*┃\s+([1-9])\.\s+(\S.*)$/u;
const framed = /^\s*┃/u;

const right = '\u001b[C';

export function readChoices(rows: readonly string[]): Choice[] {
  for (const { labels, pattern } of buttonRows) {
    if (rows.some((row) => pattern.test(row))) {
      return labels.map((label, index) => ({ digit: String(index + 1), label }));
    }
  }
  const foot = rows.findLastIndex((row) => submits.test(row));
  const choices: Choice[] = [];
  for (let row = foot - 1; row >= 0 && framed.test(rows[row] ?? ''); row--) {
    const [, digit, label] = item.exec(rows[row] ?? '') ?? [];
    if (digit !== undefined) choices.unshift({ digit, label: plainLine(label ?? '').slice(0, 120) });
    if (digit === '1') break;
  }
  return choices.every(({ digit }, index) => digit === String(index + 1)) ? choices : [];
}

export function answer({ digit, label }: Choice): string {
  const buttons = buttonRows.find(({ labels }) => labels.includes(label))?.labels;
  if (buttons === undefined) return digit;
  return `${right.repeat(buttons.indexOf(label))}\r`;
}
