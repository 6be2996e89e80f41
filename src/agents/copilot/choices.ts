// Copilot's permissions are numbered choices, the last of them a field for words. Its questions are a form whose options
// have no numbers:
//
//   Copilot needs information.
//   Which paint?
//   Choice:
//   ❯ red paint
//     blue paint
//     Other (type your answer)
//   ↑/↓ select · enter accept · ctrl+d decline · esc cancel
import { plainLine } from '../../domain/plain-text.ts';
import type { Choice } from '../../domain/status.ts';
import { readNumberedQuestion } from '../numbered-choices.ts';

const hints = /↑\/↓ select · enter accept/;
const option = /^(\s*)(❯ | {2})(\S.*)$/u;
const ownWords = /^Other \(type your answer\)/;
const mostChoices = 9;

interface Form {
  labels: string[];
  selected: number;
}

export function readChoices(rows: readonly string[]): Choice[] {
  const numbered = readNumberedQuestion(rows);
  if (numbered !== null) return numbered.choices;
  const labels = readForm(rows)?.labels ?? [];
  return labels.map((label, index) => ({ digit: String(index + 1), label }));
}

/** `3. No, and tell Copilot what to do differently (Esc to stop)`: its digit opens a field for the words. */
const refusal = /^No, and tell Copilot/;
const stop = '\u001b';

/** A digit for numbered choices, escape for a refusal; in a form the way from the selected option, then enter. */
export function answer(choice: Choice, rows: readonly string[]): string {
  if (refusal.test(choice.label)) return stop;
  const form = readNumberedQuestion(rows) === null ? readForm(rows) : null;
  if (form === null) return choice.digit;
  const way = Number(choice.digit) - 1 - form.selected;
  return `${(way < 0 ? '\u001b[A' : '\u001b[B').repeat(Math.abs(way))}\r`;
}

/** The options above the hints; null unless exactly one is selected and the last is the user's own words. */
function readForm(rows: readonly string[]): Form | null {
  const end = rows.findLastIndex((row) => hints.test(row));
  if (end < 0) return null;
  const labels: string[] = [];
  let selected = -1;
  for (let row = end - 1; row >= 0; row--) {
    const line = (rows[row] ?? '').replace(/[│┃]\s*$/u, '').trimEnd();
    if (line.trim() === '') {
      if (labels.length === 0) continue;
      break;
    }
    const match = option.exec(line);
    const isSelected = match?.[2] === '❯ ';
    // An option's mark is the selector or its two columns of space; the label of the field has neither.
    if (match === null || (!isSelected && (match[1]?.length ?? 0) + 2 < 3)) break;
    labels.unshift(plainLine(match[3] ?? ''));
    if (isSelected && selected >= 0) return null;
    if (isSelected) selected = 0;
    else if (selected >= 0) selected++;
  }
  if (labels.length < 2 || selected < 0 || !ownWords.test(labels.at(-1) ?? '')) return null;
  labels.pop();
  return labels.length > mostChoices ? null : { labels, selected };
}
