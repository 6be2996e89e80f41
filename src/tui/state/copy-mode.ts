// Moving and selecting in copy mode. Lines have numbers that do not change when older ones are dropped.
import type { CopyState } from './app-state.ts';

/** What copy mode needs to know of the pane. */
export interface CopyExtent {
  readonly cols: number;
  readonly rows: number;
  /** Numbers of the oldest line there is and of the first one on the screen. */
  readonly oldest: number;
  readonly screenTop: number;
}

export type CopyMove =
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'line-start'
  | 'line-end'
  | 'top'
  | 'bottom'
  | 'word-left'
  | 'word-right';

/** The cursor after a movement, with the view following it. `text` gives the characters of a line, one per column. */
export function moveCopy(
  copy: CopyState,
  move: CopyMove,
  extent: CopyExtent,
  text: (line: number) => readonly string[],
): CopyState {
  const last = extent.screenTop + extent.rows - 1;
  switch (move) {
    case 'left':
      return follow({ ...copy, col: Math.max(0, copy.col - 1) }, extent);
    case 'right':
      return follow({ ...copy, col: Math.min(extent.cols - 1, copy.col + 1) }, extent);
    case 'up':
      return follow({ ...copy, line: Math.max(extent.oldest, copy.line - 1) }, extent);
    case 'down':
      return follow({ ...copy, line: Math.min(last, copy.line + 1) }, extent);
    case 'page-up':
      return follow(shift(copy, -Math.max(1, extent.rows - 1), extent.oldest, last), extent);
    case 'page-down':
      return follow(shift(copy, Math.max(1, extent.rows - 1), extent.oldest, last), extent);
    case 'line-start':
      return { ...copy, col: 0 };
    case 'line-end':
      return {
        ...copy,
        col: Math.max(
          0,
          text(copy.line).findLastIndex((cell) => cell !== ' ' && cell !== ''),
        ),
      };
    case 'top':
      return follow({ ...copy, line: extent.oldest, col: 0 }, extent);
    case 'bottom':
      return follow({ ...copy, line: last, col: 0 }, extent);
    case 'word-left': {
      const cells = text(copy.line);
      let col = copy.col;
      while (col > 0 && isBlank(cells[col - 1])) col--;
      while (col > 0 && !isBlank(cells[col - 1])) col--;
      return { ...copy, col };
    }
    case 'word-right': {
      const cells = text(copy.line);
      let col = copy.col;
      while (col < extent.cols - 1 && !isBlank(cells[col])) col++;
      while (col < extent.cols - 1 && isBlank(cells[col])) col++;
      return { ...copy, col };
    }
  }
}

/** The same place, or the nearest there still is: lines that are gone were dropped, or belonged to another program. */
export function keepInside(copy: CopyState, extent: CopyExtent): CopyState {
  const { oldest, screenTop, rows } = extent;
  const inside = (line: number): boolean => line >= oldest && line < screenTop + rows;
  const isInside = copy.top >= oldest && copy.top <= screenTop && inside(copy.line);
  if (isInside && (copy.anchor === null || inside(copy.anchor.line))) return copy;
  const kept = (line: number): number => clamp(line, oldest, screenTop + rows - 1);
  return {
    ...copy,
    top: clamp(copy.top, oldest, screenTop),
    line: kept(copy.line),
    anchor: copy.anchor === null ? null : { ...copy.anchor, line: kept(copy.anchor.line) },
  };
}

export interface Selection {
  readonly from: { readonly line: number; readonly col: number };
  /** Inclusive. */
  readonly to: { readonly line: number; readonly col: number };
}

/** What is selected, in reading order, or null. */
export function selectionOf(copy: CopyState, cols: number): Selection | null {
  if (copy.anchor === null) return null;
  const cursor = { line: copy.line, col: copy.col };
  const forward = copy.anchor.line < cursor.line || (copy.anchor.line === cursor.line && copy.anchor.col <= cursor.col);
  const [from, to] = forward ? [copy.anchor, cursor] : [cursor, copy.anchor];
  return copy.linewise ? { from: { line: from.line, col: 0 }, to: { line: to.line, col: cols - 1 } } : { from, to };
}

/** The columns of a line that are selected, [from, to), or null. */
export function selectedColumns(selection: Selection, line: number, cols: number): readonly [number, number] | null {
  if (line < selection.from.line || line > selection.to.line) return null;
  return [
    line === selection.from.line ? selection.from.col : 0,
    line === selection.to.line ? Math.min(cols, selection.to.col + 1) : cols,
  ];
}

/** The selected text; blanks at the end of lines are left out. */
export function selectedText(selection: Selection, cols: number, text: (line: number) => readonly string[]): string {
  const lines: string[] = [];
  for (let line = selection.from.line; line <= selection.to.line; line++) {
    const columns = selectedColumns(selection, line, cols);
    if (columns === null) continue;
    lines.push(text(line).slice(columns[0], columns[1]).join('').trimEnd());
  }
  return lines.join('\n');
}

function shift(copy: CopyState, by: number, oldest: number, last: number): CopyState {
  return { ...copy, line: clamp(copy.line + by, oldest, last), top: Math.max(oldest, copy.top + by) };
}

function follow(copy: CopyState, extent: CopyExtent): CopyState {
  const highest = clamp(copy.top, extent.oldest, extent.screenTop);
  const top = Math.min(Math.max(highest, copy.line - extent.rows + 1), copy.line);
  return top === copy.top ? copy : { ...copy, top };
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

function isBlank(cell: string | undefined): boolean {
  return cell === undefined || cell.trim() === '';
}
