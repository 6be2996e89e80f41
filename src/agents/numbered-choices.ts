// Reads a question's numbered choices from the screen, as most agents draw them:
//
//   Allow edit of README.md?            or on one row:   ❯ 1. Yes  2. Always  3. No
//   ❯ 1. Yes
//     2. Yes, and do not ask again
//     3. No
//
// Certain or nothing: numbers from 1 without a gap, exactly one marked by a selector, near the end of what is drawn, and
// no other selector below. A numbered list in an answer has no selector; an answered question is erased by its program.
import { plainLine } from '../domain/plain-text.ts';
import type { Choice } from '../domain/status.ts';

export interface NumberedQuestion {
  /** The nearest text above the choices, one line; empty when there is none. */
  text: string;
  choices: Choice[];
}

/** Drawn rows that may follow the choices: key hints and a frame. */
const rowsBelow = 6;
/** Rows of one choice's continued label. */
const continuedRows = 3;
const labelLimit = 120;

const selector = '[❯›➤▶►>→‣]';
const item = new RegExp(`^(\\s*)(${selector})?(\\s*)([1-9])[.)]\\s+(\\S.*)$`, 'u');
const anySelector = new RegExp(`^\\s*${selector}(\\s|$)`, 'u');

/** The question now on the screen, or null when none can be read with certainty. */
export function readNumberedQuestion(rows: readonly string[]): NumberedQuestion | null {
  const lines = rows.map(withoutFrame);
  const last = lines.findLastIndex((line) => line.trim() !== '');
  for (let row = last; row >= 0 && drawnBetween(lines, row, last) <= rowsBelow; row--) {
    const block = readBlock(lines, row) ?? readOneRow(lines, row);
    if (block === null) continue;
    const below = lines.slice(block.end + 1, last + 1);
    if (below.some((line) => anySelector.test(line))) return null;
    return { text: textAbove(lines, block.start), choices: block.choices };
  }
  return null;
}

interface Block {
  start: number;
  end: number;
  choices: Choice[];
}

/** A block of rows whose last choice begins at `row`. */
function readBlock(lines: readonly string[], row: number): Block | null {
  const found: Array<{ number: number; marked: boolean; label: string; row: number }> = [];
  let gap = 0;
  for (let at = row; at >= 0; at--) {
    const line = lines[at] ?? '';
    const match = item.exec(line);
    if (match === null) {
      if (found.length === 0) return null;
      // A label continued on its next row is indented further than the number.
      if (line.trim() === '' || !/^\s{3,}\S/.test(line) || ++gap > continuedRows) break;
      continue;
    }
    gap = 0;
    const [, , mark, , digit, label] = match;
    const number = Number(digit);
    const below = found.at(-1);
    if (below !== undefined && number !== below.number - 1) break;
    found.push({ number, marked: mark !== undefined, label: label ?? '', row: at });
    if (number === 1) break;
  }
  found.reverse();
  if (found[0]?.number !== 1 || found.length < 2) return null;
  if (found.filter(({ marked }) => marked).length !== 1) return null;
  if (found.some(({ label }) => / {2,}[2-9][.)]\s/.test(label))) return null;
  return {
    start: found[0].row,
    end: row,
    choices: found.map(({ number, label }) => ({ digit: String(number), label: cleanLabel(label) })),
  };
}

/** All choices on one row, two spaces or more apart. */
function readOneRow(lines: readonly string[], row: number): Block | null {
  const parts = (lines[row] ?? '').trim().split(/\s{2,}/);
  if (parts.length < 2) return null;
  let marked = 0;
  const choices: Choice[] = [];
  for (const [index, part] of parts.entries()) {
    const match = item.exec(part);
    if (match === null || match[4] !== String(index + 1)) return null;
    if (match[2] !== undefined) marked++;
    choices.push({ digit: String(index + 1), label: cleanLabel(match[5] ?? '') });
  }
  return marked === 1 ? { start: row, end: row, choices } : null;
}

function textAbove(lines: readonly string[], start: number): string {
  for (let row = start - 1; row >= Math.max(0, start - 4); row--) {
    const text = plainLine(lines[row] ?? '');
    if (/[\p{L}\p{N}]/u.test(text)) return text.slice(0, 300);
  }
  return '';
}

function drawnBetween(lines: readonly string[], row: number, last: number): number {
  return lines.slice(row + 1, last + 1).filter((line) => line.trim() !== '').length;
}

/** Frames around a dialog: a vertical line at either end; a row of only frame characters is blank. */
function withoutFrame(line: string): string {
  const inner = line.replace(/^(\s*)[│┃║▌|](?=\s|$)/u, '$1 ').replace(/\s*[│┃║▐|]\s*$/u, '');
  return /^[\s─━═╭╮╰╯┌┐└┘├┤▀▄█▁▔]*$/u.test(inner) ? '' : inner;
}

/** What stands in a column of its own behind it describes it. */
function cleanLabel(label: string): string {
  return plainLine(label.trim().split(/\s{2,}/)[0] ?? '').slice(0, labelLimit);
}
