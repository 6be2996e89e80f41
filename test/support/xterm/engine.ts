// VtEngine on @xterm/headless: the emulator that tests compare ours with, and the outer terminal of a user in a test. It
// parses synchronously by calling xterm's input handler directly, so that `feed` is done when it returns, and reads cells
// from xterm's own arrays.
import type { CellExtra } from '../../../src/terminal/cell.ts';
import { CellTable } from '../../../src/terminal/cell-table.ts';
import {
  type CreateEngine,
  PaneMode,
  type RowRange,
  type VtEngine,
  type VtOptions,
} from '../../../src/terminal/engine.ts';
import { KittyFlags } from '../../../src/terminal/key-protocol.ts';
import { darkPalette } from '../../../src/terminal/palette.ts';
import { sanitize } from '../../../src/terminal/sanitize.ts';
import { createUnicodeProvider } from '../../../src/terminal/unicode.ts';
import { type Core, type CoreBuffer, type CoreLine, type CoreLines, type CreateCore, loadCore } from './core.ts';
import { LinkTable } from './links.ts';
import { RowReader } from './rows.ts';
import { cursorStyle, installSequences, type KeyModes } from './sequences.ts';
import { Utf8Decoder } from './utf8.ts';

const mouseProtocols = ['NONE', 'X10', 'VT200', 'DRAG', 'ANY'];

/** Larger pieces would only need a larger buffer. */
const pieceBytes = 1 << 14;

let loading: Promise<CreateEngine> | undefined;

/** Loads and checks the emulator, once. Rejects when the installed packages are not the ones it was written for. */
export function loadXterm(): Promise<CreateEngine> {
  loading ??= loadCore().then((createCore) => (options) => new XtermEngine(createCore, options));
  return loading;
}

class XtermEngine implements VtEngine {
  readonly #core: Core;
  readonly #links: LinkTable;
  readonly #table = new CellTable();
  readonly #rowReader: RowReader;
  readonly #keys: KeyModes = { kitty: new KittyFlags(), modifyOtherKeys: 0 };
  #dirtyFirst = 0;
  #dirtyLast: number;
  /** History lines dropped, of all buffers this terminal had. */
  #dropped = 0;
  #counted: { buffer: CoreBuffer; subscription: { dispose(): void } } | undefined;

