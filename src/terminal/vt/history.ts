// Lines that scrolled off the screen, packed: the looks of a line as runs, its text as bytes where it is plain. A line
// of a log takes about its own length, a twelfth of its cells on the screen.
//
//   word 0   cells (bits 0-15), runs (bits 16-29), continues the line before (bit 30), text as bytes (bit 31)
//   text     a byte per cell, or word 0 of each cell
//   runs     end column, fg, bg, extra: four words each
//
// Default blanks at the end of a line are not kept.
import { BlankContent, CellWords, Content } from '../cell.ts';
import type { Looks } from './looks.ts';
import { MostRuns, type Screen, SlotWords } from './screen.ts';

const blockWords = 1 << 13;
const wrappedBit = 0x40000000;
const bytesBit = 0x80000000;
const runsShift = 16;
const runsMask = 0x3fff;
const cellsMask = 0xffff;
const runWords = 4;
const narrow = 1 << Content.widthShift;

/** Widest line that can be packed. */
export const MaxColumns = runsMask;

/** Where the runs of the line being packed begin, and their looks. */
const runStarts = new Int32Array(MaxColumns + 1);
const runLooks = new Int32Array(MaxColumns + 1);

export type PlainRunVisitor = (
  bytes: Uint8Array,
  from: number,
  to: number,
  fg: number,
  bg: number,
  extra: number,
) => void;

interface Block {
  words: Uint32Array;
  bytes: Uint8Array;
  /** Number of its first line, counted from the terminal's start. */
  firstLine: number;
  /** Where each line begins, in words. */
  starts: number[];
  /** Words in use. */
  end: number;
}

export class History {
  #limit: number;
  #blocks: Block[] = [];
  /** A block no longer in use, kept for the next one. */
  #spare: Block | null = null;
  #first = 0;
  #next = 0;

  constructor(limit: number, firstLine = 0) {
    this.#limit = limit;
    this.#first = firstLine;
    this.#next = firstLine;
  }

  get length(): number {
    return this.#next - this.#first;
  }

  /** Lines ever added, also those dropped since. */
  get total(): number {
    return this.#next;
  }

  /** Adds a screen's row. The oldest line is dropped when there are too many. */
  pushRow(screen: Screen, row: number, looks: Looks): void {
    if (this.#limit > 0) {
      const slot = screen.slots[row] as number;
      if ((screen.runs[slot] as number) >= 0) this.#writePlain(screen, row, looks);
      else this.#write(screen.cells, screen.base(row), screen.usedCells(row), screen.isWrapped(row), looks);
    }
    this.#grow();
  }

