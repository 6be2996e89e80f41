// A pane as its viewer knows it: frames applied to a grid, the sender's ids translated into the viewer's own table.
import { CellWords, Content } from './cell.ts';
import type { CellTable } from './cell-table.ts';
import { Grid } from './grid.ts';
import type { ScreenFrame } from './screen-frame.ts';

/** What stands for a text or look the sender never defined. */
const unknownText = '\ufffd';

export class PaneMirror {
  readonly grid: Grid;
  cursorX = 0;
  cursorY = 0;
  /** Bits of PaneMode. */
  modes = 0;
  history = 0;
  /** Number of the oldest line of the history; the screen follows it. */
  oldest = 0;
  /** Number of the last frame applied; 0 before the first. */
  seq = 0;
  readonly #ids: RemoteIds;

  /** Blank until the first frame, which also gives it its size. */
  constructor(table: CellTable) {
    this.grid = new Grid(0, 0, table);
    this.#ids = new RemoteIds(table);
  }

  get cols(): number {
    return this.grid.cols;
  }

  get rows(): number {
    return this.grid.rows;
  }

  apply(frame: ScreenFrame): void {
    if (frame.reset) this.#ids.clear();
    if (frame.cols !== this.grid.cols || frame.rows !== this.grid.rows) this.grid.resize(frame.cols, frame.rows);
    else if (frame.reset) this.grid.clear();
    this.#ids.learn(frame);
    for (const { row, col, words } of frame.spans) {
      this.grid.write(row, col, words);
      this.#ids.translate(this.grid.words, (row * frame.cols + col) * CellWords, words.length);
    }
    this.cursorX = frame.cursorX;
    this.cursorY = frame.cursorY;
    this.modes = frame.modes;
    this.history = frame.history;
    this.oldest = frame.oldest;
    this.seq = frame.seq;
  }
}

/** A page of history as a grid: row 0 is the first line asked for. */
export function gridOfPage(page: ScreenFrame, table: CellTable): Grid {
  const mirror = new PaneMirror(table);
  mirror.apply(page);
  return mirror.grid;
}

/** Keeps texts, not local ids: the local table may be swept while a text is not on the screen. */
class RemoteIds {
  readonly #table: CellTable;
  readonly #clusters = new Map<number, string>();
  readonly #extras = new Map<number, ScreenFrame['extras'][number]>();

  constructor(table: CellTable) {
    this.#table = table;
  }

  clear(): void {
    this.#clusters.clear();
    this.#extras.clear();
  }

  learn(frame: ScreenFrame): void {
    for (const { id, text } of frame.clusters) this.#clusters.set(id, text);
    for (const extra of frame.extras) this.#extras.set(extra.id, extra);
  }

  translate(words: Uint32Array, from: number, length: number): void {
    for (let at = from; at < from + length; at += CellWords) {
      const content = words[at] as number;
      if (content & Content.cluster) {
        const text = this.#clusters.get(content & Content.codePointMask) ?? unknownText;
        words[at] = (content & ~Content.codePointMask) | this.#table.clusterId(text);
      }
      const remote = words[at + 3] as number;
      if (remote === 0) continue;
      const extra = this.#extras.get(remote);
      words[at + 3] = extra ? this.#table.extraId(extra) : 0;
    }
  }
}
