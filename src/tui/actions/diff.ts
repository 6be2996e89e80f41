// Reading what a session changed. The file list comes first, hunks when a file is shown.
import { toFailureBody } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import { diffPageRows, diffRows } from '../layout/diff-rows.ts';
import type { AppState, DiffView } from '../state/app-state.ts';
import { type Action, type ActionContext, always } from './action.ts';

export const diffActions: readonly Action[] = [
  {
    id: 'diff.down',
    title: 'scroll',
    description: 'Scroll down.',
    keys: ['j', 'down'],
    contexts: ['diff'],
    bar: 10,
    palette: false,
    enabled: always,
    run: (context) => scroll(context, 1),
  },
  {
    id: 'diff.up',
    title: 'scroll up',
    description: 'Scroll up.',
    keys: ['k', 'up'],
    contexts: ['diff'],
    palette: false,
    enabled: always,
    run: (context) => scroll(context, -1),
  },
  {
    id: 'diff.page-down',
    title: 'page down',
    description: 'Scroll down by a page.',
    keys: ['pagedown', 'ctrl+d', 'ctrl+f'],
    contexts: ['diff'],
    palette: false,
    enabled: always,
    run: (context) => scroll(context, diffPageRows(context.state())),
  },
  {
    id: 'diff.page-up',
    title: 'page up',
    description: 'Scroll up by a page.',
    keys: ['pageup', 'ctrl+u', 'ctrl+b'],
    contexts: ['diff'],
    palette: false,
    enabled: always,
    run: (context) => scroll(context, -diffPageRows(context.state())),
  },
  {
    id: 'diff.top',
    title: 'first line',
    description: 'Go to the first line of the file.',
    keys: ['home', 'g'],
    contexts: ['diff'],
    palette: false,
    enabled: always,
    run: (context) => scroll(context, Number.NEGATIVE_INFINITY),
  },
  {
    id: 'diff.bottom',
    title: 'last line',
    description: 'Go to the last line of the file.',
    keys: ['end', 'G'],
    contexts: ['diff'],
    palette: false,
    enabled: always,
    run: (context) => scroll(context, Number.POSITIVE_INFINITY),
  },
  {
    id: 'diff.right',
    title: 'right',
    description: 'Show what long lines hold further right.',
    keys: ['l', 'right'],
    contexts: ['diff'],
    palette: false,
    enabled: always,
    run: (context) => shift(context, 8),
  },
  {
    id: 'diff.left',
    title: 'left',
    description: 'Go back to the left.',
    keys: ['h', 'left'],
    contexts: ['diff'],
    palette: false,
    enabled: always,
    run: (context) => shift(context, -8),
  },
  {
    id: 'diff.next-hunk',
    title: 'hunk',
    description: 'Go to the next hunk, past the last one to the next file, and on to the next marked session.',
    keys: ['n'],
    contexts: ['diff'],
    bar: 20,
    palette: false,
    enabled: always,
    run: (context) => moveHunk(context, 1),
  },
  {
    id: 'diff.previous-hunk',
    title: 'hunk before',
    description: 'Go to the hunk before.',
    keys: ['p'],
    contexts: ['diff'],
    palette: false,
    enabled: always,
    run: (context) => moveHunk(context, -1),
  },
  {
    id: 'diff.next-file',
    title: 'file',
    description: 'Show the next file.',
    keys: [']', 'tab'],
    contexts: ['diff'],
    bar: 30,
    palette: false,
    enabled: (state) => ((fileCount(state) ?? 0) > 1 ? true : 'there is no other file'),
    run: (context) => moveFile(context, 1),
  },
  {
    id: 'diff.previous-file',
    title: 'file before',
    description: 'Show the file before.',
    keys: ['[', 'shift+tab'],
    contexts: ['diff'],
    palette: false,
    enabled: (state) => ((fileCount(state) ?? 0) > 1 ? true : 'there is no other file'),
    run: (context) => moveFile(context, -1),
  },
  {
    id: 'diff.next-session',
    title: 'session',
    description: 'Show what the next of the marked sessions changed.',
    keys: ['>', 'J'],
    contexts: ['diff'],
    bar: 35,
    palette: false,
    enabled: (state) => otherSession(state, 1) ?? true,
    run: (context) => moveSession(context, 1),
  },
  {
    id: 'diff.previous-session',
    title: 'session before',
    description: 'Go back to the marked session before.',
    keys: ['<', 'K'],
    contexts: ['diff'],
    palette: false,
    enabled: (state) => otherSession(state, -1) ?? true,
    run: (context) => moveSession(context, -1),
  },
  {
    id: 'diff.reload',
    title: 'reload',
    description: 'Read the changes again.',
    keys: ['r'],
    contexts: ['diff'],
    bar: 40,
    enabled: always,
    run: (context) => {
      const diff = current(context.state());
      if (diff !== null) void openDiff(context, diff.session, diff);
    },
  },
  {
    id: 'diff.whole-file',
    title: 'show anyway',
    description: 'Load the lines that were left out of a very large file.',
    keys: ['a'],
    contexts: ['diff'],
    palette: false,
    enabled: (state) => {
      const diff = current(state);
      const file = diff === null ? undefined : shownFile(diff);
      return file?.state === 'ready' && file.value.omittedLines > 0 ? true : 'nothing was left out';
    },
    run: (context) => loadFile(context, true),
  },
];

