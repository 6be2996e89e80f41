// Where the panes stand, from the state alone: drawing, mouse hits and the sizes of the programs' terminals all come
// from here, so that they cannot disagree.
import type { SessionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import type { AppState, Size } from '../state/app-state.ts';
import { shownSessions } from '../state/select.ts';
import { inset, type Rect } from './rect.ts';

export interface PanePlacement {
  readonly session: SessionId;
  /** With border and footer; in focus and zoom the same as `inner`. */
  readonly frame: Rect;
  /** The cells of the program. */
  readonly inner: Rect;
  /** Lines about the session below the program, inside the border. */
  readonly footer: 0 | 1 | 2;
}

export interface PaneLayout {
  readonly panes: readonly PanePlacement[];
  readonly sidebar: Rect | null;
  /** Line above the pane that says whose it is, in focus and zoom. */
  readonly caption: Rect | null;
  /** Between the two bars. */
  readonly body: Rect;
  /** Sessions of the grid that do not fit on this page. */
  readonly hidden: number;
}

/** Below this nothing useful fits: the screen says so. */
export const smallestSize: Size = { cols: 40, rows: 10 };
const smallestPane: Size = { cols: 26, rows: 6 };
/** How wide a pane should be for its height, in cells: a terminal of 80x24. */
const paneShape = 80 / 24;

export function isTooSmall(size: Size): boolean {
  return size.cols < smallestSize.cols || size.rows < smallestSize.rows;
}

/** The screen between the top line and the bottom line. */
export function bodyOf(size: Size): Rect {
  return { x: 0, y: 1, width: size.cols, height: Math.max(0, size.rows - 2) };
}

/** States are never changed, and each is asked about several times for every frame. */
const known = new WeakMap<AppState, PaneLayout>();

export function paneLayout(state: AppState): PaneLayout {
  let layout = known.get(state);
  if (layout === undefined) {
    layout = layOut(state);
    known.set(state, layout);
  }
  return layout;
}

function layOut(state: AppState): PaneLayout {
  const { size } = state;
  const body = bodyOf(size);
  const empty = { panes: [], sidebar: null, caption: null, body, hidden: 0 };
  if (state.bare) {
    const whole = { x: 0, y: 0, width: size.cols, height: size.rows };
    return { ...empty, body: whole, panes: single(state.selected, whole) };
  }
  if (isTooSmall(size)) return empty;
  switch (state.arrangement) {
    case 'grid':
      return { ...empty, ...gridLayout(shownSessions(state), state.selected, body) };
    case 'focus': {
      const width = Math.max(20, Math.min(44, Math.floor(size.cols * 0.3)));
      const sidebar = { ...body, width };
      return {
        ...empty,
        sidebar,
        ...captioned(state.selected, { ...body, x: width + 1, width: size.cols - width - 1 }),
      };
    }
    case 'zoom':
      return { ...empty, ...captioned(state.selected, body) };
  }
}

/** The pane under a cell of the screen. */
export function paneAt(layout: PaneLayout, x: number, y: number): PanePlacement | null {
  const inside = ({ frame }: PanePlacement): boolean =>
    x >= frame.x && y >= frame.y && x < frame.x + frame.width && y < frame.y + frame.height;
  return layout.panes.find(inside) ?? null;
}

function single(session: SessionId | null, rect: Rect): PanePlacement[] {
  return session === null ? [] : [{ session, frame: rect, inner: rect, footer: 0 }];
}

function captioned(session: SessionId | null, rect: Rect): Pick<PaneLayout, 'panes' | 'caption'> {
  const inner = { ...rect, y: rect.y + 1, height: rect.height - 1 };
  return { caption: { ...rect, height: 1 }, panes: single(session, inner) };
}

function gridLayout(
  sessions: readonly Session[],
  selected: SessionId | null,
  body: Rect,
): Pick<PaneLayout, 'panes' | 'hidden'> {
  const maximumColumns = Math.max(1, Math.floor(body.width / smallestPane.cols));
  const maximumRows = Math.max(1, Math.floor(body.height / smallestPane.rows));
  const perPage = Math.min(sessions.length, maximumColumns * maximumRows);
  if (perPage === 0) return { panes: [], hidden: 0 };
  const page = Math.floor(
    Math.max(0, selected === null ? 0 : sessions.findIndex(({ id }) => id === selected)) / perPage,
  );
  const shown = sessions.slice(page * perPage, (page + 1) * perPage);
  const columns = bestColumns(shown.length, body, maximumColumns, maximumRows);
  const rows = Math.ceil(shown.length / columns);
  const panes = shown.map((session, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? shown.length - row * columns : columns;
    const column = index - row * columns;
    const [x, right] = [share(body.width, column, inRow), share(body.width, column + 1, inRow)];
    const [y, bottom] = [share(body.height, row, rows), share(body.height, row + 1, rows)];
    return bordered(session, { x: body.x + x, y: body.y + y, width: right - x, height: bottom - y });
  });
  return { panes, hidden: sessions.length - shown.length };
}

/** The number of columns whose panes come nearest to the shape of a terminal. */
function bestColumns(count: number, body: Rect, maximumColumns: number, maximumRows: number): number {
  let best = { columns: Math.min(count, maximumColumns), misfit: Number.POSITIVE_INFINITY };
  for (let columns = 1; columns <= Math.min(count, maximumColumns); columns++) {
    const rows = Math.ceil(count / columns);
    if (rows > maximumRows) continue;
    const shape = body.width / columns / (body.height / rows);
    const misfit = Math.abs(Math.log(shape / paneShape)) + 0.1 * (rows * columns - count);
    if (misfit < best.misfit) best = { columns, misfit };
  }
  return best.columns;
}

function share(total: number, part: number, parts: number): number {
  return Math.floor((total * part) / parts);
}

function bordered({ id, agent }: Session, frame: Rect): PanePlacement {
  const inside = inset(frame, 1);
  // What a program that is no agent has to say stands on its own screen.
  const footer = agent === null || inside.height < 6 ? 0 : inside.height < 12 ? 1 : 2;
  return { session: id, frame, inner: { ...inside, height: inside.height - footer }, footer };
}