  /** Adds a line of cells of four words. */
  push(cells: Uint32Array, count: number, isWrapped: boolean): void {
    if (this.#limit > 0) this.#writeCells(cells, withoutBlanks(cells, count), isWrapped);
    this.#grow();
  }

  /** Copies a line, 0 is the oldest; padded with blanks or cut to `cols`. A wide character cut in half is a blank. */
  read(line: number, target: Uint32Array, offset: number, cols: number): void {
    const used = Math.min(this.unpack(line, target, offset, cols), cols);
    for (let to = offset + used * CellWords; to < offset + cols * CellWords; to += CellWords) {
      target[to] = BlankContent;
      target[to + 1] = 0;
      target[to + 2] = 0;
      target[to + 3] = 0;
    }
    if (used === cols && cols > 0) {
      const last = offset + (cols - 1) * CellWords;
      if (((target[last] as number) & Content.widthMask) >>> Content.widthShift === 2) target[last] = BlankContent;
    }
  }

  /** Copies the cells a line has, at most `cols`, and returns how many it has in all. */
  unpack(line: number, target: Uint32Array, offset: number, cols: number): number {
    const block = this.#blockOf(line);
    if (!block) return 0;
    const { words } = block;
    const start = block.starts[this.#first + line - block.firstLine] as number;
    const head = words[start] as number;
    const cells = head & cellsMask;
    const runs = (head >>> runsShift) & runsMask;
    const shown = Math.min(cells, cols);
    const text = start + 1;
    let column = 0;
    for (let run = 0, at = text + textWords(head); run < runs && column < shown; run++, at += runWords) {
      const end = Math.min(words[at] as number, shown);
      const fg = words[at + 1] as number;
      const bg = words[at + 2] as number;
      const extra = words[at + 3] as number;
      for (let to = offset + column * CellWords; column < end; column++, to += CellWords) {
        target[to + 1] = fg;
        target[to + 2] = bg;
        target[to + 3] = extra;
      }
    }
    if (head & bytesBit) {
      const { bytes } = block;
      const from = text * 4;
      for (let i = 0; i < shown; i++) target[offset + i * CellWords] = (bytes[from + i] as number) | narrow;
    } else {
      for (let i = 0; i < shown; i++) target[offset + i * CellWords] = words[text + i] as number;
    }
    return cells;
  }

  /**
   * Gives the runs of a line whose text is ASCII: its bytes [from, to) and how they look; a byte of 0 is a blank cell.
   * False, and nothing given, for a line with other text.
   */
  visitPlain(line: number, visit: PlainRunVisitor): boolean {
    const block = this.#blockOf(line);
    if (!block) return true;
    const { words, bytes } = block;
    const start = block.starts[this.#first + line - block.firstLine] as number;
    const head = words[start] as number;
    if ((head & bytesBit) === 0) return (head & cellsMask) === 0;
    const runs = (head >>> runsShift) & runsMask;
    const text = (start + 1) * 4;
    let from = 0;
    for (let run = 0, at = start + 1 + textWords(head); run < runs; run++, at += runWords) {
      const to = words[at] as number;
      visit(bytes, text + from, text + to, words[at + 1] as number, words[at + 2] as number, words[at + 3] as number);
      from = to;
    }
    return true;
  }

  /** Cells a line has, without the blanks at its end. */
  cellsOf(line: number): number {
    return this.#head(line) & cellsMask;
  }

  /** True for a line that continues the one before it. */
  isWrapped(line: number): boolean {
    return (this.#head(line) & wrappedBit) !== 0;
  }

  /** Removes the newest lines, so that `total` is this again. Not below the oldest line. */
  takeBack(total: number): void {
    this.#next = Math.max(total, this.#first);
    while (this.#blocks.length > 0) {
      const last = this.#blocks.at(-1) as Block;
      const lines = this.#next - last.firstLine;
      if (lines >= last.starts.length) return;
      if (lines > 0) {
        last.end = last.starts[lines] as number;
        last.starts.length = lines;
        return;
      }
      this.#blocks.pop();
    }
  }

  /** Lines kept from now on. */
  setLimit(limit: number): void {
    this.#limit = limit;
    while (this.length > limit) this.#drop();
    // Lines that are only counted have no place in a block.
    if (limit === 0) this.clear();
  }

  /** Forgets all lines; `total` stays. */
  clear(): void {
    this.#blocks = [];
    this.#spare = null;
    this.#first = this.#next;
  }

  #head(line: number): number {
    const block = this.#blockOf(line);
    return block ? (block.words[block.starts[this.#first + line - block.firstLine] as number] as number) : 0;
  }

  #blockOf(line: number): Block | undefined {
    if (line < 0 || line >= this.length) return undefined;
    const wanted = this.#first + line;
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#blocks[middle] as Block).firstLine <= wanted) low = middle;
      else high = middle - 1;
    }
    return this.#blocks[low];
  }

  #blockFor(words: number): Block {
    const last = this.#blocks.at(-1);
    if (last && last.words.length - last.end >= words) return last;
    let block = this.#spare;
    this.#spare = null;
    if (!block || block.words.length < words) {
      const made = new Uint32Array(Math.max(blockWords, words));
      block = { words: made, bytes: new Uint8Array(made.buffer), firstLine: 0, starts: [], end: 0 };
    }
    block.firstLine = this.#next;
    block.starts.length = 0;
    block.end = 0;
    this.#blocks.push(block);
    return block;
  }

  /** A row of ASCII whose runs are known. */
  #writePlain(screen: Screen, row: number, looks: Looks): void {
    const slot = screen.slots[row] as number;
    const used = screen.used[slot] as number;
    const runs = screen.runs[slot] as number;
    const block = this.#blockFor(1 + used + runs * runWords);
    const { words, bytes } = block;
    const { cells } = screen;
    const base = screen.base(row);
    const end = base + used * SlotWords;
    const text = block.end + 1;
    for (let from = base, to = text * 4; from < end; from += SlotWords) bytes[to++] = cells[from] as number;
    let at = text + ((used + 3) >> 2);
    const first = slot * MostRuns;
    for (let run = first; run < first + runs; run++, at += runWords) {
      const look = screen.runLooks[run] as number;
      words[at] = run + 1 < first + runs ? (screen.runStarts[run + 1] as number) : used;
      words[at + 1] = looks.fg(look);
      words[at + 2] = looks.bg(look);
      words[at + 3] = looks.extra(look);
    }
    this.#finish(block, used, runs, screen.isWrapped(row), true);
  }

  /** One pass over the cells: text is written as bytes until it shows that it is not plain. */
  #write(cells: Uint32Array, base: number, used: number, isWrapped: boolean, looks: Looks): void {
    const block = this.#blockFor(1 + used * (runWords + 1));
    const { words, bytes } = block;
    const text = block.end + 1;
    const end = base + used * SlotWords;
    let runs = 0;
    let look = -1;
    // Bits that no plain character has.
    let strange = 0;
    let to = text * 4;
    for (let from = base; from < end; from += SlotWords) {
      const content = (cells[from] as number) ^ narrow;
      const cellLook = (cells[from + 1] as number) | 0;
      strange |= content;
      bytes[to++] = content;
      if (cellLook === look) continue;
      look = cellLook;
      runStarts[runs] = from;
      runLooks[runs] = look;
      runs++;
    }
    const isPlain = (strange & ~0x7f) === 0;
    if (!isPlain)
      for (let from = base, word = text; from < end; from += SlotWords) words[word++] = cells[from] as number;
    let at = text + (isPlain ? (used + 3) >> 2 : used);
    for (let run = 0; run < runs; run++, at += runWords) {
      const id = runLooks[run] as number;
      words[at] = run + 1 < runs ? ((runStarts[run + 1] as number) - base) / SlotWords : used;
      words[at + 1] = looks.fg(id);
      words[at + 2] = looks.bg(id);
      words[at + 3] = looks.extra(id);
    }
    this.#finish(block, used, runs, isWrapped, isPlain);
  }

  #writeCells(cells: Uint32Array, used: number, isWrapped: boolean): void {
    const block = this.#blockFor(1 + used * (runWords + 1));
    const { words, bytes } = block;
    const text = block.end + 1;
    const isPlain = isPlainText(cells, used);
    let at = text + (isPlain ? (used + 3) >> 2 : used);
    let runs = 0;
    for (let column = 0, from = 0; column < used; column++, from += CellWords) {
      if (isPlain) bytes[text * 4 + column] = cells[from] as number;
      else words[text + column] = cells[from] as number;
      const isSame =
        runs > 0 &&
        words[at - 3] === cells[from + 1] &&
        words[at - 2] === cells[from + 2] &&
        words[at - 1] === cells[from + 3];
      if (!isSame) {
        for (let word = 1; word <= 3; word++) words[at + word] = cells[from + word] as number;
        at += runWords;
        runs++;
      }
      words[at - runWords] = column + 1;
    }
    this.#finish(block, used, runs, isWrapped, isPlain);
  }

