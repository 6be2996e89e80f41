// Which line of a pane is at its top.
import type { SessionId } from '../../domain/ids.ts';
import type { AppState } from './app-state.ts';

/** The number of the first visible line when the pane is scrolled back, null when it shows what the program shows. */
export function paneTop(state: AppState, session: SessionId): number | null {
  if (state.copy?.session === session) return state.copy.top;
  return state.scroll.get(session) ?? null;
}

/**
 * A program that has ended, or that another window sizes, may have more rows than there is room for: then those that end
 * with its cursor are shown. The first of them; 0 when all have room.
 */
export function firstRow(view: { rows: number; cursorY: number }, height: number): number {
  if (view.rows <= height) return 0;
  return Math.max(0, Math.min(view.cursorY, view.rows - 1) - height + 1);
}

/** The panes that are scrolled back. */
export function scrolledPanes({ scroll, copy }: AppState): ReadonlySet<SessionId> {
  return new Set([...scroll.keys(), ...(copy === null ? [] : [copy.session])]);
}
