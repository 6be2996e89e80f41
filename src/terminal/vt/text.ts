// The text of cells.
import { CellWords, Content } from '../cell.ts';
import type { CellTable } from '../cell-table.ts';
import { withoutBlanks } from './history.ts';

/** Trailing blanks are removed. */
export function textOf(cells: Uint32Array, cols: number, table: CellTable): string {
  const used = withoutBlanks(cells, cols);
  let text = '';
  for (let at = 0; at < used * CellWords; at += CellWords) text += textAt(cells, at, table);
  return text.replace(/ +$/, '');
}

/** The column of each UTF-16 unit of `textOf`, and the one after the last. */
export function columnsOf(cells: Uint32Array, cols: number, table: CellTable): number[] {
  const length = textOf(cells, cols, table).length;
  const columns: number[] = [];
  let column = 0;
  for (; column < cols && columns.length < length; column++) {
    for (let i = textAt(cells, column * CellWords, table).length; i > 0; i--) columns.push(column);
  }
  // Past the right half of a wide character.
  while (column < cols && ((cells[column * CellWords] ?? 0) & Content.widthMask) === 0) column++;
  columns.push(column);
  return columns;
}

/** Empty for the right half of a wide character, a space for a blank. */
function textAt(cells: Uint32Array, at: number, table: CellTable): string {
  const content = cells[at] as number;
  const id = content & Content.codePointMask;
  if (content & Content.cluster) return table.cluster(id);
  return (content & Content.widthMask) === 0 ? '' : String.fromCodePoint(id || 0x20);
}
