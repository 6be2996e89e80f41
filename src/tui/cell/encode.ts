// The frame encoder: what the outer terminal shows now, what it should show, and the fewest bytes between the two.
//
// `#shown` holds a cell for each cell of the outer terminal. A cell that is not known is `Unknown`. Cells are compared
// as words; only rows that differ are walked, and rows that were not written are not looked at. The cursor's place is
// known or not (-1): after the last column, after a character whose width terminals disagree on, and at the start it is
// not.
import { BgFlag, type CellExtra, CellWords, ColorMask, ColorModeMask, Content, FgFlag } from '../../terminal/cell.ts';
import type { ColorDepth } from '../out/downsample.ts';
import { isWidthAgreed } from './agreed-width.ts';
import { ByteWriter } from './byte-writer.ts';
import { linkId, safeLink } from './hyperlink.ts';
import { type CursorState, OuterCursor } from './outer-cursor.ts';
import { Pen } from './pen.ts';

/** Cells to be shown: src/terminal/cell.ts, row by row. */
export interface FrameSource {
  readonly cols: number;
  readonly rows: number;
  readonly words: Uint32Array;
  /** Whether a row may differ from what it was at the last `settle`. */
  isChanged(row: number): boolean;
  /** Its rows have been drawn. */
  settle(): void;
  /** Changes when ids of clusters and extras are given out anew. */
  readonly tableEpoch: number;
  cluster(id: number): string;
  extra(id: number): CellExtra | null;
}

export interface EncoderOptions {
  colors: ColorDepth;
  /** ?2026 is understood: a frame appears at once. */
  synchronized: boolean;
  styledUnderlines: boolean;
  hyperlinks: boolean;
  /** Erasing paints the current background. */
  backColorErase: boolean;
}

export const fullEncoderOptions: EncoderOptions = {
  colors: 'truecolor',
  synchronized: true,
  styledUnderlines: true,
  hyperlinks: true,
  backColorErase: true,
};

/** Width 3 does not exist, so no cell equals it. */
const Unknown = 0xffffffff;
const Space = 0x20;
const DecorationFg = FgFlag.inverse | FgFlag.underline | FgFlag.strike;
const GroundMask = ColorModeMask | ColorMask;
/** Below these lengths spaces are as short as an erase. */
const ShortestTail = 4;
const ShortestErase = 14;
/** Unchanged cells written again rather than jumped over. */
const LongestBridge = 4;

export class FrameEncoder {
  #options: EncoderOptions;
  readonly #pen: Pen;
  readonly #out = new ByteWriter();
  readonly #cursor = new OuterCursor();
  #cols = 0;
  #rows = 0;
  #shown = new Uint32Array(0);
  /** All rows are to be compared: what the terminal shows is not known. */
  #compareAll = true;
  #epoch = -1;
  /** The open link, null for none, undefined when not known. */
  #link: string | null | undefined = undefined;
  /** Columns before this one on the current row are written even if they look unchanged. */
  #forceUntil = 0;
  #source: FrameSource | null = null;
  #words: Uint32Array = new Uint32Array(0);
  /** The extra last looked up, because runs share it. */
  #extraId = 0;
  #extra: CellExtra | null = null;

  constructor(options: EncoderOptions = fullEncoderOptions) {
    this.#options = options;
    this.#pen = new Pen(options);
  }

  /** Learned by probing; everything is drawn again where cells look different now. */
  setOptions(options: EncoderOptions): void {
    const before = this.#options;
    this.#options = options;
    const looksSame =
      before.colors === options.colors &&
      before.styledUnderlines === options.styledUnderlines &&
      before.hyperlinks === options.hyperlinks;
    if (looksSame) return;
    this.#pen.setOptions(options);
    this.invalidate();
  }

  /** What the terminal shows is not known: after attach, resume, or foreign output. The next frame is complete. */
  invalidate(): void {
    this.#forgetShown();
    this.#pen.forget();
    this.#cursor.forget();
    this.#link = undefined;
  }

