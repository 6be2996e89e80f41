// Draws a text field: wrapped by graphemes, scrolled so that the cursor is seen.
import { glyphsOf } from '../../terminal/width.ts';
import type { Rect } from '../layout/rect.ts';
import type { EditorState } from '../state/editor.ts';
import type { Role } from '../theme/roles.ts';
import type { Canvas } from './canvas.ts';

interface WrappedLine {
  /** Offset of the first character of the row in the text. */
  readonly from: number;
  readonly text: string;
}

export interface EditorLook {
  readonly focused: boolean;
  readonly placeholder?: string;
  readonly role?: Role;
}

/** Draws into `rect`; puts the screen's cursor there when focused. */
export function drawEditor(canvas: Canvas, rect: Rect, editor: EditorState, look: EditorLook): void {
  const role = look.role ?? 'input';
  if (rect.width <= 0 || rect.height <= 0) return;
  canvas.fill(rect, role);
  if (editor.text === '' && look.placeholder !== undefined) {
    canvas.text(rect.x, rect.y, look.placeholder, 'input.placeholder', rect.width);
  }
  const window = visibleText(editor, rect.width * rect.height * 4);
  const rows = wrapText(window.text, rect.width);
  const cursor = placeOf(rows, editor.cursor - window.from, rect.width);
  const top = Math.max(0, cursor.row - rect.height + 1);
  rows.slice(top, top + rect.height).forEach((row, index) => {
    canvas.text(rect.x, rect.y + index, row.text, role, rect.width);
  });
  if (look.focused) {
    canvas.cursor = { x: rect.x + Math.min(cursor.col, rect.width - 1), y: rect.y + cursor.row - top, style: 0 };
  }
}

/** Rows needed to show the whole text at this width, at most `limit`. */
export function editorRows(editor: EditorState, width: number, limit: number): number {
  if (width <= 0) return 1;
  const window = visibleText(editor, width * limit * 2);
  const rows = wrapText(window.text, width);
  const cursorRow = placeOf(rows, editor.cursor - window.from, width).row;
  return Math.max(1, Math.min(limit, Math.max(rows.length, cursorRow + 1)));
}

/** A long text is wrapped from a line start near the cursor only. */
function visibleText(editor: EditorState, reach: number): { from: number; text: string } {
  if (editor.text.length <= 4 * reach) return { from: 0, text: editor.text };
  const near = Math.max(0, editor.cursor - reach);
  const line = near === 0 ? 0 : editor.text.lastIndexOf('\n', near) + 1;
  const from = near - line > reach ? near : line;
  return { from, text: editor.text.slice(from, editor.cursor + reach) };
}

/** Breaks at newlines and where the width ends. */
export function wrapText(text: string, width: number): WrappedLine[] {
  const rows: WrappedLine[] = [];
  let lineFrom = 0;
  for (const line of text.split('\n')) {
    let [row, columns, from, at] = ['', 0, lineFrom, lineFrom];
    for (const glyph of glyphsOf(line)) {
      if (columns + glyph.columns > width && row !== '') {
        rows.push({ from, text: row });
        [row, columns, from] = ['', 0, at];
      }
      row += glyph.text;
      columns += glyph.columns;
      at += glyph.text.length;
    }
    rows.push({ from, text: row });
    lineFrom += line.length + 1;
  }
  return rows;
}

function placeOf(rows: readonly WrappedLine[], cursor: number, width: number): { row: number; col: number } {
  const found = rows.findLastIndex((row) => row.from <= cursor);
  const at = Math.max(0, found);
  const line = rows[at];
  if (line === undefined) return { row: 0, col: 0 };
  let [col, offset] = [0, line.from];
  for (const glyph of glyphsOf(line.text)) {
    if (offset >= cursor) break;
    offset += glyph.text.length;
    col += glyph.columns;
  }
  // After a full row the cursor stands at the start of the next one.
  return col >= width ? { row: at + 1, col: 0 } : { row: at, col };
}
