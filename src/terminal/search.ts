// Finding text in the lines of a pane. A line that was too long for the terminal is searched as one with the lines that
// go on with it. Lower-case words find both cases; a word with a capital finds that spelling only.
import { CellWords, Content } from './cell.ts';

/** A cell: lines count from the oldest kept history line, the screen follows. */
export interface CellPlace {
  readonly line: number;
  readonly col: number;
}

/** The first and the last cell of what was found. */
export interface TextMatch {
  readonly from: CellPlace;
  readonly to: CellPlace;
}

export type SearchDirection = 'up' | 'down';

/** What a search reads. */
export interface SearchLines {
  readonly count: number;
  readonly cols: number;
  /** Trailing blanks removed. */
  text(line: number): string;
  /** The column of each UTF-16 unit of `text`, and the one after the last. */
  columns(line: number): readonly number[];
  /** True when the line goes on with the one before. */
  isWrapped(line: number): boolean;
}

export interface SearchStep {
  readonly match: TextMatch | null;
  /** Where to go on when nothing was found within the limit; null: the end was reached. */
  readonly next: CellPlace | null;
}

/** Lines of one text that are searched as one. */
const mostJoined = 100;

/**
 * Up: the last match that starts before `start`. Down: the first one that starts after it. Null starts behind the end or
 * before the beginning. Reads about `limit` lines at most.
 */
export function searchLines(
  lines: SearchLines,
  query: string,
  direction: SearchDirection,
  start: CellPlace | null,
  limit: number,
): SearchStep {
  const needle = createNeedle(query);
  if (query === '' || lines.count === 0) return { match: null, next: null };
  const up = direction === 'up';
  const from = start ?? (up ? { line: lines.count, col: 0 } : { line: -1, col: lines.cols });
  let line = Math.max(0, Math.min(lines.count - 1, from.line));
  for (let read = 0; ; ) {
    const block = blockAt(lines, line);
    const match = up ? needle.lastBefore(block, from) : needle.firstAfter(block, from);
    if (match !== null) return { match, next: null };
    read += block.rows.length;
    line = up ? block.first - 1 : block.first + block.rows.length;
    if (line < 0 || line >= lines.count) return { match: null, next: null };
    if (read >= limit)
      return { match: null, next: up ? { line: line + 1, col: 0 } : { line: line - 1, col: lines.cols } };
  }
}

/** Every match within one row of cells, as columns [from, to). */
export function matchesInRow(
  words: Uint32Array,
  query: string,
  cluster: (id: number) => string,
): Array<readonly [number, number]> {
  let text = '';
  const columns: number[] = [];
  for (let at = 0; at < words.length; at += CellWords) {
    const content = words[at] ?? 0;
    if ((content & Content.widthMask) === 0) continue;
    const id = content & Content.codePointMask;
    const cell = (content & Content.cluster) !== 0 ? cluster(id) : id === 0 ? ' ' : String.fromCodePoint(id);
    for (let unit = 0; unit < cell.length; unit++) columns.push(at / CellWords);
    text += cell;
  }
  columns.push(words.length / CellWords);
  const found: Array<readonly [number, number]> = [];
  const { fold, length } = createNeedle(query);
  if (length === 0) return found;
  const [hay, needle] = [fold(text), fold(query)];
  for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + length)) {
    found.push([columns[at] ?? 0, columns[at + length] ?? words.length / CellWords]);
  }
  return found;
}

interface Block {
  readonly lines: SearchLines;
  readonly first: number;
  /** Text of each line and where it starts in `text`. */
  readonly rows: ReadonlyArray<{ readonly start: number; readonly length: number }>;
  readonly text: string;
}

/** The line with all that belong to the same text. */
function blockAt(lines: SearchLines, line: number): Block {
  let first = line;
  while (first > 0 && line - first < mostJoined && lines.isWrapped(first)) first--;
  let last = line;
  while (last + 1 < lines.count && last - first < mostJoined && lines.isWrapped(last + 1)) last++;
  const rows: Array<{ start: number; length: number }> = [];
  let text = '';
  for (let row = first; row <= last; row++) {
    const own = lines.text(row);
    rows.push({ start: text.length, length: own.length });
    // Blanks at the end of a line that goes on belong to the text.
    text += row === last ? own : own + ' '.repeat(Math.max(0, lines.cols - (lines.columns(row).at(-1) ?? 0)));
  }
  return { lines, first, rows, text };
}

function createNeedle(query: string): {
  length: number;
  fold(text: string): string;
  lastBefore(block: Block, place: CellPlace): TextMatch | null;
  firstAfter(block: Block, place: CellPlace): TextMatch | null;
} {
  const fold = query === query.toLowerCase() ? lowerCase : (text: string): string => text;
  const needle = fold(query);
  return {
    length: needle.length,
    fold,
    lastBefore: (block, place) => {
      const end = unitsUpTo(block, place, place.col - 1);
      const at = end === 0 ? -1 : fold(block.text).lastIndexOf(needle, end - 1);
      return at === -1 ? null : matchAt(block, at, needle.length);
    },
    firstAfter: (block, place) => {
      const at = fold(block.text).indexOf(needle, unitsUpTo(block, place, place.col));
      return at === -1 ? null : matchAt(block, at, needle.length);
    },
  };
}

/** Keeps the length, so that places in the result are places in the text. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (character) => {
    const one = character.toLowerCase();
    return one.length === character.length ? one : character;
  }).join('');
}

/** How many units of the block's text stand in lines before the place's, or in its line in columns up to `col`. */
function unitsUpTo(block: Block, place: CellPlace, col: number): number {
  const row = place.line - block.first;
  if (row < 0) return 0;
  const own = block.rows[row];
  if (own === undefined) return block.text.length;
  const columns = block.lines.columns(place.line);
  let units = 0;
  while (units < own.length && (columns[units] ?? 0) <= col) units++;
  return own.start + units;
}

function matchAt(block: Block, at: number, length: number): TextMatch {
  return { from: placeOf(block, at)[0], to: placeOf(block, at + length - 1)[1] };
}

/** The first and the last cell of a unit. */
function placeOf(block: Block, unit: number): [CellPlace, CellPlace] {
  const index = block.rows.findLastIndex(({ start }) => start <= unit);
  const row = block.rows[index] ?? { start: 0, length: 0 };
  const line = block.first + Math.max(0, index);
  const columns = block.lines.columns(line);
  const inRow = unit - row.start;
  const first = columns[inRow] ?? (columns.at(-1) ?? 0) + inRow - row.length;
  // The next unit that stands in another cell tells how wide this one is.
  let next = inRow + 1;
  while (next < row.length && columns[next] === first) next++;
  const last = Math.max(first, (columns[next] ?? first + 1) - 1);
  return [
    { line, col: first },
    { line, col: last },
  ];
}