  /** Bytes that make the terminal show `source`, or null when it does already. They count as written. */
  encode(source: FrameSource, cursor: CursorState): Uint8Array | null {
    if (source.cols !== this.#cols || source.rows !== this.#rows) {
      this.#cols = source.cols;
      this.#rows = source.rows;
      this.#shown = new Uint32Array(source.cols * source.rows * CellWords);
      this.invalidate();
    } else if (source.tableEpoch !== this.#epoch) {
      this.#forgetShown();
    }
    this.#epoch = source.tableEpoch;
    this.#source = source;
    this.#words = source.words;
    this.#extraId = 0;
    this.#extra = null;
    const out = this.#out;
    out.clear();
    if (this.#options.synchronized) out.ascii('\x1b[?2026h');
    const opened = out.length;
    let drawn = false;
    for (let row = 0; row < this.#rows; row++) {
      if (!this.#compareAll && !source.isChanged(row)) continue;
      const from = this.#firstDifference(row);
      if (from < 0) continue;
      // Without 2026 the cursor would be seen running about.
      if (!drawn && !this.#options.synchronized) this.#cursor.hide(out);
      drawn = true;
      if (this.#link === undefined) this.#closeLink();
      this.#encodeRow(row, from);
    }
    this.#compareAll = false;
    source.settle();
    if (drawn) this.#closeLink();
    this.#cursor.place(out, cursor, this.#cols, this.#rows);
    this.#source = null;
    if (out.length === opened) return null;
    if (!drawn) out.cut(0, opened);
    else if (this.#options.synchronized) out.ascii('\x1b[?2026l');
    return out.take();
  }

  #forgetShown(): void {
    this.#shown.fill(Unknown);
    this.#compareAll = true;
  }

  #firstDifference(row: number): number {
    const words = this.#words;
    const shown = this.#shown;
    const start = row * this.#cols * CellWords;
    const end = start + this.#cols * CellWords;
    for (let at = start; at < end; at++) {
      if (words[at] !== shown[at]) return (at - start) >> 2;
    }
    return -1;
  }

  #encodeRow(row: number, from: number): void {
    const cols = this.#cols;
    const base = row * cols * CellWords;
    const tail = this.#blankTail(base);
    this.#forceUntil = 0;
    // A wide character is drawn anew as a whole, also when only one half of it changed.
    const halves = from > 0 && (this.#width(base, from) === 0 || this.#width(base, from - 1) === 2);
    let x = halves ? from - 1 : from;
    while (x < cols) {
      const width = this.#drawnWidth(base, x);
      if (x >= this.#forceUntil && this.#isShown(base, x, width)) {
        this.#copyShown(base, x, width);
        x += width;
        continue;
      }
      if (x >= tail && cols - x >= ShortestTail && this.#canErase(base, x)) {
        this.#eraseTail(row, base, x);
        return;
      }
      const run = width === 1 ? this.#blankRun(base, x, cols) : 0;
      if (run >= ShortestErase && this.#canErase(base, x)) {
        this.#eraseRun(row, base, x, run);
        x += run;
        continue;
      }
      this.#put(row, base, x, width);
      x += width;
    }
  }

  /** 2 for the left half of a complete wide character, else 1: halves without their other half are drawn as a space. */
  #drawnWidth(base: number, x: number): 1 | 2 {
    return this.#width(base, x) === 2 && x + 1 < this.#cols && this.#width(base, x + 1) === 0 ? 2 : 1;
  }

  #width(base: number, x: number): number {
    return ((this.#words[base + x * CellWords] ?? 0) & Content.widthMask) >>> Content.widthShift;
  }

  /** Code point or cluster with its flag; 0x20 for whatever has no text of its own. */
  #text(base: number, x: number, width: 1 | 2): number {
    const content = this.#words[base + x * CellWords] ?? 0;
    const text = content & (Content.codePointMask | Content.cluster);
    if ((content & Content.widthMask) >>> Content.widthShift !== width) return Space;
    return text < Space || (text >= 0x7f && text < 0xa0) ? Space : text;
  }

  #isShown(base: number, x: number, width: 1 | 2): boolean {
    const words = this.#words;
    const shown = this.#shown;
    const at = base + x * CellWords;
    // A half without its other half shows what the terminal made of it.
    if (this.#width(base, x) !== width) return false;
    if (width === 2) {
      const right = shown[at + CellWords] ?? Unknown;
      if (right === Unknown || (right & Content.widthMask) !== 0) return false;
    }
    if (
      words[at] === shown[at] &&
      words[at + 1] === shown[at + 1] &&
      words[at + 2] === shown[at + 2] &&
      words[at + 3] === shown[at + 3]
    ) {
      return true;
    }
    return width === 1 && this.#isBlank(words, at) && this.#isBlank(shown, at) && sameGround(words, shown, at);
  }

  /** A cell of which only the background can be seen. */
  #isBlank(cells: Uint32Array, at: number): boolean {
    const content = cells[at] ?? 0;
    if (content === Unknown) return false;
    const text = content & (Content.codePointMask | Content.cluster);
    return (
      (text === 0 || text === Space) &&
      (content & Content.widthMask) >>> Content.widthShift === 1 &&
      ((cells[at + 1] ?? 0) & DecorationFg) === 0 &&
      ((cells[at + 2] ?? 0) & BgFlag.overline) === 0 &&
      (cells[at + 3] ?? 0) === 0
    );
  }

  #copyShown(base: number, x: number, width: number): void {
    const at = base + x * CellWords;
    for (let word = at; word < at + width * CellWords; word++) this.#shown[word] = this.#words[word] ?? 0;
  }

