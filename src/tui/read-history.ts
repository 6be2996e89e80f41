// The history of panes that are scrolled back: what is seen of it is loaded, what is not seen any more is let go.
import type { SessionId } from '../domain/ids.ts';
import type { PaneStore } from './pane-store.ts';
import type { AppState } from './state/app-state.ts';
import type { Message } from './state/message.ts';
import { paneTop, scrolledPanes } from './state/pane-top.ts';

export interface HistoryHost {
  state(): AppState;
  dispatch(message: Message): void;
  readonly panes: PaneStore;
}

/** To be called after every change of the state. */
export function followScroll(host: HistoryHost, before: AppState): void {
  const state = host.state();
  for (const session of scrolledPanes(before)) {
    if (paneTop(state, session) === null) host.panes.forgetHistory(session);
  }
  for (const session of scrolledPanes(state)) load(host, session);
}

/** The pane's program printed something: who reads its history stays where they are. */
export function followOutput(host: HistoryHost, session: SessionId): void {
  const extent = paneTop(host.state(), session) === null ? null : host.panes.pane(session);
  if (extent === null) return;
  host.dispatch({ kind: 'pane.trimmed', session, extent });
  load(host, session);
}

function load({ state, panes }: HistoryHost, session: SessionId): void {
  const top = paneTop(state(), session);
  const rows = panes.pane(session)?.rows ?? 0;
  if (top !== null) void panes.load(session, top, top + rows);
}
