// A terminal's state as the bytes that make it: history, both screens, saved cursors, regions, tab stops, modes.
//
// The bytes are written for a fresh terminal of the same size. Lines are printed from the oldest on, so that they
// scroll into history the way they did.
import { BlankContent, CellWords, Content } from '../cell.ts';
import { sgrOf } from '../sgr.ts';
import { createUnicodeProvider } from '../unicode.ts';
import { ByteWriter } from './byte-writer.ts';
import { Charset } from './charsets.ts';
import type { PlainRunVisitor } from './history.ts';
import { Looks } from './looks.ts';
import { type Pen, ProtectedBit } from './pen.ts';
import type { Screen } from './screen.ts';
import { Mouse, MouseEncoding, type VtState } from './state.ts';

/** DSR 0: no effect and no answer, but it ends a cluster. */
const endCluster = '\x1b[0n';
/** This emulator's own: the row continues the one before it. Others ignore it. */
const continueRow = '\x1b[>w';

const plainPen = '0m';

const mouseModes: { readonly [protocol: number]: number } = {
  [Mouse.x10]: 9,
  [Mouse.vt200]: 1000,
  [Mouse.drag]: 1002,
  [Mouse.any]: 1003,
};

export function snapshotOf(state: VtState, historyLines: number): Uint8Array {
  const writer = new SnapshotWriter(state);
  writer.history(historyLines);
  writer.screen(state.normal);
  writer.tabs(state.normal.tabs);
  writer.kittyStack(state.kitty.stack('normal'));
  if (state.alternate) {
    writer.put('\x1b[0m\x1b[?1047h\x1b[H');
    writer.screen(state.alternate);
    writer.kittyStack(state.kitty.stack('alternate'));
  }
  writer.cursorAndModes();
  return writer.bytes();
}

class SnapshotWriter {
  readonly #state: VtState;
  readonly #cols: number;
  readonly #row: Uint32Array;
  readonly #provider = createUnicodeProvider();
  #join = 0;
  readonly #out = new ByteWriter();
  /** SGR of the looks met, by their number here. */
  readonly #looks = new Looks();
  readonly #sgr: string[] = [];
  #pen = plainPen;
  /** Number of the look in force, -1 when it is not known. */
  #look = -1;
  #isProtected = false;
  #url = '';

  constructor(state: VtState) {
    this.#state = state;
    this.#cols = state.screen.cols;
    this.#row = new Uint32Array(this.#cols * CellWords);
  }

  put(sequence: string): void {
    this.#out.text(sequence);
    this.#join = 0;
    this.#look = -1;
    if (sequence.includes('\x1b[0m')) this.#pen = plainPen;
  }

  bytes(): Uint8Array {
    return this.#out.finish();
  }

