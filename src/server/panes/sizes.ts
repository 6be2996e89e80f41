// Whose size a pane has: that of the client that last typed into it or opened it in full view. A client that only
// watches sees the pane at the other's size.
import type { SessionId } from '../../domain/ids.ts';
import type { Runs } from '../runs/runs.ts';

export interface Viewer {
  session: SessionId;
  cols: number;
  rows: number;
}

/** Leaders of each server's sessions; lives as long as its runs. */
const leaders = new WeakMap<Runs, Map<SessionId, Viewer>>();

/** The viewer's size counts from now on. */
export function leadSize(runs: Runs, viewer: Viewer): void {
  leadersOf(runs).set(viewer.session, viewer);
  applySize(runs, viewer);
}

/** The viewer shows the pane at another size: of consequence if it leads, or if nobody does. */
export function changeSize(runs: Runs, viewer: Viewer): void {
  const leader = leadersOf(runs).get(viewer.session);
  if (leader === undefined || leader === viewer) leadSize(runs, viewer);
}

/** The viewer is gone; the size stays until another one leads. */
export function leaveSize(runs: Runs, viewer: Viewer): void {
  const all = leadersOf(runs);
  if (all.get(viewer.session) === viewer) all.delete(viewer.session);
}

/** The session's new run gets the size its pane has. */
export function applySize(runs: Runs, viewer: Viewer): void {
  if (leadersOf(runs).get(viewer.session) === viewer) runs.get(viewer.session)?.resize(viewer.cols, viewer.rows);
}

function leadersOf(runs: Runs): Map<SessionId, Viewer> {
  let all = leaders.get(runs);
  if (all === undefined) {
    all = new Map();
    leaders.set(runs, all);
  }
  return all;
}
