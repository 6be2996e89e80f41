// The outer terminal's cursor: where it is, as far as known, and the shortest way elsewhere.
import type { ByteWriter } from './byte-writer.ts';

export interface CursorState {
  x: number;
  y: number;
  visible: boolean;
  /** DECSCUSR, 0 (the terminal's own) to 6. */
  style: number;
}

/** No known column or row. */
const Unknown = -1;

export class OuterCursor {
  #x = Unknown;
  #y = Unknown;
  #visible: boolean | null = null;
  #style: number | null = null;

  /** Everything may have changed. */
  forget(): void {
    this.#x = Unknown;
    this.#y = Unknown;
    this.#visible = null;
    this.#style = null;
  }

  /** The column is known no more: after the last column, and around characters of disputed width. */
  forgetColumn(): void {
    this.#x = Unknown;
  }

  /** Nor is the row: a character drawn wider may have gone to the next one. */
  forgetPlace(): void {
    this.#x = Unknown;
    this.#y = Unknown;
  }

  isAt(x: number, y: number): boolean {
    return this.#x === x && this.#y === y;
  }

  /** The column when the cursor is known to be in this row, else -1. */
  columnIn(row: number): number {
    return this.#y === row ? this.#x : Unknown;
  }

  /** The terminal moved it by printing. */
  advancedTo(x: number, y: number): void {
    this.#x = x;
    this.#y = y;
  }

  moveTo(out: ByteWriter, x: number, y: number): void {
    if (this.isAt(x, y)) return;
    if (this.#y === y) this.#moveInRow(out, x);
    else if (x === 0 && this.#y !== Unknown && this.#y + 1 === y) {
      // The row below exists, so this never scrolls.
      out.ascii('\r\n');
    } else if (x === this.#x && this.#y !== Unknown && this.#y + 1 === y) {
      out.ascii('\x1b[B');
    } else {
      out.ascii('\x1b[');
      out.number(y + 1);
      if (x > 0) {
        out.byte(0x3b);
        out.number(x + 1);
      }
      out.byte(0x48);
    }
    this.#x = x;
    this.#y = y;
  }

  #moveInRow(out: ByteWriter, x: number): void {
    const by = this.#x === Unknown ? 0 : x - this.#x;
    if (x === 0) {
      out.byte(0x0d);
    } else if (by < 0 && by >= -3) {
      for (let step = by; step < 0; step++) out.byte(0x08);
    } else {
      out.ascii('\x1b[');
      if (by !== 1) out.number(by > 0 ? by : x + 1);
      out.byte(by > 0 ? 0x43 : 0x47);
    }
  }

  /** The cursor as the user shall see it at the end of a frame. */
  place(out: ByteWriter, cursor: CursorState, cols: number, rows: number): void {
    const visible = cursor.visible && cursor.x < cols && cursor.y < rows;
    if (visible) {
      this.moveTo(out, cursor.x, cursor.y);
      if (this.#style !== cursor.style) {
        out.ascii('\x1b[');
        out.number(cursor.style);
        out.ascii(' q');
        this.#style = cursor.style;
      }
    }
    if (visible) this.#show(out);
    else this.hide(out);
  }

  hide(out: ByteWriter): void {
    if (this.#visible !== false) out.ascii('\x1b[?25l');
    this.#visible = false;
  }

  #show(out: ByteWriter): void {
    if (this.#visible !== true) out.ascii('\x1b[?25h');
    this.#visible = true;
  }
}
