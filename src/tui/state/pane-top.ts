// Which line of a pane is at its top.
import type { SessionId } from '../../domain/ids.ts';
import type { AppState } from './app-state.ts';

/** The number of the first visible line when the pane is scrolled back, null when it shows what the program shows. */
export function paneTop(state: AppState, session: SessionId): number | null {
  if (state.copy?.session === session) return state.copy.top;
  return state.scroll.get(session) ?? null;
}

/** The panes that are scrolled back. */
export function scrolledPanes({ scroll, copy }: AppState): ReadonlySet<SessionId> {
  return new Set([...scroll.keys(), ...(copy === null ? [] : [copy.session])]);
}
