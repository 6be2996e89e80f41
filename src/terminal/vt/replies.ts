// Answers to what a program asks: device attributes, reports, settings.
import { sgrOf } from '../sgr.ts';
import { ansiModeAnswer, privateModeAnswer } from './modes.ts';
import type { Params } from './params.ts';
import { ProtectedBit } from './pen.ts';
import type { VtState } from './state.ts';

const mostTitles = 10;

/** DA1: a VT220 with colours (22) and clipboard writes (52); no sixel (4). */
export function primaryAttributes(state: VtState): void {
  state.reply('\x1b[?62;22;52c');
}

export function secondaryAttributes(state: VtState): void {
  state.reply('\x1b[>0;277;0c');
}

/** XTVERSION. */
export function version(state: VtState): void {
  state.reply('\x1bP>|sesame\x1b\\');
}

/** DSR. */
export function report(state: VtState, what: number, isPrivate: boolean): void {
  const { screen, modes } = state;
  if (what === 5 && !isPrivate) state.reply('\x1b[0n');
  else if (what === 6) {
    const row = screen.y + 1 - (modes.origin ? screen.top : 0);
    state.reply(`\x1b[${isPrivate ? '?' : ''}${row};${Math.min(screen.x, screen.cols - 1) + 1}R`);
    // The colour scheme: dark, as the palette that is told.
  } else if (what === 996 && isPrivate) state.reply('\x1b[?997;1n');
}

export function requestMode(state: VtState, mode: number, isPrivate: boolean): void {
  const answer = isPrivate ? privateModeAnswer(state, mode) : ansiModeAnswer(state, mode);
  state.reply(`\x1b[${isPrivate ? '?' : ''}${mode};${answer}$y`);
}

/** XTWINOPS: the size in characters, and the stack of titles. */
export function windowOperation(state: VtState, params: Params): void {
  const what = params.get(0, 0);
  const part = params.get(1, 0);
  if (what === 18) state.reply(`\x1b[8;${state.screen.rows};${state.screen.cols}t`);
  else if (what === 22 && part !== 1) {
    state.titles.push(state.title);
    if (state.titles.length > mostTitles) state.titles.shift();
  } else if (what === 23 && part !== 1) {
    const title = state.titles.pop();
    if (title === undefined) return;
    state.title = title;
    state.listener.title(title);
  }
}

/** DECRQSS. */
export function requestSetting(state: VtState, setting: string): void {
  const { screen, modes } = state;
  const known: { [setting: string]: string } = {
    ' q': `${modes.cursorStyle} q`,
    '"q': `${state.pen.bg & ProtectedBit ? 1 : 0}"q`,
    '"p': '61;1"p',
    r: `${screen.top + 1};${screen.bottom + 1}r`,
    m: `${sgrOf(state.pen.fg, state.pen.bg, state.table.extra(state.pen.extra))}m`,
  };
  const value = known[setting];
  state.reply(value === undefined ? '\x1bP0$r\x1b\\' : `\x1bP1$r${value}\x1b\\`);
}
