// Searching in a pane: typed in the bar, shown while it is typed.
import type { AppState, CopyState } from '../state/app-state.ts';
import { paneTop } from '../state/pane-top.ts';
import { openSearch } from '../state/search.ts';
import { type Action, type ActionContext, always } from './action.ts';
import { copyAt } from './copy.ts';

export const searchActions: readonly Action[] = [
  {
    id: 'search.open',
    title: 'search',
    description: 'Search in the selected pane and its history, upwards. A capital letter makes the case count.',
    keys: ['/'],
    contexts: ['panes', 'copy'],
    bar: 73,
    enabled: (state) => (state.selected === null ? 'no session is selected' : true),
    run: open,
  },
  {
    id: 'search.accept',
    title: 'go there',
    description:
      'Stay at the place that was found, in copy mode: n and N go on from there. Without a text: the last one.',
    keys: ['enter'],
    contexts: ['search'],
    bar: 10,
    palette: false,
    enabled: always,
    run: (context) => context.dispatch({ kind: 'search.accepted' }),
  },
  {
    id: 'search.leave',
    title: 'back',
    description: 'Leave the search; the pane shows what it showed before.',
    keys: ['escape'],
    contexts: ['search'],
    bar: 90,
    palette: false,
    enabled: always,
    run: (context) => context.dispatch({ kind: 'search.left' }),
  },
  {
    id: 'search.next',
    title: 'next',
    description: 'Go to the next place further up, and from the oldest line on to the last one.',
    keys: ['n'],
    contexts: ['copy'],
    bar: 74,
    palette: false,
    enabled: hasText,
    run: (context) => context.dispatch({ kind: 'search.asked', direction: 'up' }),
  },
  {
    id: 'search.previous',
    title: 'place before',
    description: 'Go back to the place further down.',
    keys: ['N'],
    contexts: ['copy'],
    palette: false,
    enabled: hasText,
    run: (context) => context.dispatch({ kind: 'search.asked', direction: 'down' }),
  },
];

function hasText(state: AppState): true | string {
  const text = state.copy?.search?.text.text ?? '';
  return text !== '' || state.lastSearch !== '' ? true : 'nothing was searched for yet: / does';
}

function open(context: ActionContext): void {
  const state = context.state();
  const before: CopyState | null = state.copy === null || state.copy.mouse ? null : state.copy;
  const session = before?.session ?? state.selected;
  const pane = session === null ? null : context.panes.pane(session);
  if (session === null || pane === null) {
    context.toast('info', 'there is nothing to search yet');
    return;
  }
  const copy = before ?? copyAt(state, session, pane);
  // From copy mode: above the cursor. Else: above the last line that is seen.
  const below = (paneTop(state, session) ?? pane.screenTop) + pane.rows;
  const origin = before === null ? { line: below, col: 0 } : { line: before.line, col: before.col };
  context.dispatch({ kind: 'copy.set', copy: openSearch(copy, before, origin) });
}
