// Moving and selecting in copy mode. Lines count from the oldest kept history line; the screen follows the history.
import type { CopyState } from './app-state.ts';

/** What copy mode needs to know of the pane. */
export interface CopyExtent {
  readonly cols: number;
  readonly rows: number;
  readonly history: number;
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
  const last = extent.history + extent.rows - 1;
  switch (move) {
    case 'left':
      return follow({ ...copy, col: Math.max(0, copy.col - 1) }, extent);
    case 'right':
      return follow({ ...copy, col: Math.min(extent.cols - 1, copy.col + 1) }, extent);
    case 'up':
      return follow({ ...copy, line: Math.max(0, copy.line - 1) }, extent);
    case 'down':
      return follow({ ...copy, line: Math.min(last, copy.line + 1) }, extent);
    case 'page-up':
      return follow(shift(copy, -Math.max(1, extent.rows - 1), last), extent);
    case 'page-down':
      return follow(shift(copy, Math.max(1, extent.rows - 1), last), extent);
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
      return follow({ ...copy, line: 0, col: 0 }, extent);
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

function shift(copy: CopyState, by: number, last: number): CopyState {
  return { ...copy, line: Math.max(0, Math.min(last, copy.line + by)), top: Math.max(0, copy.top + by) };
}

function follow(copy: CopyState, extent: CopyExtent): CopyState {
  const highest = Math.max(0, Math.min(copy.top, extent.history));
  const top = Math.min(Math.max(highest, copy.line - extent.rows + 1), copy.line);
  return top === copy.top ? copy : { ...copy, top };
}

function isBlank(cell: string | undefined): boolean {
  return cell === undefined || cell.trim() === '';
}
