// Text being edited: a value with a cursor, changed by operations. Pure; the drawing is widgets/editor-box.ts. Positions
// are offsets in UTF-16 units that always lie between graphemes, so that an emoji is one step and one deletion.

export interface EditorState {
  readonly text: string;
  readonly cursor: number;
  /** Column the cursor wants to return to when it moves up and down over short lines; null after other operations. */
  readonly wantedColumn: number | null;
  readonly undo: readonly Snapshot[];
  readonly redo: readonly Snapshot[];
  /** Typing continues one undo step until something else happens. */
  readonly typing: boolean;
  readonly multiline: boolean;
}

interface Snapshot {
  readonly text: string;
  readonly cursor: number;
}

export type EditorOperation =
  | { op: 'insert'; text: string }
  | { op: 'paste'; text: string }
  | { op: 'set'; text: string }
  | { op: 'newline' }
  | { op: 'backspace' | 'delete' | 'delete-word' | 'delete-to-start' | 'delete-to-end' }
  | { op: 'left' | 'right' | 'word-left' | 'word-right' | 'up' | 'down' | 'line-start' | 'line-end' }
  | { op: 'text-start' | 'text-end' }
  | { op: 'undo' | 'redo' };

/** Characters kept of one text; more is cut off. The prompt's own limit is 4 MiB of UTF-8. */
export const EditorLimit = 1 << 20;
const undoDepth = 100;

export function createEditor(text = '', options: { multiline?: boolean } = {}): EditorState {
  return {
    text,
    cursor: text.length,
    wantedColumn: null,
    undo: [],
    redo: [],
    typing: false,
    multiline: options.multiline ?? false,
  };
}

export function edit(state: EditorState, operation: EditorOperation): EditorState {
  switch (operation.op) {
    case 'insert':
      return replace(state, state.cursor, state.cursor, clean(state, operation.text), true);
    case 'paste':
      return replace(state, state.cursor, state.cursor, clean(state, operation.text), false);
    case 'set':
      return replace(state, 0, state.text.length, clean(state, operation.text), false);
    case 'newline':
      return state.multiline ? replace(state, state.cursor, state.cursor, '\n', false) : state;
    case 'backspace':
      return replace(state, previousGrapheme(state.text, state.cursor), state.cursor, '', false);
    case 'delete':
      return replace(state, state.cursor, nextGrapheme(state.text, state.cursor), '', false);
    case 'delete-word':
      return replace(state, previousWord(state.text, state.cursor), state.cursor, '', false);
    case 'delete-to-start':
      return replace(state, lineStart(state.text, state.cursor), state.cursor, '', false);
    case 'delete-to-end': {
      const end = lineEnd(state.text, state.cursor);
      return replace(state, state.cursor, end === state.cursor ? nextGrapheme(state.text, end) : end, '', false);
    }
    case 'left':
      return move(state, previousGrapheme(state.text, state.cursor));
    case 'right':
      return move(state, nextGrapheme(state.text, state.cursor));
    case 'word-left':
      return move(state, previousWord(state.text, state.cursor));
    case 'word-right':
      return move(state, nextWord(state.text, state.cursor));
    case 'line-start':
      return move(state, lineStart(state.text, state.cursor));
    case 'line-end':
      return move(state, lineEnd(state.text, state.cursor));
    case 'text-start':
      return move(state, 0);
    case 'text-end':
      return move(state, state.text.length);
    case 'up':
    case 'down':
      return moveLine(state, operation.op);
    case 'undo':
      return travel(state, 'undo', 'redo');
    case 'redo':
      return travel(state, 'redo', 'undo');
  }
}

/** Offsets at which graphemes of `text` start, for drawing and hit testing. */
export function graphemes(text: string): Array<{ at: number; text: string }> {
  const found: Array<{ at: number; text: string }> = [];
  for (const { index, segment } of segmenter.segment(text)) found.push({ at: index, text: segment });
  return found;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const wordSegmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** Carriage returns become newlines, newlines in a one-line field become spaces, other control characters vanish. */
function clean(state: EditorState, text: string): string {
  const newlines = text.replace(/\r\n?/g, '\n');
  const lines = state.multiline ? newlines : newlines.replace(/\n+/g, ' ');
  const printable = lines.replace(/\t/g, '  ').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '');
  return printable.slice(0, Math.max(0, EditorLimit - state.text.length));
}

function replace(state: EditorState, from: number, to: number, text: string, typing: boolean): EditorState {
  if (from === to && text === '') return state;
  const joins = typing && state.typing;
  return {
    ...state,
    text: state.text.slice(0, from) + text + state.text.slice(to),
    cursor: from + text.length,
    wantedColumn: null,
    undo: joins ? state.undo : [...state.undo.slice(-undoDepth), { text: state.text, cursor: state.cursor }],
    redo: [],
    typing,
  };
}

function move(state: EditorState, cursor: number, wantedColumn: number | null = null): EditorState {
  return { ...state, cursor, wantedColumn, typing: false };
}

function moveLine(state: EditorState, direction: 'up' | 'down'): EditorState {
  const start = lineStart(state.text, state.cursor);
  const end = lineEnd(state.text, state.cursor);
  if (direction === 'up' && start === 0) return move(state, 0);
  if (direction === 'down' && end === state.text.length) return move(state, end);
  const column = state.wantedColumn ?? countGraphemes(state.text.slice(start, state.cursor));
  const target = direction === 'up' ? lineStart(state.text, start - 1) : end + 1;
  const line = state.text.slice(target, lineEnd(state.text, target));
  const step = graphemes(line)[column];
  return move(state, target + (step?.at ?? line.length), column);
}

function travel(state: EditorState, from: 'undo' | 'redo', to: 'undo' | 'redo'): EditorState {
  const snapshot = state[from].at(-1);
  if (snapshot === undefined) return state;
  return {
    ...state,
    ...snapshot,
    [from]: state[from].slice(0, -1),
    [to]: [...state[to], { text: state.text, cursor: state.cursor }],
    wantedColumn: null,
    typing: false,
  };
}

/** A window of text around the cursor is enough to find its neighbours: long texts stay cheap to edit. */
const reach = 64;

function previousGrapheme(text: string, at: number): number {
  const from = Math.max(0, at - reach);
  let last = 0;
  for (const { index } of segmenter.segment(text.slice(from, at))) last = index;
  return at === 0 ? 0 : from + last;
}

function nextGrapheme(text: string, at: number): number {
  for (const { segment } of segmenter.segment(text.slice(at, at + reach))) return at + segment.length;
  return text.length;
}

function previousWord(text: string, at: number): number {
  const from = Math.max(0, at - 1024);
  let found = from;
  for (const { index, isWordLike } of wordSegmenter.segment(text.slice(from, at))) {
    if (isWordLike === true) found = from + index;
  }
  return found;
}

function nextWord(text: string, at: number): number {
  for (const { index, segment, isWordLike } of wordSegmenter.segment(text.slice(at, at + 1024))) {
    if (isWordLike === true) return at + index + segment.length;
  }
  return text.length;
}

function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function countGraphemes(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}
