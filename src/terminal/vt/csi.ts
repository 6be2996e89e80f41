// Control sequences: which function each final byte means.
import {
  backTabs,
  moveDown,
  moveDownAnywhere,
  moveLeft,
  moveRight,
  moveTo,
  moveToColumn,
  moveToRow,
  moveUp,
  settleCursor,
  tabs,
} from './cursor.ts';
import {
  changeColumnsAtCursor,
  deleteCells,
  deleteRows,
  eraseCells,
  eraseInDisplay,
  eraseInLine,
  insertCells,
  insertRows,
  scrollColumns,
  scrollDown,
  scrollUp,
} from './edit.ts';
import { setAnsiMode, setPrivateMode } from './modes.ts';
import type { Params } from './params.ts';
import { repeat } from './print.ts';
import { primaryAttributes, report, requestMode, secondaryAttributes, version, windowOperation } from './replies.ts';
import type { VtState } from './state.ts';

/** More repetitions than any screen has cells in a row are not worth their time. */
const mostRepeats = 4096;

const question = 0x3f;
const greater = 0x3e;
const less = 0x3c;
const equals = 0x3d;

export function controlSequence(
  state: VtState,
  prefix: number,
  params: Params,
  intermediate: number,
  final: number,
): void {
  // Only SGR has parts after a colon.
  if (params.hasSubs && final !== 0x6d) return;
  if (intermediate !== 0) withIntermediate(state, prefix, params, intermediate, final);
  else if (prefix === 0) plain(state, params, final);
  else if (prefix === question) withQuestion(state, params, final);
  else keyProtocol(state, prefix, params, final);
}

function plain(state: VtState, params: Params, final: number): void {
  const n = params.get(0, 1);
  switch (final) {
    case 0x6d: // m
      state.pen.apply(params, state.table);
      break;
    case 0x48: // H
    case 0x66: // f
      moveTo(state, params.get(1, 1) - 1, n - 1);
      break;
    case 0x4b: // K
      eraseInLine(state, params.get(0, 0), false);
      break;
    case 0x4a: // J
      eraseInDisplay(state, params.get(0, 0), false);
      break;
    case 0x41: // A
      moveUp(state, n);
      break;
    case 0x42: // B
      moveDown(state, n);
      break;
    case 0x65: // e
      moveDownAnywhere(state, n);
      break;
    case 0x43: // C
    case 0x61: // a
      moveRight(state, n);
      break;
    case 0x44: // D
      moveLeft(state, n);
      break;
    case 0x45: // E
      moveDown(state, n);
      state.screen.x = 0;
      break;
    case 0x46: // F
      moveUp(state, n);
      state.screen.x = 0;
      break;
    case 0x47: // G
    case 0x60: // `
      moveToColumn(state, n - 1);
      break;
    case 0x64: // d
      moveToRow(state, n - 1);
      break;
    default:
      edit(state, params, final, n);
  }
}

function edit(state: VtState, params: Params, final: number, n: number): void {
  switch (final) {
    case 0x40: // @
      insertCells(state, n);
      break;
    case 0x50: // P
      deleteCells(state, n);
      break;
    case 0x58: // X
      eraseCells(state, n);
      break;
    case 0x4c: // L
      insertRows(state, n);
      break;
    case 0x4d: // M
      deleteRows(state, n);
      break;
    case 0x53: // S
      scrollUp(state, n);
      break;
    case 0x54: // T
      // With five parameters it is a request for mouse highlighting.
      if (params.length < 5) scrollDown(state, n);
      break;
    case 0x5e: // ^
      scrollDown(state, n);
      break;
    case 0x49: // I
      tabs(state, n);
      break;
    case 0x5a: // Z
      backTabs(state, n);
      break;
    case 0x67: // g
      clearTabs(state, params.get(0, 0));
      break;
    case 0x62: // b
      repeat(state, Math.min(n, mostRepeats));
      break;
    case 0x72: // r
      setRegion(state, params);
      break;
    default:
      settings(state, params, final);
  }
}

