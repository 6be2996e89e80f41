// Moving among sessions and arranging their panes.
import type { SessionId } from '../../domain/ids.ts';
import { paneLayout } from '../layout/panes.ts';
import type { AppState } from '../state/app-state.ts';
import { isPaused, selectedSession, shownSessions, takesKeys, visitOrder, waitingSessions } from '../state/select.ts';
import type { Action, ActionContext } from './action.ts';
import { anySession } from './attempt.ts';

export const navigationActions: readonly Action[] = [
  {
    id: 'pane.enter',
    title: 'type',
    description: 'Send the keys to the program of the selected session. The leader key comes back.',
    keys: ['enter'],
    contexts: ['panes'],
    bar: 20,
    enabled: (state) => {
      const session = selectedSession(state);
      if (session === null) return 'no session is selected';
      if (isPaused(session)) return 'the program is paused: p lets it go on';
      return takesKeys(session) ? true : 'the program is not running: r starts it again';
    },
    run: (context) => context.dispatch({ kind: 'mode.set', mode: 'term' }),
  },
  {
    id: 'select.next',
    title: 'next',
    description: 'Select the next session.',
    keys: ['j', 'down'],
    contexts: ['panes'],
    palette: false,
    enabled: anySession,
    run: (context, key) => (key === 'down' ? selectBeside(context, 'down') : selectStep(context, 1)),
  },
  {
    id: 'select.previous',
    title: 'previous',
    description: 'Select the session before.',
    keys: ['k', 'up'],
    contexts: ['panes'],
    palette: false,
    enabled: anySession,
    run: (context, key) => (key === 'up' ? selectBeside(context, 'up') : selectStep(context, -1)),
  },
  {
    id: 'select.right',
    title: 'right',
    description: 'Select the pane to the right.',
    keys: ['l', 'right'],
    contexts: ['panes'],
    palette: false,
    enabled: anySession,
    run: (context) => selectBeside(context, 'right'),
  },
  {
    id: 'select.left',
    title: 'left',
    description: 'Select the pane to the left.',
    keys: ['h', 'left'],
    contexts: ['panes'],
    palette: false,
    enabled: anySession,
    run: (context) => selectBeside(context, 'left'),
  },
  {
    id: 'select.number',
    title: 'select by number',
    description: 'Select the session with this number.',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    contexts: ['panes'],
    palette: false,
    enabled: anySession,
    run: (context, key) => select(context, shownSessions(context.state())[Number(key) - 1]?.id),
  },
  {
    id: 'select.last',
    title: 'last session',
    description: 'Go back to the session selected before.',
    keys: ['tab'],
    contexts: ['panes'],
    enabled: (state) => (state.lastSelected === null ? 'no other session was selected before' : true),
    run: (context) => select(context, context.state().lastSelected),
  },
  {
    id: 'waiting.next',
    title: 'next waiting',
    description: 'Select the session that waits for you the longest, then the next one.',
    keys: [']'],
    contexts: ['panes'],
    bar: 56,
    enabled: someoneWaits,
    run: (context) => selectWaiting(context, 1),
  },
  {
    id: 'waiting.previous',
    title: 'previous waiting',
    description: 'Select the waiting session before.',
    keys: ['['],
    contexts: ['panes'],
    enabled: someoneWaits,
    run: (context) => selectWaiting(context, -1),
  },
  {
    id: 'mark.toggle',
    title: 'mark',
    description: 'Mark or unmark the selected session, for a broadcast.',
    keys: ['space'],
    contexts: ['panes'],
    enabled: anySession,
    run: (context) => {
      const { selected, marks } = context.state();
      if (selected === null) return;
      const next = new Set(marks);
      if (!next.delete(selected)) next.add(selected);
      context.dispatch({ kind: 'marks.set', marks: next });
    },
  },
  {
    id: 'mark.all',
    title: 'mark all',
    description: 'Mark every session on screen.',
    keys: ['a'],
    contexts: ['panes'],
    enabled: anySession,
    run: (context) =>
      context.dispatch({ kind: 'marks.set', marks: new Set(shownSessions(context.state()).map(({ id }) => id)) }),
  },
  {
    id: 'mark.none',
    title: 'mark none',
    description: 'Take all marks away.',
    keys: ['A'],
    contexts: ['panes'],
    enabled: (state) => (state.marks.size === 0 ? 'nothing is marked' : true),
    run: (context) => context.dispatch({ kind: 'marks.set', marks: new Set() }),
  },
  {
    id: 'view.toggle',
    title: 'grid or focus',
    description: 'Show all panes side by side, or a list and the selected pane.',
    keys: ['g'],
    contexts: ['panes'],
    bar: 60,
    enabled: anySession,
    run: (context) => {
      const { arrangement } = context.state();
      context.dispatch({ kind: 'arrangement.set', arrangement: arrangement === 'grid' ? 'focus' : 'grid' });
    },
  },
  {
    id: 'view.zoom',
    title: 'zoom',
    description: 'Give the whole screen to the selected pane, or go back.',
    keys: ['z'],
    contexts: ['panes'],
    bar: 70,
    enabled: anySession,
    run: (context) => {
      const { arrangement, unzoomed } = context.state();
      context.dispatch({ kind: 'arrangement.set', arrangement: arrangement === 'zoom' ? unzoomed : 'zoom' });
    },
  },
  {
    id: 'view.unzoom',
    title: 'back',
    description: 'Leave the zoom.',
    keys: ['escape'],
    contexts: ['panes'],
    palette: false,
    enabled: (state) => (state.arrangement === 'zoom' ? true : 'there is nothing behind this; q leaves sesame'),
    run: (context) => context.dispatch({ kind: 'arrangement.set', arrangement: context.state().unzoomed }),
  },
];

