// Cursor movement. Positions are counted from 0; counts are at least 1.
import { BlankContent } from '../cell.ts';
import { scroll } from './print.ts';
import { SlotWords } from './screen.ts';
import type { VtState } from './state.ts';

/** A cursor beyond the last column comes back onto it. */
export function settleCursor(state: VtState): void {
  const { screen } = state;
  if (screen.x >= screen.cols) screen.x = screen.cols - 1;
}

/** Absolute; in origin mode counted from the scroll region's top, which it then cannot leave. */
export function moveTo(state: VtState, x: number, y: number): void {
  const { screen, modes } = state;
  screen.x = clamp(x, 0, screen.cols - 1);
  screen.y = modes.origin ? clamp(screen.top + y, screen.top, screen.bottom) : clamp(y, 0, screen.rows - 1);
}

export function moveToColumn(state: VtState, x: number): void {
  const { screen } = state;
  screen.x = clamp(x, 0, screen.cols - 1);
}

export function moveToRow(state: VtState, y: number): void {
  settleCursor(state);
  moveTo(state, state.screen.x, y);
}

/** Stops at the region's top when it began within the region or below it. */
export function moveUp(state: VtState, count: number): void {
  settleCursor(state);
  const { screen } = state;
  const stop = screen.y >= screen.top ? screen.top : 0;
  screen.y = Math.max(stop, screen.y - count);
}

export function moveDown(state: VtState, count: number): void {
  settleCursor(state);
  const { screen } = state;
  const stop = screen.y <= screen.bottom ? screen.bottom : screen.rows - 1;
  screen.y = Math.min(stop, screen.y + count);
}

/** VPR: the scroll region stops it in origin mode only. */
export function moveDownAnywhere(state: VtState, count: number): void {
  settleCursor(state);
  const { screen, modes } = state;
  screen.y = Math.min(modes.origin ? screen.bottom : screen.rows - 1, screen.y + count);
}

export function moveRight(state: VtState, count: number): void {
  settleCursor(state);
  moveToColumn(state, state.screen.x + count);
}

export function moveLeft(state: VtState, count: number): void {
  settleCursor(state);
  moveToColumn(state, state.screen.x - count);
}

/** BS: in reverse wraparound mode also onto the row that this one continues. */
export function backspace(state: VtState): void {
  const { screen } = state;
  if (!state.modes.reverseWraparound) {
    settleCursor(state);
    if (screen.x > 0) screen.x--;
    return;
  }
  if (screen.x > 0) screen.x--;
  else if (screen.y > screen.top && screen.y <= screen.bottom && screen.isWrapped(screen.y)) {
    screen.setWrapped(screen.y, false);
    screen.y--;
    screen.x = screen.cols - 1;
    // The column that a wide character left free is not one that was printed.
    if (screen.cells[screen.base(screen.y) + screen.x * SlotWords] === BlankContent) screen.x--;
  }
}

/** LF, VT, FF. What follows does not continue the row. */
export function lineFeed(state: VtState): void {
  const { screen } = state;
  if (state.modes.newLine) screen.x = 0;
  if (screen.y === screen.bottom) scroll(state);
  else if (screen.y < screen.rows - 1) {
    screen.y++;
    screen.setWrapped(screen.y, false);
  }
  settleCursor(state);
}

/** IND. */
export function index(state: VtState): void {
  const { screen } = state;
  if (screen.y === screen.bottom) scroll(state);
  else if (screen.y < screen.rows - 1) screen.y++;
  settleCursor(state);
}

/** RI. */
export function reverseIndex(state: VtState): void {
  const { screen } = state;
  settleCursor(state);
  if (screen.y === screen.top) {
    screen.scrollDown(screen.top, screen.bottom, state.erasedLook);
    state.markRows(screen.top, screen.bottom);
  } else if (screen.y > 0) screen.y--;
}

export function tab(state: VtState): void {
  const { screen } = state;
  if (screen.x < screen.cols) screen.x = screen.nextTab(screen.x);
}

export function tabs(state: VtState, count: number): void {
  const { screen } = state;
  if (screen.x >= screen.cols) return;
  for (let i = 0; i < Math.min(count, screen.cols); i++) screen.x = screen.nextTab(screen.x);
}

export function backTabs(state: VtState, count: number): void {
  const { screen } = state;
  if (screen.x >= screen.cols) return;
  for (let i = 0; i < Math.min(count, screen.cols); i++) screen.x = screen.previousTab(screen.x);
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
