// VtEngine: bytes in, cells out. The one interface behind which an emulator lives, so that it can be replaced.
import type { CellExtra } from './cell.ts';

/** Bits of VtEngine.modes: what the program asked of its terminal, needed to encode keys and to draw the cursor. */
export const PaneMode = {
  cursorHidden: 1 << 0,
  applicationCursor: 1 << 1,
  applicationKeypad: 1 << 2,
  bracketedPaste: 1 << 3,
  focusEvents: 1 << 4,
  alternateScreen: 1 << 5,
  /** Bits 6-8: 0 none, 1 x10, 2 vt200, 3 drag, 4 any. */
  mouseShift: 6,
  mouseMask: 0b111 << 6,
  /** SGR (1006) coordinates; else the legacy encoding. */
  mouseSgr: 1 << 9,
  mouseSgrPixels: 1 << 10,
  synchronized: 1 << 11,
  /** Bits 12-16: kitty keyboard flags now in force. */
  kittyShift: 12,
  kittyMask: 0b11111 << 12,
  modifyOtherKeys: 1 << 17,
  /** Bits 18-20: DECSCUSR, 0 default to 6. */
  cursorStyleShift: 18,
  cursorStyleMask: 0b111 << 18,
} as const;

/** What the program said besides drawing. Called from within `feed`, in order. */
export interface VtListener {
  /** Bytes for the program: answers to its queries. */
  reply(bytes: Uint8Array): void;
  title(text: string): void;
  bell(): void;
  /** OSC 9 or OSC 777: a notification text. */
  notification(text: string): void;
  /** OSC 9;4: state 0 none, 1 normal, 2 error, 3 indeterminate, 4 paused. */
  progress(state: number, percent: number): void;
  /** OSC 7501: the program reports its status; the text after `7501;`, bounded to 4 KiB. Queries are answered inside. */
  programStatus(text: string): void;
  /** OSC 52 write: decoded text, at most 1 MiB. Reads are never answered. */
  clipboard(text: string): void;
  /** OSC 7 or OSC 133 and other sequences of use for status; text bounded to 4 KiB. */
  osc(code: number, text: string): void;
}

export interface RowRange {
  /** First and last row that may have changed, inclusive. */
  first: number;
  last: number;
}

export interface VtEngine {
  readonly cols: number;
  readonly rows: number;
  readonly cursorX: number;
  readonly cursorY: number;
  readonly modes: number;
  /** Lines above the screen that can be read. 0 on the alternate screen. */
  readonly history: number;
  /** Lines that ever went into history, also those dropped since; tells how far the screen scrolled. */
  readonly scrolled: number;
  /** Counts on as if so many lines had gone into history: for a screen brought back from a snapshot. */
  countFrom(scrolled: number): void;
  /** Grows when the ids of clusters and extras are given out anew: all known ids are void. */
  readonly tableEpoch: number;

  /** Parses everything before it returns. Costs about 10 ms per MB; callers bound the piece (16 KiB) to stay live. */
  feed(bytes: Uint8Array): void;
  resize(cols: number, rows: number): void;
  /** Rows changed since the last call, or null. After a resize or a switch of screens: all rows. */
  takeDirty(): RowRange | null;
  /** Copies a screen row, 4 words per cell, into `target` from `offset` (in words). */
  readRow(row: number, target: Uint32Array, offset: number): void;
  /** Copies a history line (0 is the oldest). Shorter lines are padded with blanks. */
  readHistory(line: number, target: Uint32Array, offset: number): void;
  cluster(id: number): string;
  extra(id: number): CellExtra | null;
  /** Text of the screen, trailing blanks removed, one string per row. */
  screenText(): string[];
  /** Text of history lines [from, to), wrapped lines not joined. */
  historyText(from: number, to: number): string[];
  /** Text of a line as it was written, trailing blanks removed: 0 is the oldest of the history, the screen follows it. */
  lineText(line: number): string;
  /** The column of each UTF-16 unit of `lineText`, and the one after the last. */
  lineColumns(line: number): number[];
  /** True when the line goes on with the one before, which was too long for the screen. */
  isWrapped(line: number): boolean;
  /** Bytes that bring a fresh engine of the same size to this screen, modes, cursor and last `historyLines` lines. */
  snapshot(historyLines: number): Uint8Array;
  dispose(): void;
}

/**
 * The number of the oldest line that can be read. Lines are numbered from the first one the program printed, and keep
 * their numbers when older ones are dropped; a change of the width wraps them anew.
 */
export function oldestLine({ scrolled, history }: Pick<VtEngine, 'scrolled' | 'history'>): number {
  return scrolled - history;
}

export interface VtOptions {
  cols: number;
  rows: number;
  /** History lines kept. */
  scrollback: number;
  listener: VtListener;
}

export type CreateEngine = (options: VtOptions) => VtEngine;
