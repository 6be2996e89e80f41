// One of a terminal's two screens: its cells, its cursor, its scroll region and tab stops. Rows are found through a
// list of slots, so that scrolling moves a number instead of cells. A cell is two words here: its content as in cell.ts,
// and the number of its look (looks.ts).
//
// Invariant: a cell of width 0 always follows one of width 2, and the other way round.
import { BlankContent, CellWords, Content } from '../cell.ts';
import type { Looks } from './looks.ts';
import { Pen, ProtectedBit } from './pen.ts';

/** Words per cell of a screen. */
export const SlotWords = 2;

const wide = 2 << Content.widthShift;

/** What DECSC keeps. */
export interface SavedCursor {
  x: number;
  y: number;
  pen: Pen;
  charsets: readonly number[];
  shift: number;
  origin: boolean;
}

/** A row with more runs than these is read cell by cell when it leaves the screen. */
export const MostRuns = 8;
const mixed = -1;

export function freshCursor(): SavedCursor {
  return { x: 0, y: 0, pen: new Pen(), charsets: [0, 0, 0, 0], shift: 0, origin: false };
}

export class Screen {
  readonly cols: number;
  readonly rows: number;
  /** Rows in any order, and one row of blanks behind them. */
  readonly cells: Uint32Array;
  /** Which row of `cells` each row of the screen is. */
  readonly slots: Int32Array;
  /** Per slot: 1 when it continues the row before it. */
  readonly wrapped: Uint8Array;
  /** Per slot: no cell from this column on is anything but a default blank. */
  readonly used: Int32Array;
  /**
   * Per slot, for a row that was printed from left to right in ASCII, which most are: how many runs of one look its used
   * cells are; -1 for any other row.
   */
  readonly runs: Int8Array;
  /** Per slot: where each of the runs begins, and their looks. */
  readonly runStarts: Int32Array;
  readonly runLooks: Int32Array;
  /** Shared by both screens. */
  readonly tabs: Uint8Array;
  /** From 0 to `cols`; at `cols` the next character goes to the next row. */
  x = 0;
  y = 0;
  /** Scroll region, inclusive. */
  top = 0;
  bottom: number;
  saved = freshCursor();
  readonly #blankBase: number;

  constructor(cols: number, rows: number, tabs = defaultTabs(cols)) {
    this.cols = cols;
    this.rows = rows;
    this.bottom = rows - 1;
    this.cells = new Uint32Array((rows + 1) * cols * SlotWords);
    this.#blankBase = rows * cols * SlotWords;
    for (let at = 0; at < this.cells.length; at += SlotWords) this.cells[at] = BlankContent;
    this.slots = new Int32Array(rows);
    for (let row = 0; row < rows; row++) this.slots[row] = row;
    this.wrapped = new Uint8Array(rows);
    this.used = new Int32Array(rows);
    this.runs = new Int8Array(rows);
    this.runStarts = new Int32Array(rows * MostRuns);
    this.runLooks = new Int32Array(rows * MostRuns);
    this.tabs = tabs;
  }

  /** As new, but for the tab stops. Costs less than a new one. */
  clear(): void {
    for (let row = 0; row < this.rows; row++) this.clearRow(row, 0);
    this.x = 0;
    this.y = 0;
    this.top = 0;
    this.bottom = this.rows - 1;
    this.saved = freshCursor();
  }

  /** Where a row begins in `cells`. */
  base(row: number): number {
    return (this.slots[row] as number) * this.cols * SlotWords;
  }

  isWrapped(row: number): boolean {
    return this.wrapped[this.slots[row] as number] === 1;
  }

  setWrapped(row: number, isWrapped: boolean): void {
    this.wrapped[this.slots[row] as number] = isWrapped ? 1 : 0;
  }

  /** Printable ASCII was written to columns [from, end), with this look. */
  usePlain(slot: number, from: number, end: number, look: number): void {
    const used = this.used[slot] as number;
    const runs = this.runs[slot] as number;
    if (runs >= 0) {
      const last = slot * MostRuns + runs - 1;
      if (from === used && (runs === 0 || this.runLooks[last] !== look)) {
        if (runs === MostRuns) this.runs[slot] = mixed;
        else {
          this.runStarts[last + 1] = from;
          this.runLooks[last + 1] = look;
          this.runs[slot] = runs + 1;
        }
      } else if (from !== used && !(from < used && runs === 1 && this.runLooks[last] === look)) this.runs[slot] = mixed;
    }
    if (end > used) this.used[slot] = end;
  }