/** Opens the diff of a session and loads its first file (or `file`, when it is still there). */
export async function openDiff(
  context: ActionContext,
  session: SessionId,
  { file = 0, among = [] }: { file?: number; among?: readonly SessionId[] } = {},
): Promise<void> {
  const diff: DiffView = { session, among, summary: { state: 'loading' }, file, files: new Map(), top: 0, left: 0 };
  context.dispatch({ kind: 'screen.opened', screen: { kind: 'diff', diff } });
  try {
    const value = await context.backend.call('diff', { params: { id: session } });
    context.dispatch({ kind: 'diff.summary', session, summary: { state: 'ready', value } });
    if (file >= value.files.length) context.dispatch({ kind: 'diff.shown', file: 0 });
    await loadFile(context);
  } catch (error) {
    context.dispatch({ kind: 'diff.summary', session, summary: { state: 'failed', failure: toFailureBody(error) } });
  }
}

/** The server is back: what could not be loaded without it is asked for again. */
export async function retryDiff(context: ActionContext): Promise<void> {
  const diff = current(context.state());
  if (diff === null) return;
  if (diff.summary.state === 'failed') await openDiff(context, diff.session, diff);
  else if (shownFile(diff)?.state === 'failed') await loadFile(context);
}

function current(state: AppState): DiffView | null {
  return state.screen.kind === 'diff' ? state.screen.diff : null;
}

function fileCount(state: AppState): number | null {
  const summary = current(state)?.summary;
  return summary?.state === 'ready' ? summary.value.files.length : null;
}

function shownFile(diff: DiffView): ReturnType<DiffView['files']['get']> {
  if (diff.summary.state !== 'ready') return undefined;
  const path = diff.summary.value.files[diff.file]?.path;
  return path === undefined ? undefined : diff.files.get(path);
}

async function loadFile(context: ActionContext, all = false): Promise<void> {
  const diff = current(context.state());
  if (diff === null || diff.summary.state !== 'ready') return;
  const path = diff.summary.value.files[diff.file]?.path;
  if (path === undefined || (!all && diff.files.get(path)?.state === 'ready')) return;
  const { session } = diff;
  context.dispatch({ kind: 'diff.file', session, path, diff: { state: 'loading' } });
  try {
    const query = all ? ({ path, all: '1' } as const) : { path };
    const value = await context.backend.call('fileDiff', { params: { id: session }, query });
    context.dispatch({ kind: 'diff.file', session, path, diff: { state: 'ready', value } });
  } catch (error) {
    context.dispatch({ kind: 'diff.file', session, path, diff: { state: 'failed', failure: toFailureBody(error) } });
  }
}

function scroll(context: ActionContext, by: number): void {
  const diff = current(context.state());
  if (diff === null) return;
  const last = Math.max(0, diffRows(diff).length - diffPageRows(context.state()));
  const top = Math.max(0, Math.min(last, diff.top + by));
  context.dispatch({ kind: 'diff.scrolled', top, left: diff.left });
}

function shift(context: ActionContext, by: number): void {
  const diff = current(context.state());
  if (diff === null) return;
  context.dispatch({ kind: 'diff.scrolled', top: diff.top, left: Math.max(0, Math.min(4000, diff.left + by)) });
}

function moveFile(context: ActionContext, by: number): void {
  const diff = current(context.state());
  const count = fileCount(context.state());
  if (diff === null || count === null || count === 0) return;
  context.dispatch({ kind: 'diff.shown', file: (diff.file + by + count) % count });
  void loadFile(context);
}

/** Why there is no session to go to in this direction, or null. */
function otherSession(state: AppState, by: number): string | null {
  const diff = current(state);
  if (diff === null || diff.among.length < 2) return 'only one session is shown: mark several, then D';
  return diff.among[diff.among.indexOf(diff.session) + by] === undefined
    ? by > 0
      ? 'this is the last of the marked sessions'
      : 'this is the first of the marked sessions'
    : null;
}

function moveSession(context: ActionContext, by: number): void {
  const diff = current(context.state());
  const next = diff?.among[diff.among.indexOf(diff.session) + by];
  if (diff === null || next === undefined) return;
  void openDiff(context, next, { among: diff.among });
}

function moveHunk(context: ActionContext, by: number): void {
  const diff = current(context.state());
  if (diff === null) return;
  const starts = diffRows(diff).flatMap((row, index) => (row.kind === 'hunk' ? [index] : []));
  const target = by > 0 ? starts.find((start) => start > diff.top) : starts.findLast((start) => start < diff.top);
  if (target !== undefined) context.dispatch({ kind: 'diff.scrolled', top: target, left: diff.left });
  else if (diff.file + by >= 0 && diff.file + by < (fileCount(context.state()) ?? 0)) moveFile(context, by);
  else if (otherSession(context.state(), by) === null) moveSession(context, by);
}
