// A terminal's state as the bytes that make it: history, both screens, saved cursors, regions, tab stops, modes.
//
// The bytes are written for a fresh terminal of the same size. Lines are printed from the oldest on, so that they
// scroll into history the way they did; a line that continues the one before is printed so that it wraps again.
import { BlankContent, CellWords, Content, FgFlag } from './cell.ts';
import { CellTable } from './cell-table.ts';
import { sgrOf } from './sgr.ts';
import { createUnicodeProvider } from './unicode.ts';
import type { Core, CoreAttributes, CoreBuffer, CoreLine } from './xterm-core.ts';
import type { LinkTable } from './xterm-links.ts';
import { RowReader } from './xterm-rows.ts';
import { cursorStyle, type KeyModes } from './xterm-sequences.ts';

const hasExtended = 0x10000000;
const protectedFlag = 0x20000000;
/** DSR 0: no effect and no answer, but it ends a cluster. */
const endCluster = '\x1b[0n';

export function snapshotOf(core: Core, links: LinkTable, keys: KeyModes, historyLines: number): Uint8Array {
  const writer = new SnapshotWriter(core, links);
  const { normal, alt, active } = core.buffers;
  writer.lines(normal, Math.max(0, normal.ybase - historyLines));
  writer.bufferState(normal);
  writer.kittyStack(keys.kitty.stack('normal'));
  if (active === alt) {
    writer.put('\x1b[0m\x1b[?1047h\x1b[H');
    writer.lines(alt, 0);
    writer.bufferState(alt);
    writer.kittyStack(keys.kitty.stack('alternate'));
  }
  writer.cursorAndModes(active, keys);
  return writer.bytes();
}

class SnapshotWriter {
  readonly #core: Core;
  readonly #links: LinkTable;
  readonly #table = new CellTable();
  readonly #reader: RowReader;
  readonly #cols: number;
  readonly #row: Uint32Array;
  readonly #provider = createUnicodeProvider();
  #join = 0;
  #out: string[] = [];
  #pen = '0';
  #url = '';
  /** Background of the pen: what a scroll fills new lines with. */
  #penBg = 0;

  constructor(core: Core, links: LinkTable) {
    this.#core = core;
    this.#links = links;
    this.#reader = new RowReader(this.#table, links);
    this.#cols = core._bufferService.cols;
    this.#row = new Uint32Array(this.#cols * CellWords);
  }

  put(sequence: string): void {
    this.#out.push(sequence);
    this.#join = 0;
    if (sequence.includes('\x1b[0m')) this.#setPenState('0', 0);
  }