  /** Cells up to this column were written, with anything. */
  use(row: number, end: number): void {
    this.useSlot(this.slots[row] as number, end);
  }

  /** The same, for who knows the slot. */
  useSlot(slot: number, end: number): void {
    this.runs[slot] = mixed;
    if (end > (this.used[slot] as number)) this.used[slot] = end;
  }

  /** The region's rows move up by one; the row at its end is blank. The caller has kept the first one if it wants it. */
  scrollUp(top: number, bottom: number, look: number): void {
    const { slots } = this;
    const slot = slots[top] as number;
    for (let row = top; row < bottom; row++) slots[row] = slots[row + 1] as number;
    slots[bottom] = slot;
    this.clearRow(bottom, look);
  }

  scrollDown(top: number, bottom: number, look: number): void {
    const slot = this.slots[bottom] as number;
    this.slots.copyWithin(top + 1, top, bottom);
    this.slots[top] = slot;
    this.clearRow(top, look);
  }

  /** A blank row that continues nothing. */
  clearRow(row: number, look: number): void {
    const slot = this.slots[row] as number;
    const base = slot * this.cols * SlotWords;
    this.wrapped[slot] = 0;
    if (look === 0) {
      this.cells.copyWithin(base, this.#blankBase, this.#blankBase + (this.used[slot] as number) * SlotWords);
      this.used[slot] = 0;
      this.runs[slot] = 0;
      return;
    }
    this.#fill(base, 0, this.cols, look);
    this.used[slot] = this.cols;
    this.runs[slot] = mixed;
  }

  /** Blanks columns [from, to). */
  erase(row: number, from: number, to: number, look: number): void {
    const base = this.base(row);
    const end = Math.min(to, this.cols);
    if (from >= end) return;
    this.splitAt(base, from, look);
    this.splitAt(base, end, look);
    this.#fill(base, from, end, look);
    const slot = this.slots[row] as number;
    if (look !== 0) this.use(row, end);
    else if (end < (this.used[slot] as number)) this.runs[slot] = mixed;
    else if (from < (this.used[slot] as number)) {
      this.used[slot] = from;
      this.#cutRuns(slot, from);
    }
  }

  /** The same, but cells written under DECSCA stay. */
  eraseUnprotected(row: number, from: number, to: number, look: number, looks: Looks): void {
    const base = this.base(row);
    const end = Math.min(to, this.cols);
    let start = from;
    for (let column = from; column < end; column++) {
      const of = this.cells[base + column * SlotWords + 1] as number;
      if ((looks.bg(of) & ProtectedBit) === 0) continue;
      this.erase(row, start, column, look);
      start = column + 1;
    }
    this.erase(row, start, end, look);
  }

  /** Moves cells from `column` on to the right; what passes the edge is lost. */
  insert(row: number, column: number, count: number, look: number): void {
    const base = this.base(row);
    if (column >= this.cols) return;
    const n = Math.min(count, this.cols - column);
    this.splitAt(base, column, look);
    const from = base + column * SlotWords;
    this.cells.copyWithin(from + n * SlotWords, from, base + (this.cols - n) * SlotWords);
    this.#fill(base, column, column + n, look);
    this.#mendEdge(base, look);
    this.use(row, this.cols);
  }

  /** Moves cells from `column + count` on to the left; blanks come in at the edge. */
  delete(row: number, column: number, count: number, look: number): void {
    const base = this.base(row);
    if (column >= this.cols) return;
    const n = Math.min(count, this.cols - column);
    this.splitAt(base, column, look);
    this.splitAt(base, column + n, look);
    const to = base + column * SlotWords;
    this.cells.copyWithin(to, to + n * SlotWords, base + this.cols * SlotWords);
    this.#fill(base, this.cols - n, this.cols, look);
    this.use(row, this.cols);
  }

  /** A wide character that lies across the left edge of `column` becomes blanks with this look. */
  splitAt(base: number, column: number, look: number): void {
    if (column <= 0 || column >= this.cols) return;
    const at = base + column * SlotWords;
    const { cells } = this;
    if (((cells[at] as number) & Content.widthMask) !== 0) return;
    cells[at - SlotWords] = BlankContent;
    cells[at - SlotWords + 1] = look;
    cells[at] = BlankContent;
    cells[at + 1] = look;
  }

  /** The right half, at `column`, of a wide character whose left half was overwritten becomes a blank. */
  splitRest(base: number, column: number, look: number): void {
    if (column >= this.cols) return;
    const at = base + column * SlotWords;
    if (((this.cells[at] as number) & Content.widthMask) !== 0) return;
    this.cells[at] = BlankContent;
    this.cells[at + 1] = look;
  }

  /** Copies a row as cells of four words. */
  read(row: number, looks: Looks, target: Uint32Array, offset: number): void {
    const { cells } = this;
    const base = this.base(row);
    const end = base + this.cols * SlotWords;
    for (let at = base, to = offset; at < end; at += SlotWords, to += CellWords) {
      const look = cells[at + 1] as number;
      target[to] = cells[at] as number;
      if (look === 0) {
        target[to + 1] = 0;
        target[to + 2] = 0;
        target[to + 3] = 0;
      } else {
        target[to + 1] = looks.fg(look);
        target[to + 2] = looks.bg(look);
        target[to + 3] = looks.extra(look);
      }
    }
  }

  /** Sets a row from cells of four words. */
  write(row: number, looks: Looks, source: Uint32Array): void {
    const base = this.base(row);
    for (let column = 0; column < this.cols; column++) {
      const from = column * CellWords;
      const at = base + column * SlotWords;
      this.cells[at] = source[from] as number;
      this.cells[at + 1] = looks.id(source[from + 1] as number, source[from + 2] as number, source[from + 3] as number);
    }
    this.use(row, this.cols);
  }

  /** Cells of a row up to the last that is not a default blank. */
  usedCells(row: number): number {
    const base = this.base(row);
    let used = this.used[this.slots[row] as number] as number;
    while (used > 0) {
      const at = base + (used - 1) * SlotWords;
      if (this.cells[at] !== BlankContent || this.cells[at + 1] !== 0) break;
      used--;
    }
    return used;
  }

  /** The next tab stop to the right of `column`, or the last column. */
  nextTab(column: number): number {
    let at = column + 1;
    while (at < this.cols && this.tabs[at] !== 1) at++;
    return Math.min(at, this.cols - 1);
  }

  previousTab(column: number): number {
    let at = column - 1;
    while (at > 0 && this.tabs[at] !== 1) at--;
    return Math.max(0, at);
  }

  /** Rows up to the last one that has anything in it. */
  get usedRows(): number {
    let rows = this.rows;
    while (rows > 0 && this.used[this.slots[rows - 1] as number] === 0 && !this.isWrapped(rows - 1)) rows--;
    return rows;
  }

  #cutRuns(slot: number, end: number): void {
    let runs = this.runs[slot] as number;
    while (runs > 0 && (this.runStarts[slot * MostRuns + runs - 1] as number) >= end) runs--;
    this.runs[slot] = runs;
  }

  #fill(base: number, from: number, to: number, look: number): void {
    const { cells } = this;
    if (look === 0) {
      const length = (to - from) * SlotWords;
      cells.copyWithin(base + from * SlotWords, this.#blankBase, this.#blankBase + length);
      return;
    }
    const end = base + to * SlotWords;
    for (let at = base + from * SlotWords; at < end; at += SlotWords) {
      cells[at] = BlankContent;
      cells[at + 1] = look;
    }
  }

  /** A wide character whose right half was pushed over the edge. */
  #mendEdge(base: number, look: number): void {
    const last = base + (this.cols - 1) * SlotWords;
    if (((this.cells[last] as number) & Content.widthMask) !== wide) return;
    this.#fill(base, this.cols - 1, this.cols, look);
  }
}

export function defaultTabs(cols: number): Uint8Array {
  return Uint8Array.from({ length: cols }, (_, column) => (column % 8 === 0 ? 1 : 0));
}
