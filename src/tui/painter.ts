// From state and panes to bytes. All of the screen is drawn when the state changed; when only panes changed, their changed
// rows alone are copied.
import type { SessionId } from '../domain/ids.ts';
import { CellTable } from '../terminal/cell-table.ts';
import { Grid } from '../terminal/grid.ts';
import type { FrameEncoder } from './cell/encode.ts';
import type { CursorState } from './cell/outer-cursor.ts';
import type { Keymap } from './keymap/keymap.ts';
import { isTooSmall, paneLayout } from './layout/panes.ts';
import type { PaneStore } from './pane-store.ts';
import { drawApp } from './screens/draw.ts';
import type { AppState } from './state/app-state.ts';
import { paneTop } from './state/pane-top.ts';
import type { Theme } from './theme/theme.ts';
import { Canvas, type Zone } from './widgets/canvas.ts';
import { drawPaneCells } from './widgets/pane-box.ts';

/** What lies over everything: the dialogs. */
export interface Cover {
  readonly cursor: CursorState | null;
  draw(grid: Grid): void;
}

export class Painter {
  readonly table = new CellTable();
  readonly #grid = new Grid(0, 0, this.table);
  readonly #encoder: FrameEncoder;
  #drawn: AppState | null = null;
  #theme: Theme | null = null;
  #covered = false;
  #dirty = new Set<SessionId>();
  #cursor: CursorState = { x: 0, y: 0, visible: false, style: 0 };
  zones: readonly Zone[] = [];

  constructor(encoder: FrameEncoder) {
    this.#encoder = encoder;
  }

  paneChanged(session: SessionId): void {
    this.#dirty.add(session);
  }

  /** The bytes that bring the terminal to this state, or null when it shows it already. */
  paint(state: AppState, panes: PaneStore, keymap: Keymap, theme: Theme, cover: Cover | null): Uint8Array | null {
    const covered = cover !== null;
    const same = state === this.#drawn && theme === this.#theme && !covered && !this.#covered;
    if (!same || !this.#paintPanes(state, panes, theme)) this.#paintAll(state, panes, keymap, theme, cover);
    this.#dirty.clear();
    this.#drawn = state;
    this.#theme = theme;
    this.#covered = covered;
    const bytes = this.#encoder.encode(this.#grid, this.#cursor);
    if (this.table.crowded) this.table.sweep([this.#grid.words, ...panes.cells()]);
    return bytes;
  }

  #paintAll(state: AppState, panes: PaneStore, keymap: Keymap, theme: Theme, cover: Cover | null): void {
    const { cols, rows } = state.size;
    if (this.#grid.cols !== cols || this.#grid.rows !== rows) this.#grid.resize(cols, rows);
    const canvas = new Canvas(this.#grid, theme);
    drawApp(canvas, state, panes, keymap);
    this.zones = canvas.zones;
    this.#setCursor(canvas);
    if (cover === null) return;
    cover.draw(this.#grid);
    this.#cursor = cover.cursor ?? { ...this.#cursor, visible: false };
  }

  /** False when something lies over the panes, so that copying their cells is not enough. */
  #paintPanes(state: AppState, panes: PaneStore, theme: Theme): boolean {
    if (this.#dirty.size === 0) return true;
    if (state.screen.kind !== 'panes' || isTooSmall(state.size)) return !state.bare;
    const chrome = state.connection.state !== 'ready' || (state.bare && state.mode === 'cmd');
    if (state.overlay !== null || state.toasts.length > 0 || chrome) return false;
    const canvas = new Canvas(this.#grid, theme);
    for (const placement of paneLayout(state).panes) {
      const session = state.sessions?.get(placement.session);
      if (session === undefined) continue;
      const owns = state.selected === session.id;
      if (!this.#dirty.has(session.id)) continue;
      if (paneTop(state, session.id) !== null) return false;
      drawPaneCells(canvas, state, panes, session, placement.inner, true);
      panes.pane(session.id)?.grid.settle();
      if (owns) this.#setCursor(canvas);
    }
    return true;
  }

  #setCursor(canvas: Canvas): void {
    const { cursor } = canvas;
    this.#cursor = cursor === null ? { x: 0, y: 0, visible: false, style: 0 } : { ...cursor, visible: true };
  }
}
