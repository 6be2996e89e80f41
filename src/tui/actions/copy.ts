// Scroll and copy mode: the keyboard walks over the pane and its history, `y` copies.

import type { SessionId } from '../../domain/ids.ts';
import { CellWords, Content } from '../../terminal/cell.ts';
import { paneLayout } from '../layout/panes.ts';
import type { PaneView } from '../pane-source.ts';
import type { AppState, CopyState } from '../state/app-state.ts';
import { type CopyMove, moveCopy, selectedText, selectionOf } from '../state/copy-mode.ts';
import { firstRow, paneTop } from '../state/pane-top.ts';
import { type Action, type ActionContext, always } from './action.ts';

/** Characters one copy may hold: OSC 52 is cut off by many terminals above 100 kB. */
export const CopyLimit = 100_000;

export const copyActions: readonly Action[] = [
  {
    id: 'copy.open',
    title: 'copy',
    description: 'Scroll back in the selected pane and copy text from it.',
    keys: ['v'],
    contexts: ['panes'],
    bar: 72,
    enabled: (state) => (state.selected === null ? 'no session is selected' : true),
    run: (context) => {
      const session = context.state().selected;
      if (session !== null) openCopy(context, session);
    },
  },
  {
    id: 'clipboard.accept',
    title: 'take its copy',
    description: 'Put on the clipboard what a program asked to put there.',
    keys: ['Y'],
    contexts: ['panes'],
    enabled: (state) => (state.clipboard === null ? 'no program asked for the clipboard' : true),
    run: (context) => {
      const ask = context.state().clipboard;
      if (ask === null) return;
      context.dispatch({ kind: 'clipboard.asked', ask: null });
      context.copyText(ask.text);
      context.toast('success', `copied ${ask.text.length} characters`);
    },
  },
  movement('copy.down', 'down', ['j', 'down'], 'Go down a line.', 10),
  movement('copy.up', 'up', ['k', 'up'], 'Go up a line, into the history.'),
  movement('copy.left', 'left', ['h', 'left'], 'Go left.'),
  movement('copy.right', 'right', ['l', 'right'], 'Go right.'),
  movement('copy.page-down', 'page-down', ['pagedown', 'ctrl+d', 'ctrl+f'], 'Go down a page.'),
  movement('copy.page-up', 'page-up', ['pageup', 'ctrl+u', 'ctrl+b'], 'Go up a page.'),
  movement('copy.line-start', 'line-start', ['0', 'home'], 'Go to the start of the line.'),
  movement('copy.line-end', 'line-end', ['$', 'end'], 'Go to the end of the line.'),
  movement('copy.top', 'top', ['g'], 'Go to the oldest line.'),
  movement('copy.bottom', 'bottom', ['G'], 'Go to the last line.'),
  movement('copy.word-left', 'word-left', ['b'], 'Go back a word.'),
  movement('copy.word-right', 'word-right', ['w'], 'Go on a word.'),
  {
    id: 'copy.select',
    title: 'select',
    description: 'Begin or end a selection of characters.',
    keys: ['v', 'space'],
    contexts: ['copy'],
    bar: 20,
    palette: false,
    enabled: always,
    run: (context) => anchor(context, false),
  },
  {
    id: 'copy.select-lines',
    title: 'lines',
    description: 'Begin or end a selection of whole lines.',
    keys: ['V'],
    contexts: ['copy'],
    bar: 30,
    palette: false,
    enabled: always,
    run: (context) => anchor(context, true),
  },
  {
    id: 'copy.take',
    title: 'copy',
    description: 'Copy the selection, or the line under the cursor, to the clipboard (OSC 52).',
    keys: ['y', 'enter'],
    contexts: ['copy'],
    bar: 40,
    palette: false,
    enabled: always,
    run: copySelection,
  },
  {
    id: 'copy.close',
    title: 'back',
    description: 'Leave copy mode.',
    keys: ['q', 'escape'],
    contexts: ['copy'],
    bar: 90,
    palette: false,
    enabled: always,
    run: (context) => {
      const session = context.state().copy?.session;
      context.dispatch({ kind: 'copy.set', copy: null });
      if (session !== undefined) context.dispatch({ kind: 'pane.scrolled', session, top: null });
    },
  },
];