  /** First column from which the row is blank in one colour. */
  #blankTail(base: number): number {
    const words = this.#words;
    const last = base + (this.#cols - 1) * CellWords;
    const ground = (words[last + 2] ?? 0) & GroundMask;
    let x = this.#cols;
    while (x > 0) {
      const at = base + (x - 1) * CellWords;
      if (!this.#isBlank(words, at) || ((words[at + 2] ?? 0) & GroundMask) !== ground) break;
      x--;
    }
    return x;
  }

  #blankRun(base: number, from: number, limit: number): number {
    const words = this.#words;
    const ground = (words[base + from * CellWords + 2] ?? 0) & GroundMask;
    let x = from;
    while (x < limit) {
      const at = base + x * CellWords;
      if (!this.#isBlank(words, at) || ((words[at + 2] ?? 0) & GroundMask) !== ground) break;
      x++;
    }
    return x - from;
  }

  #canErase(base: number, x: number): boolean {
    const ground = (this.#words[base + x * CellWords + 2] ?? 0) & GroundMask;
    return this.#options.backColorErase || this.#options.colors === 'none' || ground === 0;
  }

  #eraseTail(row: number, base: number, x: number): void {
    this.#startErase(row, base, x);
    this.#out.ascii('\x1b[K');
    this.#copyShown(base, x, this.#cols - x);
  }

