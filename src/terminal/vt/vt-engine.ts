// The emulator: VtEngine on typed arrays. What a program writes is parsed once, here, and everything else reads cells.
import { BlankContent, type CellExtra, CellWords } from '../cell.ts';
import { type CreateEngine, PaneMode, type RowRange, type VtEngine, type VtOptions } from '../engine.ts';
import { control, escapeSequence } from './controls.ts';
import { controlSequence } from './csi.ts';
import { MaxColumns } from './history.ts';
import type { Params } from './params.ts';
import { Parser, type ParserActions } from './parser.ts';
import { printAscii, printPoint } from './print.ts';
import { requestSetting } from './replies.ts';
import { resizeAlternate, resizeNormal } from './resize.ts';
import { snapshotOf } from './snapshot.ts';
import { MouseEncoding, VtState, withoutProtection } from './state.ts';
import { operatingSystemCommand, oscLimit } from './strings.ts';
import { columnsOf, textOf } from './text.ts';

/** A wide character needs two. */
const fewestColumns = 2;

export const createVtEngine: CreateEngine = (options) => new OwnEngine(options);

class OwnEngine implements VtEngine {
  readonly #state: VtState;
  /** Lines that had gone into history before this engine began. */
  #before = 0;
  readonly #parser: Parser;
  #cells = new Uint32Array(0);

  constructor({ cols, rows, scrollback, listener }: VtOptions) {
    this.#state = new VtState(boundColumns(cols), Math.max(1, rows), scrollback, listener);
    this.#parser = new Parser(new Actions(this.#state));
  }

  get cols(): number {
    return this.#state.screen.cols;
  }

  get rows(): number {
    return this.#state.screen.rows;
  }

  /** After a character in the last column the cursor stands beyond it; it is shown on the last column. */
  get cursorX(): number {
    const { screen } = this.#state;
    return Math.min(screen.x, screen.cols - 1);
  }

  get cursorY(): number {
    return this.#state.screen.y;
  }

  get modes(): number {
    const { modes, isAlternate, kitty } = this.#state;
    const flag = (isOn: boolean, bit: number): number => (isOn ? bit : 0);
    return (
      flag(modes.cursorHidden, PaneMode.cursorHidden) |
      flag(modes.applicationCursor, PaneMode.applicationCursor) |
      flag(modes.applicationKeypad, PaneMode.applicationKeypad) |
      flag(modes.bracketedPaste, PaneMode.bracketedPaste) |
      flag(modes.focusEvents, PaneMode.focusEvents) |
      flag(isAlternate, PaneMode.alternateScreen) |
      (modes.mouse << PaneMode.mouseShift) |
      flag(modes.mouseEncoding === MouseEncoding.sgr, PaneMode.mouseSgr) |
      flag(modes.mouseEncoding === MouseEncoding.sgrPixels, PaneMode.mouseSgrPixels) |
      flag(modes.synchronized, PaneMode.synchronized) |
      (kitty.current(isAlternate ? 'alternate' : 'normal') << PaneMode.kittyShift) |
      flag(modes.modifyOtherKeys > 0, PaneMode.modifyOtherKeys) |
      (modes.cursorStyle << PaneMode.cursorStyleShift)
    );
  }

  get history(): number {
    return this.#state.isAlternate ? 0 : this.#state.history.length;
  }

  get scrolled(): number {
    return this.#before + this.#state.history.total;
  }

  countFrom(scrolled: number): void {
    this.#before += scrolled - this.scrolled;
  }

  get tableEpoch(): number {
    return this.#state.table.epoch;
  }

