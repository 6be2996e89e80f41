// The shown file of a diff as a list of rows, for drawing and for scrolling.
import type { FileDiff } from '../../domain/diff.ts';
import { visibleText } from '../../domain/plain-text.ts';
import type { AppState, DiffView } from '../state/app-state.ts';

export interface DiffRow {
  readonly kind: 'hunk' | 'context' | 'add' | 'delete' | 'note';
  readonly oldLine: number | null;
  readonly newLine: number | null;
  readonly text: string;
}

const cache = new WeakMap<FileDiff, readonly DiffRow[]>();

/** Empty while the file is not loaded. Made once per loaded file. */
export function diffRows(diff: DiffView): readonly DiffRow[] {
  if (diff.summary.state !== 'ready') return [];
  const path = diff.summary.value.files[diff.file]?.path;
  const file = path === undefined ? undefined : diff.files.get(path);
  if (file?.state !== 'ready') return [];
  const known = cache.get(file.value);
  if (known !== undefined) return known;
  const rows = makeRows(file.value);
  cache.set(file.value, rows);
  return rows;
}

/** Rows of the file that fit on the screen. */
export function diffPageRows(state: AppState): number {
  return Math.max(1, state.size.rows - 4);
}

function makeRows(file: FileDiff): DiffRow[] {
  const rows: DiffRow[] = [];
  const note = (text: string): DiffRow => ({ kind: 'note', oldLine: null, newLine: null, text });
  if (file.file.large) rows.push(note('over 16 MB, so not compared: see it in the worktree'));
  else if (file.file.binary) rows.push(note('a binary file: its content is not shown'));
  else if (file.hunks.length === 0 && file.omittedLines === 0) rows.push(note('no lines changed'));
  for (const hunk of file.hunks) {
    rows.push({ kind: 'hunk', oldLine: null, newLine: null, text: hunk.header });
    for (const line of hunk.lines) rows.push({ ...line, text: visibleText(line.text) });
  }
  if (file.omittedLines > 0) rows.push(note(`${file.omittedLines} lines are not shown: press a to load them`));
  return rows;
}
