// Its dialogs, in a pane. A permission has buttons side by side; which one is selected only their colours tell: its
// ground is the colour that the dialog's left edge is drawn in. A question has numbered choices that take a digit.
//
//   ┃   Allow once   Allow always   Reject      ctrl+f fullscreen  ⇆ select  enter confirm
//
//   ┃  1. red paint
//   ┃     as the walls are
//   ┃  2. blue paint
//   ┃  ↑↓ select  enter submit  esc dismiss
import { plainLine } from '../../domain/plain-text.ts';
import type { Choice } from '../../domain/status.ts';
import type { ScreenColors } from '../../terminal/screen-colors.ts';

/** In the order of the buttons. */
const dialogs: ReadonlyArray<readonly string[]> = [
  ['Allow once', 'Allow always', 'Reject'],
  ['Confirm', 'Cancel'],
];
const buttonRows = dialogs.map((labels) => ({
  labels,
  pattern: new RegExp(`^\\s*┃\\s+${labels.join('\\s{2,}')}(?:\\s{2,}|\\s*$)`, 'u'),
}));

const submits = /^\s*┃\s+↑↓ select\s+enter submit/u;
const item = /^\s*┃\s+([1-9])\.\s+(\S.*)$/u;
const framed = /^\s*┃/u;

const left = '\u001b[D';
const right = '\u001b[C';

interface Buttons {
  labels: readonly string[];
  selected: number;
}

export function readChoices(rows: readonly string[], colors: ScreenColors): Choice[] {
  const buttons = readButtons(rows, colors);
  if (buttons === null) return readNumbered(rows);
  return buttons === 'unsure' ? [] : buttons.labels.map((label, index) => ({ digit: String(index + 1), label }));
}

/** A digit for numbered choices; for buttons the way from the selected one, then enter. */
export function answer({ digit }: Choice, rows: readonly string[], colors: ScreenColors): string {
  const buttons = readButtons(rows, colors);
  if (buttons === null || buttons === 'unsure') return digit;
  const way = Number(digit) - 1 - buttons.selected;
  return `${(way < 0 ? left : right).repeat(Math.abs(way))}\r`;
}

/** `unsure`: there are buttons, but not exactly one looks selected. */
function readButtons(rows: readonly string[], colors: ScreenColors): Buttons | 'unsure' | null {
  for (const { labels, pattern } of buttonRows) {
    const row = rows.findLastIndex((text) => pattern.test(text));
    if (row < 0) continue;
    const text = rows[row] ?? '';
    // Everything in front of the buttons, and the buttons, is one column wide per character.
    const edge = colors.foreground(row, text.indexOf('┃'));
    const marked = labels.filter((label) => colors.background(row, text.indexOf(label)) === edge);
    const [selected] = marked;
    // 0 is no colour of its own: that of an edge and that of a ground cannot be compared then.
    if (selected === undefined || marked.length > 1 || edge === 0) return 'unsure';
    return { labels, selected: labels.indexOf(selected) };
  }
  return null;
}

function readNumbered(rows: readonly string[]): Choice[] {
  const foot = rows.findLastIndex((row) => submits.test(row));
  const choices: Choice[] = [];
  for (let row = foot - 1; row >= 0 && framed.test(rows[row] ?? ''); row--) {
    const [, digit, label] = item.exec(rows[row] ?? '') ?? [];
    if (digit !== undefined) choices.unshift({ digit, label: plainLine(label ?? '').slice(0, 120) });
    if (digit === '1') break;
  }
  return choices.every(({ digit }, index) => digit === String(index + 1)) ? choices : [];
}