  feed(bytes: Uint8Array): void {
    if (this.#state.table.crowded) this.#state.sweepTable();
    this.#parser.parse(bytes);
  }

  resize(cols: number, rows: number): void {
    const state = this.#state;
    const width = boundColumns(cols);
    const height = Math.max(1, rows);
    if (width === this.cols && height === this.rows) return;
    const { screen, history } = resizeNormal(state, width, height);
    state.normal = screen;
    state.history = history;
    if (state.alternate) state.alternate = resizeAlternate(state.alternate, width, height, screen.tabs);
    state.screen = state.alternate ?? state.normal;
    state.join = 0;
    state.markAll();
  }

  takeDirty(): RowRange | null {
    const state = this.#state;
    if (state.dirtyFirst > state.dirtyLast) return null;
    const range = { first: state.dirtyFirst, last: Math.min(state.dirtyLast, this.rows - 1) };
    state.dirtyFirst = Number.POSITIVE_INFINITY;
    state.dirtyLast = -1;
    return range;
  }

  readRow(row: number, target: Uint32Array, offset: number): void {
    const { screen, looks, hasProtected } = this.#state;
    if (row < 0 || row >= screen.rows) {
      for (let at = 0; at < screen.cols * CellWords; at++)
        target[offset + at] = at % CellWords === 0 ? BlankContent : 0;
      return;
    }
    screen.read(row, looks, target, offset);
    if (hasProtected) this.#hideProtection(target, offset);
  }

  readHistory(line: number, target: Uint32Array, offset: number): void {
    const { history, hasProtected, isAlternate } = this.#state;
    history.read(isAlternate ? -1 : line, target, offset, this.cols);
    if (hasProtected) this.#hideProtection(target, offset);
  }

  cluster(id: number): string {
    return this.#state.table.cluster(id);
  }

  extra(id: number): CellExtra | null {
    return this.#state.table.extra(id);
  }

  screenText(): string[] {
    return Array.from({ length: this.rows }, (_, row) =>
      textOf(this.#line(this.history + row), this.cols, this.#state.table),
    );
  }

  historyText(from: number, to: number): string[] {
    const first = Math.max(0, from);
    const last = Math.min(to, this.history);
    return Array.from({ length: Math.max(0, last - first) }, (_, i) => this.lineText(first + i));
  }

  lineText(line: number): string {
    return textOf(this.#line(line), this.cols, this.#state.table);
  }

  lineColumns(line: number): number[] {
    return columnsOf(this.#line(line), this.cols, this.#state.table);
  }

  isWrapped(line: number): boolean {
    const { history } = this;
    if (line <= 0 || line >= history + this.rows) return false;
    return line < history ? this.#state.history.isWrapped(line) : this.#state.screen.isWrapped(line - history);
  }

  snapshot(historyLines: number): Uint8Array {
    return snapshotOf(this.#state, historyLines);
  }

  dispose(): void {
    this.#state.history.clear();
  }

  /** Cells of a line, the history's first, until the next call. */
  #line(line: number): Uint32Array {
    if (this.#cells.length !== this.cols * CellWords) this.#cells = new Uint32Array(this.cols * CellWords);
    if (line < this.history) this.readHistory(line, this.#cells, 0);
    else this.readRow(line - this.history, this.#cells, 0);
    return this.#cells;
  }

  #hideProtection(target: Uint32Array, offset: number): void {
    for (let at = offset + 2; at < offset + this.cols * CellWords; at += CellWords) {
      target[at] = withoutProtection(target[at] as number);
    }
  }
}

/** What the parser finds, done to the state. Anything but a printed character ends a cluster. */
class Actions implements ParserActions {
  readonly #state: VtState;

  constructor(state: VtState) {
    this.#state = state;
  }

  printAscii(bytes: Uint8Array, from: number, to: number): number {
    return printAscii(this.#state, bytes, from, to);
  }

  printPoint(codePoint: number): void {
    printPoint(this.#state, codePoint);
  }

  control(byte: number): void {
    control(this.#state, byte);
    this.#state.join = 0;
  }

  escape(intermediate: number, final: number): void {
    escapeSequence(this.#state, intermediate, final);
    this.#state.join = 0;
  }

  csi(prefix: number, params: Params, intermediate: number, final: number): void {
    controlSequence(this.#state, prefix, params, intermediate, final);
    this.#state.boundLooks();
    this.#state.join = 0;
  }

  oscLimit(code: number): number {
    return oscLimit(code);
  }

  osc(code: number, text: string): void {
    operatingSystemCommand(this.#state, code, text);
    this.#state.boundLooks();
    this.#state.join = 0;
  }

  dcs(prefix: number, intermediate: number, final: number, text: string): void {
    if (prefix === 0 && intermediate === 0x24 && final === 0x71) requestSetting(this.#state, text);
    this.#state.join = 0;
  }
}

function boundColumns(cols: number): number {
  return Math.min(Math.max(fewestColumns, cols), MaxColumns);
}
