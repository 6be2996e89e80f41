// What changed on a screen, as spans of cells: made by the differ on one side, applied by the mirror on the other. The
// protocol carries the same shape (src/protocol/frame.ts) without knowing what a cell is.

export interface ScreenSpan {
  row: number;
  col: number;
  /** CellWords per cell. */
  words: Uint32Array;
}

export interface ScreenFrame {
  seq: number;
  cols: number;
  rows: number;
  cursorX: number;
  cursorY: number;
  /** Bits of PaneMode. */
  modes: number;
  /** Lines of history that can be asked for. */
  history: number;
  /** Number of the oldest of them, counted from the first line the program printed; of a page: of its first row. */
  oldest: number;
  /** All cells are blank and no id is known before this frame is applied. */
  reset: boolean;
  clusters: Array<{ id: number; text: string }>;
  extras: Array<{ id: number; underline: number; underlineColor: number; url: string }>;
  spans: ScreenSpan[];
}
