// Which panes get frames and at which size, from the state alone.
import { PaneVisibility } from '../../client/stream.ts';
import type { WantedPane } from '../pane-store.ts';
import type { AppState } from '../state/app-state.ts';
import { isTooSmall, paneLayout } from './panes.ts';

/** More panes than this at once are thumbnails, but for the selected one. */
const mostFull = 6;

/** Panes on the screen. The others are hidden: their programs go on at the size they have. */
export function wantedPanes(state: AppState): WantedPane[] {
  const covered = state.screen.kind !== 'panes' || (isTooSmall(state.size) && !state.bare);
  if (covered || state.sessions === null) return [];
  const { panes } = paneLayout(state);
  return panes
    .filter(({ session }) => state.sessions?.has(session) === true)
    .map(({ session, inner }) => ({
      session,
      cols: Math.max(2, Math.min(1000, inner.width)),
      rows: Math.max(1, Math.min(1000, inner.height)),
      visibility:
        panes.length <= mostFull || session === state.selected ? PaneVisibility.full : PaneVisibility.thumbnail,
    }));
}