/** Selects and forgets a wheel scroll of nothing; an id that is not shown is ignored. */
export function select(context: ActionContext, id: SessionId | null | undefined): void {
  if (id === null || id === undefined) return;
  if (shownSessions(context.state()).some((session) => session.id === id)) {
    context.dispatch({ kind: 'session.selected', session: id });
  }
}

function someoneWaits(state: AppState): true | string {
  return waitingSessions(state).length === 0 ? 'nobody waits for you' : true;
}

function selectStep(context: ActionContext, by: number): void {
  const order = visitOrder(context.state());
  const at = order.findIndex((session) => session.id === context.state().selected);
  select(context, order[(at + by + order.length) % order.length]?.id);
}

function selectWaiting(context: ActionContext, by: number): void {
  const waiting = waitingSessions(context.state());
  const at = waiting.findIndex((session) => session.id === context.state().selected);
  const next = at === -1 ? (by > 0 ? 0 : waiting.length - 1) : (at + by + waiting.length) % waiting.length;
  select(context, waiting[next]?.id);
}

/** The nearest pane in a direction; in a list, up and down are previous and next. */
function selectBeside(context: ActionContext, direction: 'up' | 'down' | 'left' | 'right'): void {
  const state = context.state();
  if (state.arrangement !== 'grid') {
    if (direction === 'up' || direction === 'down') selectStep(context, direction === 'up' ? -1 : 1);
    return;
  }
  const { panes } = paneLayout(state);
  const from = panes.find((pane) => pane.session === state.selected)?.frame;
  if (from === undefined) {
    selectStep(context, direction === 'up' || direction === 'left' ? -1 : 1);
    return;
  }
  const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
  let best: { id: SessionId; distance: number } | null = null;
  for (const { session, frame } of panes) {
    const [dx, dy] = [frame.x + frame.width / 2 - x, frame.y + frame.height / 2 - y];
    const along = { up: -dy, down: dy, left: -dx, right: dx }[direction];
    const across = direction === 'up' || direction === 'down' ? Math.abs(dx) : Math.abs(dy) * 2;
    if (along < 1 || session === state.selected) continue;
    const distance = along + across * 2;
    if (best === null || distance < best.distance) best = { id: session, distance };
  }
  if (best !== null) select(context, best.id);
}
