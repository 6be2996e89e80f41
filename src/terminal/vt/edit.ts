// Erasing, inserting, deleting, scrolling: what changes cells without printing.
import { Content } from '../cell.ts';
import { moveTo, settleCursor } from './cursor.ts';
import { SlotWords } from './screen.ts';
import type { VtState } from './state.ts';

/**
 * ED: 0 below, 1 above, 2 all, 3 the history. `keepsProtected` for the selective form. A cursor
 * beyond the last column has nothing to its right.
 */
export function eraseInDisplay(state: VtState, what: number, keepsProtected: boolean): void {
  const { screen } = state;
  const look = state.erasedLook;
  if (what === 3 && !keepsProtected) {
    if (!state.isAlternate) state.history.clear();
    return;
  }
  if (what > 2) return;
  const { x, y, rows, cols } = screen;
  if (what === 0) erase(state, y, x, cols, keepsProtected);
  if (what === 1) {
    erase(state, y, 0, x + 1, keepsProtected);
    screen.setWrapped(y, false);
    // The row below continued a line that is gone.
    if (x + 1 >= cols && y + 1 < rows) screen.setWrapped(y + 1, false);
  }
  const first = what === 0 ? y + 1 : 0;
  const last = what === 1 ? y - 1 : rows - 1;
  for (let row = first; row <= last; row++) {
    if (keepsProtected) erase(state, row, 0, cols, true);
    else screen.clearRow(row, look);
  }
  if (what === 0 && x === 0) screen.setWrapped(y, false);
  state.markRows(what === 0 ? y : 0, what === 1 ? y : rows - 1);
}

/** EL: 0 to the right, 1 to the left, 2 all. */
export function eraseInLine(state: VtState, what: number, keepsProtected: boolean): void {
  const { screen } = state;
  const { x, y, cols } = screen;
  if (what === 0) erase(state, y, x, cols, keepsProtected);
  else if (what === 1) erase(state, y, 0, x + 1, keepsProtected);
  else if (what === 2) erase(state, y, 0, cols, keepsProtected);
  else return;
  // A row erased from its start continues nothing.
  if (what === 2 || (what === 0 && x === 0)) screen.setWrapped(y, false);
  state.markRow(y);
}

/** ECH. */
export function eraseCells(state: VtState, count: number): void {
  const { screen } = state;
  settleCursor(state);
  screen.erase(screen.y, screen.x, screen.x + count, state.erasedLook);
  state.markRow(screen.y);
}

/** ICH. */
export function insertCells(state: VtState, count: number): void {
  const { screen } = state;
  settleCursor(state);
  screen.insert(screen.y, screen.x, count, state.erasedLook);
  state.markRow(screen.y);
}

/** DCH. */
export function deleteCells(state: VtState, count: number): void {
  const { screen } = state;
  settleCursor(state);
  screen.delete(screen.y, screen.x, count, state.erasedLook);
  state.markRow(screen.y);
}

/** IL: rows move down from the cursor's on; only within the scroll region. */
export function insertRows(state: VtState, count: number): void {
  const { screen } = state;
  settleCursor(state);
  if (screen.y < screen.top || screen.y > screen.bottom) return;
  shiftDown(state, screen.y, count);
  screen.x = 0;
}

/** DL. */
export function deleteRows(state: VtState, count: number): void {
  const { screen } = state;
  settleCursor(state);
  if (screen.y < screen.top || screen.y > screen.bottom) return;
  shiftUp(state, screen.y, count);
  screen.x = 0;
}

/** SU. Nothing goes into history: the program moves its own picture. */
export function scrollUp(state: VtState, count: number): void {
  shiftUp(state, state.screen.top, count);
}

/** SD. */
export function scrollDown(state: VtState, count: number): void {
  shiftDown(state, state.screen.top, count);
}

/** SL and SR: the region's rows to the left (or right) by `count` columns. */
export function scrollColumns(state: VtState, count: number, toLeft: boolean): void {
  changeColumns(state, 0, count, toLeft);
}

/** DECDC and DECIC: columns at the cursor leave (or come in) on all rows of the region. */
export function changeColumnsAtCursor(state: VtState, count: number, isDeletion: boolean): void {
  changeColumns(state, Math.min(state.screen.x, state.screen.cols - 1), count, isDeletion);
}

/** Only while the cursor is within the region. */
function changeColumns(state: VtState, column: number, count: number, isDeletion: boolean): void {
  const { screen } = state;
  if (screen.y < screen.top || screen.y > screen.bottom) return;
  const look = state.erasedLook;
  for (let row = screen.top; row <= screen.bottom; row++) {
    if (isDeletion) screen.delete(row, column, count, look);
    else screen.insert(row, column, count, look);
    screen.setWrapped(row, false);
  }
  state.markRows(screen.top, screen.bottom);
}

function erase(state: VtState, row: number, from: number, to: number, keepsProtected: boolean): void {
  if (keepsProtected && state.hasProtected) state.screen.eraseUnprotected(row, from, to, state.erasedLook, state.looks);
  else state.screen.erase(row, from, to, state.erasedLook);
}

function shiftUp(state: VtState, top: number, count: number): void {
  const { screen } = state;
  const { bottom } = screen;
  for (let i = Math.min(count, bottom - top + 1); i > 0; i--) screen.scrollUp(top, bottom, state.erasedLook);
  state.markRows(top, bottom);
}

function shiftDown(state: VtState, top: number, count: number): void {
  const { screen } = state;
  const { bottom } = screen;
  for (let i = Math.min(count, bottom - top + 1); i > 0; i--) screen.scrollDown(top, bottom, state.erasedLook);
  state.markRows(top, bottom);
}

/** DECALN: the screen full of E. */
export function alignmentPattern(state: VtState): void {
  const { screen, look } = state;
  const letter = 0x45 | (1 << Content.widthShift);
  for (let row = 0; row < screen.rows; row++) {
    const base = screen.base(row);
    for (let at = base; at < base + screen.cols * SlotWords; at += SlotWords) {
      screen.cells[at] = letter;
      screen.cells[at + 1] = look;
    }
    screen.use(row, screen.cols);
    screen.setWrapped(row, false);
  }
  moveTo(state, 0, 0);
  state.markRows(0, screen.rows - 1);
}