  #eraseRun(row: number, base: number, x: number, count: number): void {
    this.#startErase(row, base, x);
    this.#out.ascii('\x1b[');
    this.#out.number(count);
    this.#out.byte(0x58);
    this.#copyShown(base, x, count);
  }

  #startErase(row: number, base: number, x: number): void {
    this.#cursor.moveTo(this.#out, x, row);
    this.#closeLink();
    this.#pen.setGround(this.#out, this.#words[base + x * CellWords + 2] ?? 0);
  }

  #put(row: number, base: number, x: number, width: 1 | 2): void {
    const out = this.#out;
    const at = base + x * CellWords;
    const text = this.#text(base, x, width);
    const isCluster = (text & Content.cluster) !== 0;
    const disputed = isCluster || !isWidthAgreed(text);
    // Also before it: some terminals join a mark or a flag to the character written just before.
    if (disputed && this.#cursor.isAt(x, row)) this.#cursor.forgetColumn();
    if (!this.#bridge(row, base, x)) this.#cursor.moveTo(this.#out, x, row);
    const extra = this.#extraAt(at);
    this.#pen.set(out, this.#words[at + 1] ?? 0, this.#words[at + 2] ?? 0, extra);
    this.#setLink(extra);
    if (disputed && width === 2) {
      out.ascii('  ');
      this.#cursor.forgetColumn();
      this.#cursor.moveTo(this.#out, x, row);
    }
    // A terminal that knows no clusters may give each of its code points two columns.
    let widest = 2;
    if (isCluster) {
      const cluster = this.#clusterText(text & Content.codePointMask);
      out.text(cluster);
      widest = 2 * [...cluster].length;
    } else {
      out.codePoint(text);
    }
    this.#copyShown(base, x, width);
    const atEnd = x + width >= this.#cols;
    this.#cursor.advancedTo(x + width, row);
    if (disputed && atEnd) this.#cursor.forgetPlace();
    else if (disputed || atEnd) this.#cursor.forgetColumn();
    // Where it was drawn wider than we think, the cells after it were overwritten.
    if (disputed) this.#forceUntil = Math.max(this.#forceUntil, x + Math.max(widest, width + 1));
  }

  /** Writes a few unchanged cells again where that is shorter than a jump. True when the cursor is then in place. */
  #bridge(row: number, base: number, x: number): boolean {
    const from = this.#cursor.columnIn(row);
    if (from < 0) return false;
    const gap = x - from;
    if (gap === 0) return true;
    if (gap < 0 || gap > LongestBridge) return false;
    const words = this.#words;
    const to = base + x * CellWords;
    for (let at = base + from * CellWords; at < to; at += CellWords) {
      const content = words[at] ?? 0;
      const text = content & (Content.codePointMask | Content.cluster);
      const plain = text === 0 || (text >= Space && text < 0x7f);
      if (!plain || (content & Content.widthMask) >>> Content.widthShift !== 1) return false;
      if (words[at + 1] !== words[to + 1] || words[at + 2] !== words[to + 2] || words[at + 3] !== words[to + 3]) {
        return false;
      }
    }
    const extra = this.#extraAt(to);
    this.#pen.set(this.#out, words[to + 1] ?? 0, words[to + 2] ?? 0, extra);
    this.#setLink(extra);
    for (let at = base + from * CellWords; at < to; at += CellWords) {
      this.#out.byte((words[at] ?? 0) & Content.codePointMask || Space);
    }
    this.#cursor.advancedTo(x, row);
    return true;
  }

  #extraAt(at: number): CellExtra | null {
    const id = this.#words[at + 3] ?? 0;
    if (id !== this.#extraId) {
      this.#extraId = id;
      this.#extra = id === 0 ? null : (this.#source?.extra(id) ?? null);
    }
    return this.#extra;
  }

  #clusterText(id: number): string {
    const text = this.#source?.cluster(id) ?? '';
    // An emulator never stores these; a forged frame could.
    return text === '' || /[\x00-\x1f\x7f-\x9f]/.test(text) ? '\ufffd' : text;
  }

  #setLink(extra: CellExtra | null): void {
    const url = extra !== null && extra.url !== '' && this.#options.hyperlinks ? safeLink(extra.url) : null;
    if (url === this.#link) return;
    if (url === null) {
      this.#closeLink();
      return;
    }
    this.#out.ascii(`\x1b]8;id=${linkId(url)};${url}\x1b\\`);
    this.#link = url;
  }

  #closeLink(): void {
    if (this.#link !== null && this.#options.hyperlinks) this.#out.ascii('\x1b]8;;\x1b\\');
    this.#link = null;
  }
}

function sameGround(words: Uint32Array, shown: Uint32Array, at: number): boolean {
  return ((words[at + 2] ?? 0) & GroundMask) === ((shown[at + 2] ?? 0) & GroundMask);
}
