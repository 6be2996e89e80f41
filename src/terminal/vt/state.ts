// A terminal's whole state, changed by the functions beside it.
import { CellWords } from '../cell.ts';
import { CellTable } from '../cell-table.ts';
import type { VtListener } from '../engine.ts';
import { KittyFlags } from '../key-protocol.ts';
import { createUnicodeProvider } from '../unicode.ts';
import { History } from './history.ts';
import { Looks } from './looks.ts';
import { Pen, ProtectedBit } from './pen.ts';
import { defaultTabs, freshCursor, Screen, SlotWords } from './screen.ts';

export const Mouse = { none: 0, x10: 1, vt200: 2, drag: 3, any: 4 } as const;
export const MouseEncoding = { legacy: 0, sgr: 1, sgrPixels: 2 } as const;

/** Modes a program sets; `freshModes` is how a terminal starts. */
export interface Modes {
  insert: boolean;
  newLine: boolean;
  applicationCursor: boolean;
  applicationKeypad: boolean;
  origin: boolean;
  wraparound: boolean;
  reverseWraparound: boolean;
  cursorBlink: boolean;
  cursorHidden: boolean;
  focusEvents: boolean;
  bracketedPaste: boolean;
  synchronized: boolean;
  mouse: number;
  mouseEncoding: number;
  /** DECSCUSR: 0 the terminal's own, else 1 to 6. */
  cursorStyle: number;
  modifyOtherKeys: number;
}

export function freshModes(): Modes {
  return {
    insert: false,
    newLine: false,
    applicationCursor: false,
    applicationKeypad: false,
    origin: false,
    wraparound: true,
    reverseWraparound: false,
    cursorBlink: false,
    cursorHidden: false,
    focusEvents: false,
    bracketedPaste: false,
    synchronized: false,
    mouse: Mouse.none,
    mouseEncoding: MouseEncoding.legacy,
    cursorStyle: 0,
    modifyOtherKeys: 0,
  };
}

/** Characters of all links on the screens and in the history together; links beyond that are plain text. */
const linkCharsLimit = 4 << 20;

/** So many looks are kept before those that no cell has any more are forgotten. */
const fewestLooks = 4096;

const encoder = new TextEncoder();

export class VtState {
  readonly listener: VtListener;
  readonly scrollback: number;
  readonly table = new CellTable();
  looks = new Looks();
  readonly unicode = createUnicodeProvider();
  readonly pen = new Pen();
  readonly kitty = new KittyFlags();
  modes = freshModes();
  normal: Screen;
  alternate: Screen | null = null;
  /** The one that is shown. */
  screen: Screen;
  history: History;
  /** Properties of the character printed last, 0 after anything else: what a combining mark joins. */
  join = 0;
  /** G0 to G3, and which of them is in use. */
  charsets: number[] = [0, 0, 0, 0];
  shift = 0;
  /** Some cell may carry the protected bit, which is to be cleared when a row is read. */
  hasProtected = false;
  readonly titles: string[] = [];
  title = '';
  dirtyFirst = 0;
  dirtyLast = Number.POSITIVE_INFINITY;

  /** A blank one for the next program that wants it: some switch many times a second. */
  #spareAlternate: Screen | null = null;
  #sweepLooksAt = fewestLooks;
  /** What the next sweep fills: some programs need one many times a second. */
  #spareLooks: Looks | null = null;
  /** At least the characters of all links in the table. */
  #linkChars = 0;
  #hasTooManyLinks = false;

  constructor(cols: number, rows: number, scrollback: number, listener: VtListener) {
    this.listener = listener;
    this.scrollback = scrollback;
    this.normal = new Screen(cols, rows);
    this.screen = this.normal;
    this.history = new History(scrollback);
  }

  get isAlternate(): boolean {
    return this.screen !== this.normal;
  }

  get charset(): number {
    return this.charsets[this.shift] as number;
  }

  /** The pen's look. */
  get look(): number {
    const { pen } = this;
    if (pen.look >= 0) return pen.look;
    pen.look = this.looks.id(pen.fg, pen.bg, pen.extra);
    return pen.look;
  }

  /** The look of an erased cell. */
  get erasedLook(): number {
    const { pen } = this;
    if (pen.erasedLook < 0) pen.erasedLook = this.looks.id(0, pen.erased, 0);
    return pen.erasedLook;
  }

  markRow(row: number): void {
    if (row < this.dirtyFirst) this.dirtyFirst = row;
    if (row > this.dirtyLast) this.dirtyLast = row;
  }

  markRows(first: number, last: number): void {
    if (first < this.dirtyFirst) this.dirtyFirst = first;
    if (last > this.dirtyLast) this.dirtyLast = last;
  }

  markAll(): void {
    this.dirtyFirst = 0;
    this.dirtyLast = Number.POSITIVE_INFINITY;
  }

  reply(text: string): void {
    this.listener.reply(encoder.encode(text));
  }

  setProtected(isProtected: boolean): void {
    this.pen.setProtected(isProtected);
    this.hasProtected ||= isProtected;
  }

  /** DECSC keeps a cursor beyond the last column as one on it; a change of screens keeps it (`isExact`). */
  saveCursor(isExact = false): void {
    const { screen } = this;
    const pen = new Pen();
    pen.copyFrom(this.pen);
    screen.saved = {
      x: isExact ? screen.x : Math.min(screen.x, screen.cols - 1),
      y: screen.y,
      pen,
      charsets: [...this.charsets],
      shift: this.shift,
      origin: this.modes.origin,
    };
  }

  restoreCursor(): void {
    const { screen } = this;
    const { x, y, pen, charsets, shift, origin } = screen.saved;
    screen.x = Math.min(x, screen.cols);
    screen.y = Math.min(y, screen.rows - 1);
    this.pen.copyFrom(pen);
    this.charsets = [...charsets];
    this.shift = shift;
    this.modes.origin = origin;
  }

