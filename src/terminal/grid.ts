// A rectangle of cells: what a pane shows, and what the whole screen is composed of.
import { BlankContent, type CellExtra, CellWords, Content } from './cell.ts';
import type { CellTable } from './cell-table.ts';
import { glyphsOf } from './width.ts';

const narrow = 1 << Content.widthShift;
const wide = 2 << Content.widthShift;

/**
 * Cells row by row, four words each, texts and looks in a CellTable that all grids of a program share. Everything is
 * clipped to the grid; a wide character cut in half becomes blanks, so that no row ever holds half of one.
 */
export class Grid {
  readonly table: CellTable;
  #cols: number;
  #rows: number;
  #words: Uint32Array;
  /** 1 for a row that was written since `settle`. */
  #changed: Uint8Array;

  constructor(cols: number, rows: number, table: CellTable) {
    this.table = table;
    this.#cols = cols;
    this.#rows = rows;
    this.#words = new Uint32Array(cols * rows * CellWords);
    this.#changed = new Uint8Array(rows);
    this.clear();
  }

  get cols(): number {
    return this.#cols;
  }

  get rows(): number {
    return this.#rows;
  }

  /** The cells themselves, to be read: what is written here is not noticed. Replaced by `resize`. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** Whether a row was written since `settle`; its cells may be the same. */
  isChanged(row: number): boolean {
    return this.#changed[row] === 1;
  }

  /** From now on no row counts as changed. */
  settle(): void {
    this.#changed.fill(0);
  }

  /** See CellTable.epoch. */
  get tableEpoch(): number {
    return this.table.epoch;
  }

  cluster(id: number): string {
    return this.table.cluster(id);
  }

  extra(id: number): CellExtra | null {
    return this.table.extra(id);
  }

