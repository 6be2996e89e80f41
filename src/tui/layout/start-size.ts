// The size a pane that is about to be made will have, so that its program does not draw twice.
import type { AppState, Size } from '../state/app-state.ts';
import { isTooSmall, paneLayout } from './panes.ts';

export function startSize(state: AppState): Size {
  if (isTooSmall(state.size)) return { cols: 80, rows: 24 };
  const inner = paneLayout({ ...state, screen: { kind: 'panes' } }).panes[0]?.inner;
  const { cols, rows } = { cols: inner?.width ?? state.size.cols - 2, rows: inner?.height ?? state.size.rows - 6 };
  return { cols: Math.max(2, cols), rows: Math.max(1, rows) };
}
