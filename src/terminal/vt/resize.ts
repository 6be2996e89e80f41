// A new size. Lines of the normal screen and its history that wrapped are joined and cut anew, so that nothing is lost
// and a terminal made narrow and wide again shows what it showed. The alternate screen is cut or padded: its program
// draws it anew.
import { BlankContent, CellWords, Content } from '../cell.ts';
import { History } from './history.ts';
import type { Looks } from './looks.ts';
import { defaultTabs, Screen, SlotWords } from './screen.ts';
import type { VtState } from './state.ts';

export interface Resized {
  screen: Screen;
  history: History;
}

/** A place on the old screen that is to be found on the new one. */
interface Place {
  /** Row of the text: lines of the history first. */
  row: number;
  x: number;
}

/** Where a logical line lies in the text: rows before, cells of it before. */
interface Cut {
  row: number;
  cell: number;
}

/** The normal screen and the history at a new size. Scroll region and tab stops are those of a fresh screen. */
export function resizeNormal(state: VtState, cols: number, rows: number): Resized {
  const { normal: screen, history, looks, scrollback } = state;
  const lines = history.length;
  const text = Math.max(screen.usedRows, screen.y + 1);
  const wasAtBottom = screen.y === screen.rows - 1;
  const places: Place[] = [
    { row: lines, x: 0 },
    { row: lines + screen.y, x: screen.x },
    { row: lines + Math.min(screen.saved.y, text - 1), x: screen.saved.x },
  ];
  if (cols === screen.cols) {
    history.setLimit(Number.POSITIVE_INFINITY);
    for (let row = 0; row < text; row++) history.pushRow(screen, row, looks);
  }
  const out = cols === screen.cols ? history : reflow(state, text, cols, places);
  const [top, cursor, saved] = places as [Place, Place, Place];

  const length = out.length;
  let first = top.row;
  if (length - first > rows) first = Math.max(first, Math.min(length - rows, cursor.row));
  if (wasAtBottom) first = Math.min(first, Math.max(0, cursor.row - rows + 1));
  first = Math.max(first, cursor.row - rows + 1);

  const after = new Screen(cols, rows, resizedTabs(screen.tabs, cols));
  for (let row = 0; row < rows && first + row < length; row++) pullRow(out, first + row, after, row, looks);
  after.x = cursor.x;
  after.y = cursor.row - first;
  after.saved = { ...screen.saved, x: saved.x, y: clamp(saved.row - first, rows) };
  out.takeBack(out.total - length + first);
  out.setLimit(scrollback);
  return { screen: after, history: out };
}

/** The alternate screen: rows are kept from the top as long as the cursor stays on the screen. */
export function resizeAlternate(before: Screen, cols: number, rows: number, tabs: Uint8Array): Screen {
  const after = new Screen(cols, rows, tabs);
  const first = Math.max(0, Math.min(before.usedRows - rows, before.y), before.y - rows + 1);
  const columns = Math.min(before.cols, cols);
  for (let row = 0; row < rows && first + row < before.rows; row++) {
    const start = before.base(first + row);
    const base = after.base(row);
    after.cells.set(before.cells.subarray(start, start + columns * SlotWords), base);
    blankHalf(after.cells, base + (columns - 1) * SlotWords);
    after.setWrapped(row, before.isWrapped(first + row));
    after.use(row, columns);
  }
  after.x = Math.min(before.x, cols - 1);
  after.y = clamp(before.y - first, rows);
  after.saved = { ...before.saved, x: Math.min(before.saved.x, cols - 1), y: clamp(before.saved.y - first, rows) };
  return after;
}

function clamp(row: number, rows: number): number {
  return Math.min(Math.max(0, row), rows - 1);
}

/** New columns have the usual stops. */
function resizedTabs(before: Uint8Array, cols: number): Uint8Array {
  const after = defaultTabs(cols);
  after.set(before.subarray(0, Math.min(before.length, cols)));
  return after;
}

/** A wide character cut in half is a blank. */
function blankHalf(cells: Uint32Array, at: number): void {
  if (((cells[at] as number) & Content.widthMask) >>> Content.widthShift === 2) cells[at] = BlankContent;
}

function pullRow(history: History, line: number, screen: Screen, row: number, looks: Looks): void {
  const cells = new Uint32Array(screen.cols * CellWords);
  history.read(line, cells, 0, screen.cols);
  screen.write(row, looks, cells);
  screen.setWrapped(row, history.isWrapped(line));
}

