// What one viewer has been shown of a screen, and what must be sent so that it shows the screen as it is now.
import { BlankContent, CellWords, Content } from './cell.ts';
import type { Damage } from './damage.ts';
import { oldestLine, type VtEngine } from './engine.ts';
import type { ScreenFrame, ScreenSpan } from './screen-frame.ts';

/** Unchanged cells between two changed ones that are sent along rather than starting another span. */
const mergedGap = 3;

export class ScreenDiffer {
  readonly #damage: Damage;
  readonly #engine: VtEngine;
  #shown = new Uint32Array(0);
  #row = new Uint32Array(0);
  #cols = 0;
  #rows = 0;
  #epoch = -1;
  #seq = 0;
  #sentClusters = new Set<number>();
  #sentExtras = new Set<number>();
  #cursorX = -1;
  #cursorY = -1;
  #modes = -1;
  #history = -1;
  #oldest = -1;

  /** Takes over the damage: close the differ, not the damage. */
  constructor(damage: Damage) {
    this.#damage = damage;
    this.#engine = damage.engine;
  }

  /**
   * A frame with all that changed since the last one, or null when nothing did. `full` sends everything again, for a
   * viewer that has lost its state. Costs a comparison of the damaged rows.
   */
  diff({ full = false }: { full?: boolean } = {}): ScreenFrame | null {
    const engine = this.#engine;
    const damaged = this.#damage.take();
    const hasNewSize = engine.cols !== this.#cols || engine.rows !== this.#rows;
    const reset = full || hasNewSize || engine.tableEpoch !== this.#epoch;
    if (reset) this.#forget();
    const range = reset ? { first: 0, last: engine.rows - 1 } : damaged;

    const frame: ScreenFrame = {
      seq: this.#seq + 1,
      cols: engine.cols,
      rows: engine.rows,
      cursorX: engine.cursorX,
      cursorY: engine.cursorY,
      modes: engine.modes,
      history: engine.history,
      oldest: oldestLine(engine),
      reset,
      clusters: [],
      extras: [],
      spans: [],
    };
    if (range) for (let row = range.first; row <= range.last; row++) this.#diffRow(row, frame);

    const isSame =
      !reset &&
      frame.spans.length === 0 &&
      frame.cursorX === this.#cursorX &&
      frame.cursorY === this.#cursorY &&
      frame.modes === this.#modes &&
      frame.history === this.#history &&
      frame.oldest === this.#oldest;
    if (isSame) return null;
    this.#seq = frame.seq;
    this.#cursorX = frame.cursorX;
    this.#cursorY = frame.cursorY;
    this.#modes = frame.modes;
    this.#history = frame.history;
    this.#oldest = frame.oldest;
    return frame;
  }

  close(): void {
    this.#damage.close();
  }

  #forget(): void {
    const { cols, rows, tableEpoch } = this.#engine;
    if (this.#shown.length !== cols * rows * CellWords) this.#shown = new Uint32Array(cols * rows * CellWords);
    if (this.#row.length !== cols * CellWords) this.#row = new Uint32Array(cols * CellWords);
    this.#shown.fill(0);
    for (let at = 0; at < this.#shown.length; at += CellWords) this.#shown[at] = BlankContent;
    this.#cols = cols;
    this.#rows = rows;
    this.#epoch = tableEpoch;
    this.#sentClusters.clear();
    this.#sentExtras.clear();
  }

  #diffRow(row: number, frame: ScreenFrame): void {
    const now = this.#row;
    const shown = this.#shown;
    const base = row * this.#cols * CellWords;
    this.#engine.readRow(row, now, 0);
    let start = -1;
    let end = -1;
    for (let at = 0; at < now.length; at += CellWords) {
      const isSame =
        now[at] === shown[base + at] &&
        now[at + 1] === shown[base + at + 1] &&
        now[at + 2] === shown[base + at + 2] &&
        now[at + 3] === shown[base + at + 3];
      if (isSame) continue;
      if (start >= 0 && at - end > mergedGap * CellWords) {
        frame.spans.push(this.#span(row, start, end, frame));
        start = -1;
      }
      if (start < 0) start = at;
      end = at + CellWords;
    }
    if (start < 0) return;
    frame.spans.push(this.#span(row, start, end, frame));
    shown.set(now, base);
  }

  #span(row: number, start: number, end: number, frame: ScreenFrame): ScreenSpan {
    const words = this.#row.slice(start, end);
    for (let at = 0; at < words.length; at += CellWords) {
      const content = words[at] as number;
      if (content & Content.cluster) this.#defineCluster(content & Content.codePointMask, frame);
      const extra = words[at + 3] as number;
      if (extra !== 0) this.#defineExtra(extra, frame);
    }
    return { row, col: start / CellWords, words };
  }

  #defineCluster(id: number, frame: ScreenFrame): void {
    if (this.#sentClusters.has(id)) return;
    this.#sentClusters.add(id);
    frame.clusters.push({ id, text: this.#engine.cluster(id) });
  }

  #defineExtra(id: number, frame: ScreenFrame): void {
    if (this.#sentExtras.has(id)) return;
    this.#sentExtras.add(id);
    const extra = this.#engine.extra(id);
    if (extra) frame.extras.push({ id, ...extra });
  }
}
