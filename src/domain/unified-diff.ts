// Reads the unified diff of one file into hunks whose lines know their numbers on both sides.
import type { DiffLine, Hunk } from './diff.ts';

export interface DiffLimits {
  /** Lines kept over all hunks. */
  lines: number;
  /** UTF-16 units kept of a line; a longer one ends with `…`. */
  columns: number;
}

export const usualLimits: DiffLimits = { lines: 5000, columns: 2000 };
export const noLimits: DiffLimits = { lines: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY };

/**
 * `text` is git's output for one file; what stands before the first hunk is skipped. A carriage return at the end of a
 * line stays part of it. `omittedLines` counts the lines past the limit. Text that is no diff gives no hunks.
 */
export function parseUnifiedDiff(text: string, limits: DiffLimits): { hunks: Hunk[]; omittedLines: number } {
  const hunks: Hunk[] = [];
  let omittedLines = 0;
  let kept = 0;
  let hunk: Hunk | null = null;
  let position: Position | null = null;
  for (const line of eachLine(text)) {
    if (position === null || isComplete(position)) {
      const note: DiffLine | null = line.startsWith('\\') ? readNote(line) : null;
      if (note !== null && hunk !== null) {
        if (omittedLines === 0) hunk.lines.push(note);
        continue;
      }
      position = readHeader(line);
      if (position !== null) {
        hunk = { header: cut(line, limits.columns), lines: [] };
        if (kept < limits.lines) hunks.push(hunk);
      }
      continue;
    }
    const read = readLine(line, position);
    if (read.kind !== 'note' && kept >= limits.lines) {
      omittedLines++;
      continue;
    }
    if (read.kind !== 'note') kept++;
    if (omittedLines === 0) hunk?.lines.push({ ...read, text: cut(read.text, limits.columns) });
  }
  return { hunks, omittedLines };
}

/** The next line numbers and how many lines each side of the hunk still has. */
interface Position {
  oldLine: number;
  newLine: number;
  oldLeft: number;
  newLeft: number;
}

function isComplete(position: Position): boolean {
  return position.oldLeft <= 0 && position.newLeft <= 0;
}

function readHeader(line: string): Position | null {
  const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
  if (match === null) return null;
  return {
    oldLine: Number(match[1]),
    oldLeft: Number(match[2] ?? 1),
    newLine: Number(match[3]),
    newLeft: Number(match[4] ?? 1),
  };
}

function readLine(line: string, position: Position): DiffLine {
  const text = line.slice(1);
  switch (line.charAt(0)) {
    case '+':
      position.newLeft--;
      return { kind: 'add', text, oldLine: null, newLine: position.newLine++ };
    case '-':
      position.oldLeft--;
      return { kind: 'delete', text, oldLine: position.oldLine++, newLine: null };
    case '\\':
      return readNote(line);
    default:
      position.oldLeft--;
      position.newLeft--;
      return { kind: 'context', text, oldLine: position.oldLine++, newLine: position.newLine++ };
  }
}

/** `\ No newline at end of file` */
function readNote(line: string): DiffLine {
  return { kind: 'note', text: line.slice(1).trim(), oldLine: null, newLine: null };
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1)).toWellFormed()}…`;
}

function* eachLine(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    if (end === -1) {
      yield text.slice(start);
      return;
    }
    yield text.slice(start, end);
    start = end + 1;
  }
}