  /** The cursor comes along; the alternate screen begins blank. */
  showAlternate(): void {
    if (this.isAlternate) return;
    const { normal } = this;
    const spare = this.#spareAlternate;
    const fits = spare?.cols === normal.cols && spare.rows === normal.rows && spare.tabs === normal.tabs;
    const alternate = fits ? spare : new Screen(normal.cols, normal.rows, normal.tabs);
    this.#spareAlternate = null;
    alternate.x = normal.x;
    alternate.y = normal.y;
    const look = this.erasedLook;
    if (look !== 0) for (let row = 0; row < alternate.rows; row++) alternate.clearRow(row, look);
    this.alternate = alternate;
    this.screen = alternate;
    this.markAll();
  }

  showNormal(): void {
    if (!this.isAlternate) return;
    this.normal.x = this.screen.x;
    this.normal.y = this.screen.y;
    this.screen.clear();
    this.#spareAlternate = this.screen;
    this.alternate = null;
    this.screen = this.normal;
    this.markAll();
  }

  /** DECSTR. */
  softReset(): void {
    const { screen } = this;
    screen.top = 0;
    screen.bottom = screen.rows - 1;
    this.pen.reset();
    this.modes = { ...freshModes(), ...this.#keptBySoftReset() };
    this.#resetCharsets();
    screen.saved = freshCursor();
  }

  /** RIS: everything but the count of lines that ever scrolled. */
  hardReset(): void {
    const total = this.history.total;
    this.normal.clear();
    this.normal.tabs.set(defaultTabs(this.normal.cols));
    this.alternate = null;
    this.screen = this.normal;
    this.history = new History(this.scrollback, total);
    this.pen.reset();
    this.modes = freshModes();
    this.kitty.reset();
    this.#resetCharsets();
    this.join = 0;
    this.hasProtected = false;
    if (this.looks.size > 1) this.looks = new Looks();
    this.#spareLooks = null;
    this.markAll();
  }

  /** To be called when nothing but cells holds numbers of looks: forgets those in no cell when there are many. */
  boundLooks(): void {
    if (this.looks.size >= this.#sweepLooksAt) this.#sweepLooks();
  }

  /** Forgets clusters and looks that no cell has any more, before the table grows without need. */
  sweepTable(): void {
    this.#sweepLooks();
    this.table.sweep(this.#liveCells());
    this.markAll();
  }

  /** False when links take too much memory; then as many more must be offered before it is looked at again. */
  admitsLink(url: string): boolean {
    this.#linkChars += url.length;
    if (this.#linkChars > linkCharsLimit) {
      this.sweepTable();
      const held = this.table.urlChars;
      this.#hasTooManyLinks = held > linkCharsLimit / 2;
      this.#linkChars = this.#hasTooManyLinks ? linkCharsLimit / 2 : held;
    }
    return !this.#hasTooManyLinks;
  }

  /** Gives the looks that cells have new numbers, and forgets the others. */
  #sweepLooks(): void {
    const before = this.looks;
    const after = this.#spareLooks ?? new Looks(before.capacity);
    after.clear();
    for (const screen of [this.normal, this.alternate]) {
      if (!screen) continue;
      moveLooks(screen.cells, 1, SlotWords, before, after);
      moveLooks(screen.runLooks, 0, 1, before, after);
    }
    this.looks = after;
    this.#spareLooks = before;
    this.pen.changed();
    this.#sweepLooksAt = Math.max(fewestLooks, after.size * 2);
  }

  *#liveCells(): Generator<Uint32Array> {
    for (const screen of [this.normal, this.alternate]) {
      if (!screen) continue;
      const row = new Uint32Array(screen.cols * CellWords);
      for (let y = 0; y < screen.rows; y++) {
        screen.read(y, this.looks, row, 0);
        yield row;
      }
    }
    for (let look = 0; look < this.looks.size; look++) yield Uint32Array.of(0, 0, 0, this.looks.extra(look));
    for (const pen of [this.pen, this.normal.saved.pen, this.alternate?.saved.pen]) {
      if (pen) yield Uint32Array.of(0, 0, 0, pen.extra);
    }
    const row = new Uint32Array(CellWords * widestLine(this.history));
    for (let line = 0; line < this.history.length; line++) {
      const cells = this.history.unpack(line, row, 0, row.length / CellWords);
      yield row.subarray(0, cells * CellWords);
    }
  }

  #keptBySoftReset(): Partial<Modes> {
    const { newLine, mouse, mouseEncoding, modifyOtherKeys } = this.modes;
    return { newLine, mouse, mouseEncoding, modifyOtherKeys };
  }

  #resetCharsets(): void {
    this.charsets = [0, 0, 0, 0];
    this.shift = 0;
  }
}

/** Renumbers every `step`th word from `first` on. Most stand beside their like. */
function moveLooks(words: Uint32Array | Int32Array, first: number, step: number, before: Looks, after: Looks): void {
  let last = 0;
  let lastMoved = 0;
  for (let at = first; at < words.length; at += step) {
    const id = words[at] as number;
    if (id !== last) {
      last = id;
      // Those of runs that are no more may be any number.
      lastMoved = id < before.size ? after.id(before.fg(id), before.bg(id), before.extra(id)) : 0;
    }
    words[at] = lastMoved;
  }
}

function widestLine(history: History): number {
  let widest = 0;
  for (let line = 0; line < history.length; line++) widest = Math.max(widest, history.cellsOf(line));
  return widest;
}

/** Word 2 of a cell as others may see it. */
export function withoutProtection(word: number): number {
  return word & ~ProtectedBit;
}