  /** Every cell blank, with these colours. */
  clear(fg = 0, bg = 0): void {
    this.fill(0, 0, this.#cols, this.#rows, fg, bg);
  }

  /** A new size; all cells are blank afterwards. */
  resize(cols: number, rows: number): void {
    this.#cols = cols;
    this.#rows = rows;
    this.#words = new Uint32Array(cols * rows * CellWords);
    this.#changed = new Uint8Array(rows);
    this.clear();
  }

  /** Blanks with these colours. */
  fill(x: number, y: number, width: number, height: number, fg = 0, bg = 0): void {
    const left = Math.max(0, x);
    const right = Math.min(this.#cols, x + width);
    if (right <= left) return;
    for (let row = Math.max(0, y); row < Math.min(this.#rows, y + height); row++) {
      this.#changed[row] = 1;
      this.#cutAt(row, left);
      this.#cutAt(row, right);
      const end = this.#at(right - 1, row) + CellWords;
      for (let at = this.#at(left, row); at < end; at += CellWords) {
        this.#words[at] = BlankContent;
        this.#words[at + 1] = fg;
        this.#words[at + 2] = bg;
        this.#words[at + 3] = 0;
      }
    }
  }

  /**
   * Writes one line of text and returns the columns used. Control characters are left out. What does not fit between
   * `x` and `limit` (exclusive) is cut.
   */
  text(x: number, y: number, text: string, fg = 0, bg = 0, extra: CellExtra | null = null, limit = this.#cols): number {
    if (y < 0 || y >= this.#rows) return 0;
    this.#changed[y] = 1;
    const right = Math.min(limit, this.#cols);
    const look = extra ? this.table.extraId(extra) : 0;
    let column = x;
    for (const glyph of glyphsOf(text)) {
      if (column + glyph.columns > right) break;
      if (column >= 0) this.#put(column, y, contentOf(glyph.text, glyph.columns, this.table), fg, bg, look);
      column += glyph.columns;
    }
    return column - x;
  }

  /** The text of one cell: empty for a blank, and for the right half of a wide character. */
  textAt(x: number, y: number): string {
    const content = this.#words[this.#at(x, y)] ?? 0;
    const id = content & Content.codePointMask;
    if (content & Content.cluster) return this.table.cluster(id);
    return id === 0 ? '' : String.fromCodePoint(id);
  }

  /** The text of a row, columns [from, to), blanks as spaces, trailing spaces removed. */
  rowText(y: number, from = 0, to = this.#cols): string {
    let text = '';
    for (let x = from; x < Math.min(to, this.#cols); x++) {
      const width = (this.#words[this.#at(x, y)] ?? 0) & Content.widthMask;
      if (width !== 0) text += this.textAt(x, y) || ' ';
    }
    return text.replace(/ +$/, '');
  }

  /** Copies a part of another grid that shares the table; `changedOnly`: of its changed rows. */
  blit(
    source: Grid,
    sx: number,
    sy: number,
    width: number,
    height: number,
    x: number,
    y: number,
    changedOnly = false,
  ): void {
    for (let row = 0; row < height; row++) {
      if (sy + row < 0 || sy + row >= source.rows) continue;
      if (changedOnly && !source.isChanged(sy + row)) continue;
      const from = source.#at(0, sy + row);
      this.blitRow(source.#words.subarray(from, from + source.cols * CellWords), sx, width, x, y + row);
    }
  }

  /** Copies cells [sx, sx + width) of a row. */
  blitRow(words: Uint32Array, sx: number, width: number, x: number, y: number): void {
    if (y < 0 || y >= this.#rows) return;
    const skip = Math.max(0, -x, -sx);
    const from = sx + skip;
    const left = x + skip;
    const count = Math.min(width - skip, words.length / CellWords - from, this.#cols - left);
    if (count <= 0) return;
    this.#changed[y] = 1;
    this.#cutAt(y, left);
    this.#cutAt(y, left + count);
    const start = this.#at(left, y);
    this.#words.set(words.subarray(from * CellWords, (from + count) * CellWords), start);
    const last = start + (count - 1) * CellWords;
    if (((this.#words[start] ?? 0) & Content.widthMask) === 0) this.#words[start] = BlankContent;
    if (((this.#words[last] ?? 0) & Content.widthMask) === wide) this.#words[last] = BlankContent;
  }

  /** Puts cells as they are into a row: the caller looks after wide characters. Throws a RangeError beyond the grid. */
  write(row: number, col: number, words: Uint32Array): void {
    this.#words.set(words, this.#at(col, row));
    this.#changed[row] = 1;
  }

  /** Sets bits of the colour words of a part: for selections and marks. `fg` and `bg` get the words and return them. */
  restyle(x: number, y: number, width: number, change: (fg: number, bg: number) => [number, number]): void {
    if (y < 0 || y >= this.#rows) return;
    this.#changed[y] = 1;
    for (let column = Math.max(0, x); column < Math.min(this.#cols, x + width); column++) {
      const at = this.#at(column, y);
      const [fg, bg] = change(this.#words[at + 1] ?? 0, this.#words[at + 2] ?? 0);
      this.#words[at + 1] = fg;
      this.#words[at + 2] = bg;
    }
  }

  #put(x: number, y: number, content: number, fg: number, bg: number, extra: number): void {
    const isWide = (content & Content.widthMask) === wide;
    this.#cutAt(y, x);
    this.#cutAt(y, x + (isWide ? 2 : 1));
    const at = this.#at(x, y);
    this.#set(at, content, fg, bg, extra);
    if (isWide) this.#set(at + CellWords, 0, fg, bg, extra);
  }

  #set(at: number, content: number, fg: number, bg: number, extra: number): void {
    this.#words[at] = content;
    this.#words[at + 1] = fg;
    this.#words[at + 2] = bg;
    this.#words[at + 3] = extra;
  }

  /** A wide character that lies across the left edge of column `x` becomes two blanks. */
  #cutAt(y: number, x: number): void {
    if (x <= 0 || x >= this.#cols) return;
    const at = this.#at(x, y);
    if (((this.#words[at] ?? 0) & Content.widthMask) !== 0) return;
    this.#words[at] = BlankContent;
    this.#words[at - CellWords] = BlankContent;
  }

  #at(x: number, y: number): number {
    return (y * this.#cols + x) * CellWords;
  }
}

/** Word 0 of a cell with this text. */
export function contentOf(text: string, columns: number, table: CellTable): number {
  const width = columns === 2 ? wide : narrow;
  const first = text.codePointAt(0) ?? 0;
  const isSingle = text.length === (first > 0xffff ? 2 : 1);
  return isSingle ? width | first : width | Content.cluster | table.clusterId(text);
}

/** A line of text as cells of its own, for what is drawn often. */
export function cellsFromText(text: string, fg: number, bg: number, table: CellTable): Uint32Array {
  const words: number[] = [];
  for (const glyph of glyphsOf(text)) {
    words.push(contentOf(glyph.text, glyph.columns, table), fg, bg, 0);
    if (glyph.columns === 2) words.push(0, fg, bg, 0);
  }
  return Uint32Array.from(words);
}