function settings(state: VtState, params: Params, final: number): void {
  switch (final) {
    case 0x68: // h
    case 0x6c: // l
      for (let at = 0; at < params.length; at++) setAnsiMode(state, params.get(at, 0), final === 0x68);
      break;
    case 0x73: // s
      state.saveCursor();
      break;
    case 0x75: // u
      state.restoreCursor();
      break;
    case 0x63: // c
      if (params.get(0, 0) === 0) primaryAttributes(state);
      break;
    case 0x6e: // n
      report(state, params.get(0, 0), false);
      break;
    case 0x74: // t
      windowOperation(state, params);
      break;
    default:
      break;
  }
}

function withQuestion(state: VtState, params: Params, final: number): void {
  switch (final) {
    case 0x68: // h
    case 0x6c: // l
      for (let at = 0; at < params.length; at++) setPrivateMode(state, params.get(at, 0), final === 0x68);
      break;
    case 0x4a: // J
      eraseInDisplay(state, params.get(0, 0), true);
      break;
    case 0x4b: // K
      eraseInLine(state, params.get(0, 0), true);
      break;
    case 0x6e: // n
      report(state, params.get(0, 0), true);
      break;
    case 0x75: // u
      state.reply(`\x1b[?${state.kitty.current(screenName(state))}u`);
      break;
    case 0x6d: // m
      if (params.get(0, 0) === 4) state.reply(`\x1b[>4;${state.modes.modifyOtherKeys}m`);
      break;
    default:
      break;
  }
}

function withIntermediate(state: VtState, prefix: number, params: Params, intermediate: number, final: number): void {
  const n = params.get(0, 1);
  const which = String.fromCharCode(intermediate, final);
  if (which === '$p' && (prefix === 0 || prefix === question)) {
    requestMode(state, params.get(0, 0), prefix === question);
    return;
  }
  if (prefix !== 0) return;
  switch (which) {
    case ' q':
      setCursorStyle(state, params.length === 0 ? 1 : params.get(0, 0));
      break;
    case ' @':
      scrollColumns(state, n, true);
      break;
    case ' A':
      scrollColumns(state, n, false);
      break;
    case "'}":
      changeColumnsAtCursor(state, n, false);
      break;
    case "'~":
      changeColumnsAtCursor(state, n, true);
      break;
    case '!p':
      state.softReset();
      break;
    case '"q':
      state.setProtected(params.get(0, 0) === 1);
      break;
    default:
      break;
  }
}

/** The kitty protocol, xterm's modifyOtherKeys, and the questions that begin with `>`. */
function keyProtocol(state: VtState, prefix: number, params: Params, final: number): void {
  const first = params.get(0, 0);
  if (final === 0x75) {
    const screen = screenName(state);
    if (prefix === greater) state.kitty.push(screen, first);
    else if (prefix === less) state.kitty.pop(screen, first || 1);
    else if (prefix === equals) state.kitty.set(screen, first, params.get(1, 1));
    return;
  }
  if (prefix !== greater) return;
  if (final === 0x63 && first === 0) secondaryAttributes(state);
  // This emulator's own, for snapshots: the row continues the one before it.
  else if (final === 0x77) state.screen.setWrapped(state.screen.y, true);
  else if (final === 0x71 && first === 0) version(state);
  else if (final === 0x6d && first === 4) state.modes.modifyOtherKeys = Math.min(params.get(1, 0), 2);
  else if (final === 0x6d && first === 0 && params.length <= 1) state.modes.modifyOtherKeys = 0;
}

function setCursorStyle(state: VtState, style: number): void {
  if (style > 6) return;
  state.modes.cursorStyle = style;
  state.modes.cursorBlink = style % 2 === 1;
}

function clearTabs(state: VtState, what: number): void {
  const { screen } = state;
  if (screen.x >= screen.cols) return;
  if (what === 0) screen.tabs[screen.x] = 0;
  else if (what === 3) screen.tabs.fill(0);
}

/** DECSTBM. The cursor goes home. */
function setRegion(state: VtState, params: Params): void {
  const { screen } = state;
  const top = params.get(0, 1);
  const bottom = Math.min(params.get(1, screen.rows), screen.rows);
  if (bottom <= top) return;
  screen.top = top - 1;
  screen.bottom = bottom - 1;
  settleCursor(state);
  moveTo(state, 0, 0);
}

function screenName(state: VtState): 'normal' | 'alternate' {
  return state.isAlternate ? 'alternate' : 'normal';
}