  /** The newest lines of the history, oldest first. */
  history(lines: number): void {
    const { history } = this.#state;
    for (let line = Math.max(0, history.length - lines); line < history.length; line++) {
      if (history.isWrapped(line)) this.put(continueRow);
      if (!history.visitPlain(line, this.#plainRun)) {
        history.read(line, this.#row, 0, this.#cols);
        this.#line();
      }
      if (this.#pen === plainPen) this.#out.text('\r\n');
      else this.put('\x1b[0m\r\n');
    }
  }

  /** Bytes of one look, as they are; blanks by what makes them. */
  readonly #plainRun: PlainRunVisitor = (bytes, from, to, fg, bg, extra) => {
    this.#setPen(fg, bg, extra);
    const canErase = fg === 0 && extra === 0 && bg >>> 26 === 0;
    for (let at = from; at < to; ) {
      const start = at;
      while (at < to && bytes[at] !== 0) at++;
      this.#out.bytes(bytes, start, at);
      const blank = at;
      while (at < to && bytes[at] === 0) at++;
      const count = at - blank;
      if (count === 0) continue;
      if (!canErase) this.#out.text(' '.repeat(count));
      else this.#out.text(bg === 0 ? `\x1b[${count}C` : `\x1b[${count}X\x1b[${count}C`);
    }
    this.#join = 0;
  };

  /** A screen's rows, saved cursor and region. Leaves the cursor anywhere. */
  screen(screen: Screen): void {
    for (let row = 0; row < screen.rows; row++) {
      screen.read(row, this.#state.looks, this.#row, 0);
      if (screen.isWrapped(row)) this.put(continueRow);
      this.#line();
      if (row < screen.rows - 1) this.put('\x1b[0m\r\n');
    }
    this.put('\x1b[0m');
    this.#setUrl('');
    this.#saved(screen);
    if (screen.top > 0 || screen.bottom < screen.rows - 1) this.put(`\x1b[${screen.top + 1};${screen.bottom + 1}r`);
  }

  kittyStack(stack: readonly number[]): void {
    for (const [i, flags] of stack.entries()) this.put(i === 0 ? `\x1b[=${flags}u` : `\x1b[>${flags}u`);
  }

  cursorAndModes(): void {
    const { modes, screen, pen } = this.#state;
    const on = (isOn: boolean, sequence: string): void => {
      if (isOn) this.put(sequence);
    };
    on(modes.origin, '\x1b[?6h');
    this.#place(screen, screen.x, screen.y - (modes.origin ? screen.top : 0));
    this.#attributes(pen);
    on(modes.insert, '\x1b[4h');
    on(modes.newLine, '\x1b[20h');
    on(!modes.wraparound, '\x1b[?7l');
    on(modes.reverseWraparound, '\x1b[?45h');
    on(modes.applicationCursor, '\x1b[?1h');
    on(modes.applicationKeypad, '\x1b=');
    on(modes.bracketedPaste, '\x1b[?2004h');
    on(modes.focusEvents, '\x1b[?1004h');
    on(modes.mouse !== Mouse.none, `\x1b[?${mouseModes[modes.mouse] ?? 0}h`);
    on(modes.mouseEncoding === MouseEncoding.sgr, '\x1b[?1006h');
    on(modes.mouseEncoding === MouseEncoding.sgrPixels, '\x1b[?1016h');
    on(modes.cursorHidden, '\x1b[?25l');
    on(modes.cursorStyle > 0, `\x1b[${modes.cursorStyle} q`);
    on(modes.cursorStyle === 0 && modes.cursorBlink, '\x1b[?12h');
    on(modes.modifyOtherKeys > 0, `\x1b[>4;${modes.modifyOtherKeys}m`);
    this.#charsets(this.#state.charsets, this.#state.shift);
  }

  tabs(stops: Uint8Array): void {
    if (!stops.some((stop, column) => (stop === 1) !== (column % 8 === 0))) return;
    this.put('\x1b[3g');
    for (const [column, stop] of stops.entries()) if (stop === 1) this.put(`\x1b[${column + 1}G\x1bH`);
  }

  #saved(screen: Screen): void {
    const { x, y, pen, charsets, shift, origin } = screen.saved;
    this.put(origin ? '\x1b[?6h' : '');
    this.#place(screen, x, y);
    this.#attributes(pen);
    this.#charsets(charsets, shift);
    this.put(`\x1b[?1048h${origin ? '\x1b[?6l' : ''}\x0f\x1b(B\x1b)B\x1b*B\x1b+B\x1b[0"q\x1b[0m`);
    this.#isProtected = false;
    this.#setUrl('');
  }

  /** A cursor beyond the last column is made by printing that column again. */
  #place(screen: Screen, x: number, y: number): void {
    if (x < this.#cols) {
      this.put(`\x1b[${y + 1};${x + 1}H`);
      return;
    }
    screen.read(y, this.#state.looks, this.#row, 0);
    const isRightHalf = ((this.#row[(this.#cols - 1) * CellWords] ?? 0) & Content.widthMask) === 0;
    const column = this.#cols - (isRightHalf ? 2 : 1);
    this.put(`\x1b[${y + 1};${column + 1}H`);
    this.#cell(column * CellWords);
  }

  #charsets(sets: readonly number[], shift: number): void {
    for (const [slot, set] of sets.entries()) {
      if (set !== Charset.ascii) this.put(`\x1b${'()*+'[slot]}${set === Charset.british ? 'A' : '0'}`);
    }
    this.put(['', '\x0e', '\x1bn', '\x1bo'][shift] ?? '');
  }

  /** Writes the row just read, from the left edge. */
  #line(): void {
    let column = 0;
    let skipped = 0;
    const end = this.#lastUsed();
    while (column < end) {
      const at = column * CellWords;
      const run = this.#blankRun(column);
      if (run > 0) {
        const bg = this.#row[at + 2] ?? 0;
        if (bg !== 0) {
          skipped = this.#skip(skipped);
          this.#setPen(0, bg, 0);
          this.put(`\x1b[${run}X`);
        }
        skipped += run;
        column += run;
        continue;
      }
      skipped = this.#skip(skipped);
      this.#cell(at);
      column += Math.max(1, ((this.#row[at] ?? 0) & Content.widthMask) >>> Content.widthShift);
    }
  }

  #skip(columns: number): number {
    if (columns > 0) this.put(`\x1b[${columns}C`);
    return 0;
  }

  /** Columns up to the last cell that is not a default blank. */
  #lastUsed(): number {
    for (let column = this.#cols; column > 0; column--) {
      const at = (column - 1) * CellWords;
      const isBlank = this.#row[at] === BlankContent && !this.#row[at + 1] && !this.#row[at + 2] && !this.#row[at + 3];
      if (!isBlank) return column;
    }
    return 0;
  }

  /** Length of a run of blanks that erasing can make: no text, nothing but a background colour. */
  #blankRun(column: number): number {
    const bg = this.#row[column * CellWords + 2] ?? 0;
    if (bg >>> 26 !== 0) return 0;
    let end = column;
    while (end < this.#cols) {
      const at = end * CellWords;
      if (this.#row[at] !== BlankContent || this.#row[at + 1] || this.#row[at + 2] !== bg || this.#row[at + 3]) break;
      end++;
    }
    return end - column;
  }

  #cell(at: number): void {
    const content = this.#row[at] ?? 0;
    this.#setPen(this.#row[at + 1] ?? 0, this.#row[at + 2] ?? 0, this.#row[at + 3] ?? 0);
    const id = content & Content.codePointMask;
    this.#print(content & Content.cluster ? this.#state.table.cluster(id) : String.fromCodePoint(id || 0x20));
  }

  /** Prints one cell's text, apart from the cell before even where the two would join. */
  #print(text: string): void {
    const first = text.codePointAt(0) ?? 0x20;
    if (this.#provider.charProperties(first, this.#join) & 1) {
      this.#out.text(endCluster);
      this.#join = 0;
    }
    for (const character of text) {
      this.#join = this.#provider.charProperties(character.codePointAt(0) ?? 0, this.#join);
    }
    this.#out.text(text);
  }

  /** The look of what is printed next. Neighbours mostly look the same, and looks come again and again. */
  #setPen(fg: number, bg: number, extraId: number): void {
    const look = this.#looks.id(fg, bg, extraId);
    if (look === this.#look) return;
    const extra = this.#state.table.extra(extraId);
    this.#setUrl(extra?.url ?? '');
    this.#sgr[look] ??= `${sgrOf(fg, bg & ~ProtectedBit, extra)}m`;
    const pen = this.#sgr[look] as string;
    if (pen !== this.#pen) this.put(`\x1b[${pen}`);
    const isProtected = (bg & ProtectedBit) !== 0;
    if (isProtected !== this.#isProtected) this.put(isProtected ? '\x1b[1"q' : '\x1b[0"q');
    this.#pen = pen;
    this.#isProtected = isProtected;
    this.#look = look;
  }

  #setUrl(url: string): void {
    if (url === this.#url) return;
    this.#url = url;
    this.put(`\x1b]8;;${url}\x1b\\`);
  }

  /** The pen a program left, with what only shows later: underline colour, link, protection. */
  #attributes(pen: Pen): void {
    this.#setUrl(pen.url);
    const { underline, underlineColor, url } = pen;
    this.put(`\x1b[${sgrOf(pen.fg, pen.bg & ~ProtectedBit, { underline, underlineColor, url })}m`);
    this.#pen = '';
    this.#isProtected = (pen.bg & ProtectedBit) !== 0;
    this.put(this.#isProtected ? '\x1b[1"q' : '\x1b[0"q');
  }
}
