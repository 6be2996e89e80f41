// Printing. Plain ASCII in one loop, everything else a code point at a time.
import { BlankContent, Content } from '../cell.ts';
import { isInvisibleControl } from '../sanitize.ts';
import { attaches, columnsOf, MaxClusterPoints } from '../unicode.ts';
import { translate } from './charsets.ts';
import { type Screen, SlotWords } from './screen.ts';
import type { VtState } from './state.ts';

const narrow = 1 << Content.widthShift;
const wide = 2 << Content.widthShift;
/** Properties of an ASCII character: one column, joins nothing, and nothing special joins it. */
const plainNarrow = 1 << 1;

/** Prints from `from` to the first byte that is not printable ASCII, or to `to`, and returns where it stopped. */
export function printAscii(state: VtState, bytes: Uint8Array, from: number, to: number): number {
  // What stood before may join even an ASCII character, and character sets change it.
  if (state.join >> 3 !== 0 || state.charset !== 0 || state.modes.insert) {
    printPoint(state, translate(state.charset, bytes[from] as number));
    return from + 1;
  }
  const { screen, look } = state;
  const { cells, cols } = screen;
  let at = from;
  while (at < to) {
    let x = screen.x;
    if (x >= cols) {
      // Only for a character that is there to be printed.
      if (((bytes[at] as number) - 0x20) >>> 0 > 0x5e) break;
      if (state.modes.wraparound) wrap(state);
      else screen.x = cols - 1;
      x = screen.x;
    }
    const slot = screen.slots[screen.y] as number;
    const base = slot * cols * SlotWords;
    let cell = base + x * SlotWords;
    if (x > 0 && ((cells[cell] as number) & Content.widthMask) === 0) screen.splitAt(base, x, look);
    const stop = Math.min(to, at + cols - x);
    const first = at;
    for (; at < stop; at++, cell += SlotWords) {
      const byte = bytes[at] as number;
      if ((byte - 0x20) >>> 0 > 0x5e) break;
      cells[cell] = byte | narrow;
      cells[cell + 1] = look;
    }
    if (at === first) break;
    screen.usePlain(slot, x, x + at - first, look);
    x += at - first;
    screen.x = x;
    // The right half of a wide character whose left half was overwritten.
    screen.splitRest(base, x, look);
    state.markRow(screen.y);
    if (at < stop) break;
  }
  if (at > from) state.join = plainNarrow;
  return at;
}

/** Prints one code point, or joins it to the cell before the cursor. */
export function printPoint(state: VtState, codePoint: number): void {
  const before = state.join;
  const properties = state.unicode.charProperties(codePoint, before);
  const joins = (properties & 1) !== 0;
  const columns = columnsOf(properties);
  const oldColumns = joins ? columnsOf(before) : 0;
  state.join = codePoint < 0x7f && columns === 1 ? plainNarrow : properties;
  const screen = state.screen;
  if (screen.x + columns - oldColumns > screen.cols) {
    if (state.modes.wraparound) wrapCell(state, oldColumns);
    else {
      screen.x = screen.cols - 1;
      // There is no place for a wide character in the last column.
      if (columns === 2) {
        state.join = 0;
        return;
      }
    }
  }
  if (joins && screen.x > 0) {
    joinCell(state, codePoint, columns, oldColumns);
    return;
  }
  if (state.modes.insert) screen.insert(screen.y, screen.x, columns, state.look);
  putCell(state, contentOf(state, codePoint), columns);
}

/** Starts a new row that continues this one. */
function wrap(state: VtState): void {
  const { screen } = state;
  screen.x = 0;
  if (screen.y === screen.bottom) scroll(state);
  else if (screen.y < screen.rows - 1) screen.y++;
  screen.setWrapped(screen.y, true);
}

/** Moves everything in the region up by a row; what leaves the normal screen's top goes into history. */
export function scroll(state: VtState): void {
  const { screen } = state;
  const { top, bottom } = screen;
  if (top === 0 && !state.isAlternate) {
    state.history.pushRow(screen, 0, state.looks);
  }
  screen.scrollUp(top, bottom, state.erasedLook);
  state.markRows(top, bottom);
}