/** Opens copy mode. */
export function openCopy(context: ActionContext, session: SessionId): void {
  const pane = context.panes.pane(session);
  if (pane === null) {
    context.toast('info', 'there is nothing to copy yet');
    return;
  }
  context.dispatch({ kind: 'copy.set', copy: copyAt(context.state(), session, pane) });
}

/** Copy mode with the cursor where the program's is, or where the wheel has scrolled to. */
export function copyAt(state: AppState, session: SessionId, pane: PaneView): CopyState {
  const height = paneLayout(state).panes.find((placed) => placed.session === session)?.inner.height ?? pane.rows;
  const scrolled = paneTop(state, session);
  const top = scrolled ?? pane.screenTop + firstRow(pane, height);
  const atCursor = scrolled === null || scrolled === pane.screenTop;
  const line = atCursor ? pane.screenTop + Math.min(pane.cursorY, pane.rows - 1) : top + pane.rows - 1;
  return { session, top, line, col: pane.cursorX, anchor: null, linewise: false, mouse: false };
}

/** Copies what is selected, says so, and leaves copy mode. */
export async function copySelection(context: ActionContext): Promise<void> {
  const { copy } = context.state();
  const pane = copy === null ? null : context.panes.pane(copy.session);
  if (copy === null || pane === null) return;
  const given = copy.anchor === null ? { ...copy, anchor: { line: copy.line, col: 0 }, linewise: true } : copy;
  const selection = selectionOf(given, pane.cols);
  if (selection === null) return;
  await context.panes.load(copy.session, selection.from.line, selection.to.line + 1);
  const text = selectedText(selection, pane.cols, (line) => cellsOf(context, copy.session, line));
  context.dispatch({ kind: 'copy.set', copy: null });
  context.dispatch({ kind: 'pane.scrolled', session: copy.session, top: null });
  if (text === '') {
    context.toast('info', 'nothing was selected');
  } else if (text.length > CopyLimit) {
    context.toast('warning', `the selection is too long for the clipboard (${text.length} characters)`, 'select less');
  } else {
    context.copyText(text);
    const lines = text.split('\n').length;
    context.toast('success', lines > 1 ? `copied ${lines} lines` : `copied ${text.length} characters`);
  }
}

/** Characters of a line, one per column; the right half of a wide one is empty. */
export function cellsOf(context: Pick<ActionContext, 'panes'>, session: SessionId, line: number): string[] {
  const view = context.panes.pane(session);
  const words = view?.line(line) ?? null;
  if (view === null || words === null) return [];
  const cells: string[] = [];
  for (let at = 0; at < words.length; at += CellWords) {
    const content = words[at] ?? 0;
    const id = content & Content.codePointMask;
    if ((content & Content.widthMask) === 0) cells.push('');
    else if ((content & Content.cluster) !== 0) cells.push(view.grid.cluster(id));
    else cells.push(id === 0 ? ' ' : String.fromCodePoint(id));
  }
  return cells;
}

function movement(id: string, move: CopyMove, keys: readonly string[], description: string, bar?: number): Action {
  return {
    id,
    title: 'move',
    description,
    keys,
    contexts: ['copy'],
    palette: false,
    ...(bar === undefined ? {} : { bar }),
    enabled: always,
    run: (context) => {
      const { copy } = context.state();
      const pane = copy === null ? null : context.panes.pane(copy.session);
      if (copy === null || pane === null) return;
      const next = moveCopy(copy, move, pane, (line) => cellsOf(context, copy.session, line));
      context.dispatch({ kind: 'copy.set', copy: next });
      void context.panes.load(copy.session, next.top, next.top + pane.rows);
    },
  };
}

function anchor(context: ActionContext, linewise: boolean): void {
  const { copy } = context.state();
  if (copy === null) return;
  const ends = copy.anchor !== null && copy.linewise === linewise;
  const start = copy.anchor ?? { line: copy.line, col: copy.col };
  context.dispatch({ kind: 'copy.set', copy: { ...copy, linewise, anchor: ends ? null : start } });
}
