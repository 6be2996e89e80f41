// One frame: what changed on a pane's screen, as spans of cells. The words of a cell are carried, not understood: their
// layout is src/terminal/cell.ts.

export interface FrameSpan {
  row: number;
  col: number;
  /** 4 words per cell. */
  words: Uint32Array;
}

export interface FrameLink {
  id: number;
  underline: number;
  underlineColor: number;
  url: string;
}

export interface Frame {
  seq: number;
  cols: number;
  rows: number;
  cursorX: number;
  cursorY: number;
  /** Bits of PaneMode in src/terminal/engine.ts. */
  modes: number;
  /** Lines of history that can be asked for. */
  history: number;
  /** Number of the oldest of them, counted from the first line the program printed; of a page: of its first row. */
  oldest: number;
  /** True when the client must forget all cells, clusters and extras it knows of this pane. */
  reset: boolean;
  /** Text of cells that hold more than one code point; each id is defined once per channel until a reset. */
  clusters: Array<{ id: number; text: string }>;
  /** Underline style, underline colour and hyperlink of cells that have one. */
  extras: FrameLink[];
  spans: FrameSpan[];
}