/** Goes to the next row; the columns left over are blank. A mark that widens the last cell takes that cell along. */
function wrapCell(state: VtState, oldColumns: number): void {
  const { screen } = state;
  const moved = oldColumns > 0 ? cellBefore(screen, oldColumns) : null;
  const base = screen.base(screen.y);
  const left = screen.x - oldColumns;
  screen.splitAt(base, left, state.look);
  for (let column = left; column < screen.cols; column++) {
    setCell(screen.cells, base + column * SlotWords, BlankContent, state.look);
  }
  screen.use(screen.y, screen.cols);
  state.markRow(screen.y);
  wrap(state);
  if (!moved) return;
  screen.cells.set(moved, screen.base(screen.y));
  screen.x = oldColumns;
  screen.use(screen.y, oldColumns);
  state.markRow(screen.y);
}

function cellBefore(screen: Screen, columns: number): Uint32Array {
  const end = screen.base(screen.y) + screen.x * SlotWords;
  return screen.cells.slice(end - columns * SlotWords, end);
}

function joinCell(state: VtState, codePoint: number, columns: number, oldColumns: number): void {
  const { screen, table } = state;
  const { cells } = screen;
  const base = screen.base(screen.y);
  let at = base + (screen.x - 1) * SlotWords;
  if (((cells[at] as number) & Content.widthMask) === 0 && screen.x > 1) at -= SlotWords;
  const content = cells[at] as number;
  const id = content & Content.codePointMask;
  const text = content & Content.cluster ? table.cluster(id) : String.fromCodePoint(id || 0x20);
  const width = columns === 2 ? wide : narrow;
  if (text.length < MaxClusterPoints || [...text].length < MaxClusterPoints) {
    const joined = `${text}${String.fromCodePoint(codePoint)}`;
    cells[at] = width | Content.cluster | table.clusterId(joined);
  }
  state.markRow(screen.y);
  for (let i = oldColumns; i < columns && screen.x < screen.cols; i++) {
    setCell(cells, base + screen.x * SlotWords, 0, state.look);
    screen.x++;
    screen.splitRest(base, screen.x, state.look);
  }
  screen.use(screen.y, screen.x);
}

function putCell(state: VtState, content: number, columns: number): void {
  const { screen, look } = state;
  const { cells, cols, y } = screen;
  const slot = screen.slots[y] as number;
  const base = slot * cols * SlotWords;
  let x = screen.x;
  let at = base + x * SlotWords;
  if (((cells[at] as number) & Content.widthMask) === 0) screen.splitAt(base, x, look);
  cells[at] = content;
  cells[at + 1] = look;
  at += SlotWords;
  x++;
  if (columns === 2 && x < cols) {
    cells[at] = 0;
    cells[at + 1] = look;
    at += SlotWords;
    x++;
  }
  if (x < cols && ((cells[at] as number) & Content.widthMask) === 0) screen.splitRest(base, x, look);
  screen.x = x;
  screen.useSlot(slot, x);
  state.markRow(y);
}

function setCell(cells: Uint32Array, at: number, content: number, look: number): void {
  cells[at] = content;
  cells[at + 1] = look;
}

/** Word 0 of a cell that begins with this code point. */
function contentOf(state: VtState, codePoint: number): number {
  const width = columnsOf(state.join) === 2 ? wide : narrow;
  if (codePoint < 0x7f) return width | codePoint;
  // What would act on the text around it when drawn is a space.
  if (isInvisibleControl(codePoint)) return width | 0x20;
  // A mark that stands alone would be drawn onto the cell before it; a space carries it.
  if (attaches(codePoint))
    return width | Content.cluster | state.table.clusterId(` ${String.fromCodePoint(codePoint)}`);
  return width | codePoint;
}

/** CSI n b: the cell before the cursor once more. */
export function repeat(state: VtState, count: number): void {
  const { screen } = state;
  if (state.join === 0 || screen.x === 0) return;
  const columns = columnsOf(state.join);
  const at = screen.base(screen.y) + (screen.x - columns) * SlotWords;
  const content = screen.cells[at] as number;
  const id = content & Content.codePointMask;
  const text = content & Content.cluster ? state.table.cluster(id) : String.fromCodePoint(id || 0x20);
  const points = [...text].map((character) => character.codePointAt(0) ?? 0x20);
  const [first = 0x20] = points;
  if (points.length === 1 && first < 0x7f) {
    const bytes = new Uint8Array(count).fill(first);
    for (let at = 0; at < count; ) at = printAscii(state, bytes, at, count);
    return;
  }
  // Others take longer to print: no more than a row of them.
  for (let i = 0; i < Math.min(count, screen.cols); i++) for (const point of points) printPoint(state, point);
}
