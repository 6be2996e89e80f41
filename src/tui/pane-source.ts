// The cells of panes, as the screens read them while drawing and as copy mode reads them to copy.
import type { SessionId } from '../domain/ids.ts';
import type { Grid } from '../terminal/grid.ts';

export interface PaneView {
  /** The screen. Shares the table of the grid it is drawn on. */
  readonly grid: Grid;
  readonly cols: number;
  readonly rows: number;
  readonly cursorX: number;
  readonly cursorY: number;
  /** Bits of PaneMode. */
  readonly modes: number;
  /**
   * Numbers of the oldest line of the history and of the first one on the screen. Lines keep their numbers when older
   * ones are dropped.
   */
  readonly oldest: number;
  readonly screenTop: number;
  /** Cells of a line, four words each; null while a history line is not loaded, and for one that is gone. */
  line(line: number): Uint32Array | null;
}

export interface PaneSource {
  /** Null until the first frame of the session's pane has arrived. */
  pane(session: SessionId): PaneView | null;
  /** Loads what is missing of the history lines numbered [from, to) and draws again when it is there. Never rejects. */
  load(session: SessionId, from: number, to: number): Promise<void>;
}