  #finish(block: Block, used: number, runs: number, isWrapped: boolean, isPlain: boolean): void {
    const head = used | (runs << runsShift) | (isWrapped ? wrappedBit : 0) | (isPlain ? bytesBit : 0);
    block.words[block.end] = head;
    block.starts.push(block.end);
    block.end += 1 + textWords(head) + runs * runWords;
    // A block made for one wide line has room for a look per cell, which hardly any line needs.
    if (block.words.length > blockWords) {
      block.words = block.words.slice(0, block.end);
      block.bytes = new Uint8Array(block.words.buffer);
    }
  }

  #grow(): void {
    if (this.#limit === 0) this.#first++;
    this.#next++;
    if (this.length > this.#limit) this.#drop();
  }

  #drop(): void {
    this.#first++;
    const second = this.#blocks[1];
    if (!second || second.firstLine > this.#first) return;
    this.#spare = this.#blocks.shift() ?? null;
    if (this.#spare && this.#spare.words.length > blockWords) this.#spare = null;
  }
}

/** Cells of a row up to the last that is not a default blank. */
export function withoutBlanks(cells: Uint32Array, count: number): number {
  let used = count;
  for (let at = (count - 1) * CellWords; used > 0; used--, at -= CellWords) {
    if (cells[at] !== BlankContent || cells[at + 1] !== 0 || cells[at + 2] !== 0 || cells[at + 3] !== 0) break;
  }
  return used;
}

/** Narrow ASCII and blanks only. */
function isPlainText(cells: Uint32Array, count: number): boolean {
  let strange = 0;
  for (let at = 0; at < count * CellWords; at += CellWords) strange |= (cells[at] as number) ^ narrow;
  return (strange & ~0x7f) === 0;
}

function textWords(head: number): number {
  const cells = head & cellsMask;
  return head & bytesBit ? (cells + 3) >> 2 : cells;
}
