// Searching in a pane, a part of copy mode: the text, what was asked of the server for it, and what came back. The calls
// are made by Searcher (searcher.ts) when it sees a new `ask`.
import type { CellPlace, SearchDirection, TextMatch } from '../../terminal/search.ts';
import type { CopyState } from './app-state.ts';
import { createEditor, type EditorState } from './editor.ts';

export interface SearchState {
  readonly text: EditorState;
  /** The text is being typed; afterwards keys are those of copy mode. */
  readonly typing: boolean;
  /** Copy mode as it was before, which escape goes back to; null: there was none. */
  readonly before: CopyState | null;
  /** The view when the search began; a text that is not found shows it again. */
  readonly start: Pick<CopyState, 'top' | 'line' | 'col'>;
  /** Typed text is looked for above this cell. */
  readonly origin: CellPlace;
  readonly ask: SearchAsk | null;
  readonly match: TextMatch | null;
  readonly outcome: 'none' | 'searching' | 'found' | 'missing';
}

/** A question to the server. Each is a new value: the one in the state is the one whose answer counts. */
export interface SearchAsk {
  readonly text: string;
  readonly direction: SearchDirection;
  readonly from: CellPlace;
}

export interface SearchAnswer {
  readonly match: TextMatch | null;
  /** First line to be shown, so that the match can be seen. */
  readonly top: number;
}

export function openSearch(copy: CopyState, before: CopyState | null, origin: CellPlace): CopyState {
  const { top, line, col } = copy;
  const begun = { typing: true, ask: null, match: null, outcome: 'none' } as const;
  return { ...copy, search: { ...begun, text: createEditor(), before, start: { top, line, col }, origin } };
}

/** The text was edited: what is there now is looked for from where the search began. */
export function typeSearch(copy: CopyState, text: EditorState): CopyState {
  const { search } = copy;
  if (search === undefined) return copy;
  if (text.text === search.text.text) return { ...copy, search: { ...search, text } };
  if (text.text === '') {
    return { ...copy, ...search.start, search: { ...search, text, ask: null, match: null, outcome: 'none' } };
  }
  const ask: SearchAsk = { text: text.text, direction: 'up', from: search.origin };
  return { ...copy, search: { ...search, text, ask, outcome: 'searching' } };
}

/** Looks for the next place of the text from the cursor. */
export function searchOn(copy: CopyState, direction: SearchDirection, last: string): CopyState {
  const origin = { line: copy.line, col: copy.col };
  const search = copy.search ?? openSearch(copy, copy, origin).search;
  if (search === undefined) return copy;
  const text = search.text.text === '' ? createEditor(last) : search.text;
  const ask: SearchAsk = { text: text.text, direction, from: origin };
  return { ...copy, search: { ...search, text, typing: false, ask, outcome: 'searching' } };
}

/** The answer to the question that counts; others change nothing. */
export function answerSearch(copy: CopyState | null, ask: SearchAsk, answer: SearchAnswer): CopyState | null {
  const search = copy?.search;
  if (copy === null || search === undefined || search.ask !== ask) return copy;
  if (answer.match === null) {
    const place = search.typing ? search.start : {};
    return { ...copy, ...place, search: { ...search, match: null, outcome: 'missing' } };
  }
  const { from } = answer.match;
  const found = { ...search, match: answer.match, outcome: 'found' } as const;
  return { ...copy, line: from.line, col: from.col, top: answer.top, search: found };
}

/** Enter: the keys are those of copy mode again, and the match stays marked. */
export function acceptSearch(copy: CopyState): CopyState {
  return copy.search === undefined ? copy : { ...copy, search: { ...copy.search, typing: false } };
}

/** Escape: as it was before. */
export function leaveSearch(copy: CopyState): CopyState | null {
  return copy.search === undefined ? copy : copy.search.before;
}
