// Cutting texts by columns.
import { glyphsOf } from '../../terminal/width.ts';

/** The text without what stands in its first `columns` columns; half of a wide character becomes a space. */
export function dropColumns(text: string, columns: number): string {
  if (columns <= 0) return text;
  let [used, at] = [0, 0];
  for (const glyph of glyphsOf(text)) {
    if (used >= columns) break;
    used += glyph.columns;
    at += glyph.text.length;
  }
  return ' '.repeat(Math.max(0, used - columns)) + text.slice(at);
}