/** All rows cut to `cols`, in a history that keeps what the screen and its history can hold; `places` are moved to where they are then. */
function reflow(state: VtState, text: number, cols: number, places: Place[]): History {
  const { normal: screen, history } = state;
  const source = new TextRows(state, text);
  // As many as can be of use: the history, and all rows that the screen's may become.
  const most = state.scrollback + text * Math.ceil(screen.cols / cols) + text;
  const cutter = new Cutter(new History(most, history.total - history.length), cols);
  const found = places.map((place) => ({ ...place }));
  for (let row = 0; row < source.length; ) {
    const cuts: Cut[] = [];
    cutter.begin(row > 0 ? false : source.isWrapped(0));
    do {
      cuts.push({ row, cell: cutter.cells });
      cutter.add(source, row);
      row++;
    } while (row < source.length && source.isWrapped(row));
    const firstOut = cutter.out.total;
    cutter.finish();
    for (const [i, place] of places.entries()) {
      const cut = cuts.find((candidate) => candidate.row === place.row);
      if (cut) found[i] = cutter.locate(firstOut, cut.cell + place.x, place.x >= screen.cols);
    }
  }
  const dropped = cutter.out.total - cutter.out.length;
  for (const [i, { row, x }] of found.entries()) Object.assign(places[i] as Place, { row: row - dropped, x });
  return cutter.out;
}

/** The history's lines and the screen's rows, one after the other. */
class TextRows {
  readonly #screen: Screen;
  readonly #history: History;
  readonly #looks: Looks;
  readonly length: number;

  constructor({ normal, history, looks }: VtState, text: number) {
    this.#screen = normal;
    this.#history = history;
    this.#looks = looks;
    this.length = history.length + text;
  }

  isWrapped(row: number): boolean {
    const { length } = this.#history;
    return row < length ? this.#history.isWrapped(row) : this.#screen.isWrapped(row - length);
  }

  /** Copies a row to `target`, which has room for it, and returns how many cells it has without blanks at its end. */
  copy(row: number, target: Uint32Array, offset: number): number {
    const history = this.#history;
    const { cols } = this.#screen;
    if (row < history.length) {
      history.read(row, target, offset, cols);
      return Math.min(cols, history.cellsOf(row));
    }
    this.#screen.read(row - history.length, this.#looks, target, offset);
    return this.#screen.usedCells(row - history.length);
  }

  get cols(): number {
    return this.#screen.cols;
  }
}

/** Takes a logical line row by row and cuts it to the new width. */
class Cutter {
  readonly out: History;
  readonly #cols: number;
  #line = new Uint32Array(256 * CellWords);
  /** Cells of the line so far, with the blanks between its rows. */
  cells = 0;
  /** The same without the blanks at the end of its last row. */
  #used = 0;
  #continues = false;
  readonly #row: Uint32Array;
  /** First cell of each row that was cut from the line. */
  readonly #starts: number[] = [];

  constructor(out: History, cols: number) {
    this.out = out;
    this.#cols = cols;
    this.#row = new Uint32Array(cols * CellWords);
  }

  begin(continues: boolean): void {
    this.cells = 0;
    this.#used = 0;
    this.#continues = continues;
    this.#starts.length = 0;
  }

  add(source: TextRows, row: number): void {
    const needed = (this.cells + source.cols) * CellWords;
    if (needed > this.#line.length) {
      const larger = new Uint32Array(Math.max(needed, this.#line.length * 2));
      larger.set(this.#line.subarray(0, this.cells * CellWords));
      this.#line = larger;
    }
    // The column that a wide character did not fit into belongs to no text.
    const before = (this.cells - 1) * CellWords;
    const used = source.copy(row, this.#line, this.cells * CellWords);
    const first = this.#line[this.cells * CellWords] as number;
    const isSpare =
      this.cells > 0 && this.#line[before] === BlankContent && (first & Content.widthMask) >>> Content.widthShift === 2;
    if (isSpare) {
      this.#line.copyWithin(before, before + CellWords, needed);
      this.cells--;
    }
    this.#used = this.cells + used;
    this.cells += source.cols;
  }

  finish(): void {
    const used = this.#used;
    let from = 0;
    do {
      let end = Math.min(used, from + this.#cols);
      const last = end - 1;
      const isCut = end < used && last > from && this.#widthAt(last) === 2;
      if (isCut) end--;
      this.#starts.push(from);
      this.#row.set(this.#line.subarray(from * CellWords, end * CellWords));
      this.out.push(this.#row, end - from, this.#continues || from > 0);
      from = end;
    } while (from < used);
  }

  /** Where a cell of the line is now. */
  locate(firstOut: number, cell: number, isPending: boolean): Place {
    let row = this.#starts.length - 1;
    while (row > 0 && (this.#starts[row] as number) > cell) row--;
    const x = cell - (this.#starts[row] as number);
    // Right behind the text of a full row the next character goes to another row.
    const most = isPending || cell === this.#used ? this.#cols : this.#cols - 1;
    return { row: firstOut + row, x: Math.min(x, most) };
  }

  #widthAt(cell: number): number {
    return ((this.#line[cell * CellWords] as number) & Content.widthMask) >>> Content.widthShift;
  }
}