  constructor(createCore: CreateCore, options: VtOptions) {
    const core = createCore(options);
    this.#core = core;
    this.#dirtyLast = core._bufferService.rows - 1;
    this.#links = new LinkTable(core);
    this.#rowReader = new RowReader(this.#table, this.#links);
    core._inputHandler._oscLinkService = this.#links;
    core._inputHandler._utf8Decoder = new Utf8Decoder();
    const provider = createUnicodeProvider();
    core.unicodeService.register(provider);
    core.unicodeService.activeVersion = provider.version;
    installSequences(core, options.listener, this.#keys, darkPalette);
    this.#watch(core);
  }

  get cols(): number {
    return this.#core._bufferService.cols;
  }

  get rows(): number {
    return this.#core._bufferService.rows;
  }

  /** After a character in the last column xterm's cursor stands beyond it; it is shown on the last column. */
  get cursorX(): number {
    return Math.min(this.#core.buffers.active.x, this.cols - 1);
  }

  get cursorY(): number {
    return Math.min(this.#core.buffers.active.y, this.rows - 1);
  }

  get modes(): number {
    const { coreService, coreMouseService, buffers } = this.#core;
    const dec = coreService.decPrivateModes;
    const isAlternate = buffers.active === buffers.alt;
    const encoding = coreMouseService.activeEncoding;
    const flag = (isOn: boolean, bit: number): number => (isOn ? bit : 0);
    return (
      flag(coreService.isCursorHidden, PaneMode.cursorHidden) |
      flag(dec.applicationCursorKeys, PaneMode.applicationCursor) |
      flag(dec.applicationKeypad, PaneMode.applicationKeypad) |
      flag(dec.bracketedPasteMode, PaneMode.bracketedPaste) |
      flag(dec.sendFocus, PaneMode.focusEvents) |
      flag(isAlternate, PaneMode.alternateScreen) |
      (Math.max(0, mouseProtocols.indexOf(coreMouseService.activeProtocol)) << PaneMode.mouseShift) |
      flag(encoding === 'SGR', PaneMode.mouseSgr) |
      flag(encoding === 'SGR_PIXELS', PaneMode.mouseSgrPixels) |
      flag(dec.synchronizedOutput, PaneMode.synchronized) |
      (this.#keys.kitty.current(isAlternate ? 'alternate' : 'normal') << PaneMode.kittyShift) |
      flag(this.#keys.modifyOtherKeys > 0, PaneMode.modifyOtherKeys) |
      (cursorStyle(this.#core) << PaneMode.cursorStyleShift)
    );
  }

  get history(): number {
    const { active, normal } = this.#core.buffers;
    return active === normal ? normal.ybase : 0;
  }

  get scrolled(): number {
    return this.#dropped + this.#core.buffers.normal.ybase;
  }

  countFrom(scrolled: number): void {
    this.#dropped += scrolled - this.scrolled;
  }

  get tableEpoch(): number {
    return this.#table.epoch;
  }

  feed(bytes: Uint8Array): void {
    this.#renewTable();
    for (let at = 0; at < bytes.length; at += pieceBytes) this.#parse(bytes.subarray(at, at + pieceBytes));
  }

  resize(cols: number, rows: number): void {
    this.#renewTable();
    this.#core.resize(cols, rows);
    // xterm.js 6.0.0 shrinks the list of an alternate screen only while that is shown. Left long, the next program on
    // it would scroll into a history that it must not have, and rows go wrong at the resize after that.
    const { lines } = this.#core.buffers.alt;
    if (lines.length === 0) lines.maxLength = this.rows;
    this.#markAll();
  }

  takeDirty(): RowRange | null {
    if (this.#dirtyFirst > this.#dirtyLast) return null;
    const range = { first: this.#dirtyFirst, last: Math.min(this.#dirtyLast, this.rows - 1) };
    this.#dirtyFirst = Number.POSITIVE_INFINITY;
    this.#dirtyLast = -1;
    return range;
  }

  readRow(row: number, target: Uint32Array, offset: number): void {
    const buffer = this.#core.buffers.active;
    this.#rowReader.read(buffer.lines.get(buffer.ybase + row), this.cols, target, offset);
  }

  readHistory(line: number, target: Uint32Array, offset: number): void {
    this.#renewTable();
    const found = line < this.history ? this.#core.buffers.normal.lines.get(line) : undefined;
    this.#rowReader.read(found, this.cols, target, offset);
  }

  cluster(id: number): string {
    return this.#table.cluster(id);
  }

  extra(id: number): CellExtra | null {
    return this.#table.extra(id);
  }

  screenText(): string[] {
    const buffer = this.#core.buffers.active;
    return Array.from({ length: this.rows }, (_, row) => this.#lineText(buffer.lines, buffer.ybase + row));
  }

  historyText(from: number, to: number): string[] {
    const first = Math.max(0, from);
    const last = Math.min(to, this.history);
    const { lines } = this.#core.buffers.normal;
    return Array.from({ length: Math.max(0, last - first) }, (_, i) => this.#lineText(lines, first + i));
  }

  lineText(line: number): string {
    return this.#line(line)?.translateToString(true) ?? '';
  }

  lineColumns(line: number): number[] {
    const columns: number[] = [];
    this.#line(line)?.translateToString(true, undefined, undefined, columns);
    return columns;
  }

  isWrapped(line: number): boolean {
    return line > 0 && this.#line(line)?.isWrapped === true;
  }

  #line(line: number): CoreLine | undefined {
    const buffer = this.#core.buffers.active;
    return buffer.lines.get(buffer.ybase - this.history + line);
  }

  snapshot(): Uint8Array {
    throw new Error('the reference emulator makes no snapshots');
  }

  dispose(): void {
    this.#counted?.subscription.dispose();
    this.#core.dispose();
  }

  #parse(bytes: Uint8Array): void {
    const input = this.#core._inputHandler;
    if (input._parseBuffer.length <= bytes.length) input._parseBuffer = new Uint32Array(bytes.length + 1);
    try {
      input.parse(bytes);
      const { start, end } = input._dirtyRowTracker;
      if (start < this.#dirtyFirst) this.#dirtyFirst = start;
      if (end > this.#dirtyLast) this.#dirtyLast = end;
    } catch {
      // A fault of the emulator on some sequence: the rest of the piece is lost, the terminal lives on.
      input._parser.reset();
      this.#markAll();
    }
  }

  #watch(core: Core): void {
    core._inputHandler.onRequestRefreshRows((range) => {
      // Rows come from the tracker itself; this says that all have changed, after a switch of screens.
      if (!range) this.#markAll();
    });
    core._inputHandler.onRequestReset(() => {
      // What RIS leaves behind in xterm.js 6.0.0: newline mode and the blink option.
      core.options.convertEol = false;
      core.options.cursorBlink = false;
      this.#keys.kitty.reset();
      this.#keys.modifyOtherKeys = 0;
      core.coreService.isCursorHidden = false;
      this.#markAll();
    });
    core.buffers.onBufferActivate(() => this.#countHistory());
    this.#countHistory();
  }

  /** RIS makes new buffers: what was scrolled so far is carried over, so that `scrolled` only grows by it. */
  #countHistory(): void {
    const buffer = this.#core.buffers.normal;
    if (buffer === this.#counted?.buffer) return;
    this.#dropped += this.#counted?.buffer.ybase ?? 0;
    this.#counted?.subscription.dispose();
    const subscription = buffer.lines.onTrim((count) => {
      this.#dropped += count;
    });
    this.#counted = { buffer, subscription };
  }

  #markAll(): void {
    this.#dirtyFirst = 0;
    this.#dirtyLast = Number.POSITIVE_INFINITY;
  }

  /** Only between reads of a screen, so that ids read together belong together. */
  #renewTable(): void {
    if (!this.#table.crowded) return;
    this.#table.clear();
    this.#rowReader.forget();
    this.#markAll();
  }

  #lineText(lines: CoreLines, index: number): string {
    const text = lines.get(index)?.translateToString(true) ?? '';
    return sanitize(text, text.length).replace(/ +$/, '');
  }
}