  bytes(): Uint8Array {
    return new TextEncoder().encode(this.#out.join(''));
  }

  /** Prints a buffer's lines from `from` to the bottom of the screen. */
  lines(buffer: CoreBuffer, from: number): void {
    const last = buffer.ybase + this.#core._bufferService.rows - 1;
    let before: CoreLine | undefined;
    for (let index = from; index <= last; index++) {
      const line = buffer.lines.get(index);
      const canWrap = before !== undefined && line?.isWrapped === true;
      const isForced = canWrap && this.#forceWrap();
      if (before !== undefined && !canWrap) this.put(this.#penBg === 0 ? '\r\n' : '\x1b[0m\r\n');
      this.#reader.read(line, this.#cols, this.#row, 0);
      this.#line(canWrap, isForced);
      before = line;
    }
    this.put('\x1b[0m');
    this.#setUrl('');
  }

  /** Tab stops, region and saved cursor of the buffer that is shown. Leaves the cursor anywhere. */
  bufferState(buffer: CoreBuffer): void {
    const stops = Array.from({ length: this.#cols }, (_, column) => buffer.tabs[column] === true);
    if (stops.some((isSet, column) => isSet !== (column % 8 === 0))) {
      this.put('\x1b[3g');
      for (const [column, isSet] of stops.entries()) if (isSet) this.put(`\x1b[${column + 1}G\x1bH`);
    }
    const row = Math.max(0, buffer.savedY - buffer.ybase);
    this.put(`\x1b[${row + 1};${buffer.savedX + 1}H`);
    this.#attributes(buffer.savedCurAttrData);
    this.put('\x1b7\x1b[0m');
    if (buffer.scrollTop > 0 || buffer.scrollBottom < this.#core._bufferService.rows - 1) {
      this.put(`\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r`);
    }
  }

  kittyStack(stack: readonly number[]): void {
    for (const [i, flags] of stack.entries()) this.put(i === 0 ? `\x1b[=${flags}u` : `\x1b[>${flags}u`);
  }

  cursorAndModes(buffer: CoreBuffer, keys: KeyModes): void {
    const { coreService, coreMouseService, options } = this.#core;
    const dec = coreService.decPrivateModes;
    if (dec.origin) this.put('\x1b[?6h');
    const row = buffer.y - (dec.origin ? buffer.scrollTop : 0);
    this.put(`\x1b[${row + 1};${Math.min(buffer.x, this.#cols - 1) + 1}H`);
    if (buffer.x >= this.#cols) this.#printLastCell(buffer, row);
    this.#attributes(this.#core._inputHandler._curAttrData);
    const on = (isOn: boolean, sequence: string): void => {
      if (isOn) this.put(sequence);
    };
    on(coreService.modes.insertMode, '\x1b[4h');
    on(options.convertEol, '\x1b[20h');
    on(!dec.wraparound, '\x1b[?7l');
    on(dec.reverseWraparound, '\x1b[?45h');
    on(dec.applicationCursorKeys, '\x1b[?1h');
    on(dec.applicationKeypad, '\x1b=');
    on(dec.bracketedPasteMode, '\x1b[?2004h');
    on(dec.sendFocus, '\x1b[?1004h');
    const mouse = { X10: 9, VT200: 1000, DRAG: 1002, ANY: 1003 }[coreMouseService.activeProtocol];
    on(mouse !== undefined, `\x1b[?${mouse}h`);
    on(coreMouseService.activeEncoding === 'SGR', '\x1b[?1006h');
    on(coreMouseService.activeEncoding === 'SGR_PIXELS', '\x1b[?1016h');
    on(coreService.isCursorHidden, '\x1b[?25l');
    on(cursorStyle(this.#core) > 0, `\x1b[${cursorStyle(this.#core)} q`);
    on(keys.modifyOtherKeys > 0, `\x1b[>4;${keys.modifyOtherKeys}m`);
    this.#charsets();
  }

  #charsets(): void {
    const { _charsets: sets, glevel } = this.#core._charsetService;
    for (const [level, set] of sets.entries()) {
      // Line drawing is the only one in use today; it is known by its horizontal bar.
      if ((set as { q?: string } | undefined)?.q === '─') this.put(`\x1b${'()*+'[level]}0`);
    }
    if (glevel > 0 && glevel < 4) this.put(['', '\x0e', '\x1bn', '\x1bo'][glevel] ?? '');
  }

  /** Writes the row just read, from the left edge or, after a forced wrap, from where that left the cursor. */
  #line(isWrapped: boolean, isForced: boolean): void {
    // A wrap at the bottom scrolls with the pen's background, so blanks after it must be written.
    let mustClear = false;
    let column = 0;
    let skipped = 0;
    // A line that wrapped into has its first cell printed, blank or not: that is what wraps.
    const end = Math.max(this.#lastUsed(), isWrapped && !isForced ? 1 : 0);
    while (column < (mustClear ? this.#cols : end)) {
      const at = column * CellWords;
      const run = this.#blankRun(column);
      if (run > 0 && !(isWrapped && column === 0 && !isForced)) {
        const bg = this.#row[at + 2] ?? 0;
        if (bg !== 0 || mustClear || isForced) {
          skipped = this.#skip(skipped);
          this.#setPen(0, bg, 0);
          this.put(`\x1b[${run}X`);
        }
        skipped += run;
        column += run;
        continue;
      }
      skipped = this.#skip(skipped);
      if (isWrapped && column === 0) mustClear = this.#willFill(at);
      this.#cell(at);
      column += Math.max(1, ((this.#row[at] ?? 0) & Content.widthMask) >>> Content.widthShift);
    }
    // The next line may have to wrap: the cursor must then stand in the last column.
    this.#trailing = this.#cols - column + skipped;
  }

  /** Blank columns between the cursor and the right edge after the line just written. */
  #trailing = 0;

  #skip(columns: number): number {
    if (columns > 0) this.put(`\x1b[${columns}C`);
    return 0;
  }

  #willFill(at: number): boolean {
    const bg = (this.#row[at + 2] ?? 0) & 0x3ffffff;
    return bg !== 0 || this.#penBg !== 0;
  }

  /**
   * Makes the next printed character wrap although this line does not reach the edge: fills the last column, wraps,
   * and blanks what was filled. True when that was needed; the cursor is then at the start of the next line.
   */
  #forceWrap(): boolean {
    const wouldWrap = this.#trailing === 0;
    if (wouldWrap || this.#core._bufferService.rows < 2) {
      if (!wouldWrap) this.put('\x1b[0m\r\n');
      return !wouldWrap;
    }
    const last = (this.#cols - 1) * CellWords;
    const bg = this.#row[last + 2] ?? 0;
    this.put(`\x1b[0m\x1b[${this.#cols}G`);
    this.#setUrl('');
    this.put('..\x1b[A');
    this.put(`\x1b[${this.#cols}G`);
    this.#setPen(0, bg, 0);
    this.put('\x1b[X\x1b[B\r\x1b[0m\x1b[X');
    return true;
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
    this.#print(content & Content.cluster ? this.#table.cluster(id) : String.fromCodePoint(id || 0x20));
  }

  /** Prints one cell's text, apart from the cell before even where the two would join. */
  #print(text: string): void {
    const first = text.codePointAt(0) ?? 0x20;
    if (this.#provider.charProperties(first, this.#join) & 1) {
      this.#out.push(endCluster);
      this.#join = 0;
    }
    for (const character of text) {
      this.#join = this.#provider.charProperties(character.codePointAt(0) ?? 0, this.#join);
    }
    this.#out.push(text);
  }

  /** A cursor beyond the last column is made by printing that column again. */
  #printLastCell(buffer: CoreBuffer, row: number): void {
    this.#reader.read(buffer.lines.get(buffer.ybase + buffer.y), this.#cols, this.#row, 0);
    let column = this.#cols - 1;
    if (((this.#row[column * CellWords] ?? 0) & Content.widthMask) === 0) column--;
    this.put(`\x1b[${row + 1};${column + 1}H`);
    this.#cell(column * CellWords);
  }

  #setPen(fg: number, bg: number, extraId: number): void {
    const extra = this.#table.extra(extraId);
    this.#setUrl(extra?.url ?? '');
    const pen = sgrOf(fg, bg, extra);
    if (pen === this.#pen) return;
    this.put(`\x1b[${pen}m`);
    this.#setPenState(pen, bg & 0x3ffffff);
  }

  #setPenState(pen: string, bg: number): void {
    this.#pen = pen;
    this.#penBg = bg;
  }

  #setUrl(url: string): void {
    if (url === this.#url) return;
    this.#url = url;
    this.put(`\x1b]8;;${url}\x1b\\`);
  }

  /** The pen a program left, with what only shows later: underline colour, link, protection. */
  #attributes({ fg, bg, extended }: CoreAttributes): void {
    // A pen restored by DECRC may be underlined without its style and colour being in force.
    const isPlain = (fg & FgFlag.underline) !== 0 && (bg & hasExtended) === 0;
    const underlineColor = isPlain ? 0 : extended._ext & 0x3ffffff;
    const url = this.#links.url(extended._urlId);
    this.#setUrl(url);
    const pen = sgrOf(fg, bg, { underline: isPlain ? 1 : (extended._ext >>> 26) & 7, underlineColor, url });
    this.put(`\x1b[${pen}m`);
    this.#setPenState(pen, bg & 0x3ffffff);
    if (bg & protectedFlag) this.put('\x1b[1"q');
  }
}
