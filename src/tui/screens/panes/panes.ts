// The panes: all side by side, a list with one, or one alone.
import type { Session } from '../../../domain/session.ts';
import { paneLayout } from '../../layout/panes.ts';
import type { PaneSource } from '../../pane-source.ts';
import type { AppState } from '../../state/app-state.ts';
import { selectedSession } from '../../state/select.ts';
import type { Canvas } from '../../widgets/canvas.ts';
import { drawCaption, drawFramedPane, drawPaneCells } from '../../widgets/pane-box.ts';
import { drawSidebar } from './sidebar.ts';

export function drawPanes(canvas: Canvas, state: AppState, panes: PaneSource): void {
  if (state.sessions === null) return;
  const layout = paneLayout(state);
  if (layout.sidebar !== null) {
    drawSidebar(canvas, state, layout.sidebar);
    const x = layout.sidebar.width;
    for (let y = layout.body.y; y < layout.body.y + layout.body.height; y++) canvas.text(x, y, '│', 'border');
  }
  const session = selectedSession(state);
  if (layout.caption !== null && session !== null) {
    drawCaption(canvas, state, session, layout.caption, true);
  }
  for (const placement of layout.panes) {
    const shown = state.sessions.get(placement.session);
    if (shown === undefined) continue;
    if (layout.caption === null) drawFramedPane(canvas, state, panes, shown, placement);
    else drawPaneCells(canvas, state, panes, shown, placement.inner);
  }
  if (layout.hidden > 0) {
    const text = ` ${layout.hidden} more: j and k go there, g lists them `;
    canvas.text(canvas.grid.cols - text.length - 1, layout.body.y + layout.body.height - 1, text, 'badge');
  }
}

/** One pane over the whole screen and nothing else. */
export function drawBare(canvas: Canvas, state: AppState, panes: PaneSource): void {
  const placement = paneLayout(state).panes[0];
  const session: Session | null = selectedSession(state);
  if (placement === undefined || session === null) {
    canvas.fill(canvas.whole, 'text');
    return;
  }
  drawPaneCells(canvas, state, panes, session, placement.inner);
}
