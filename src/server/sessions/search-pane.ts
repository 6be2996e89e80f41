// Searching what a pane shows and has shown. In slices, so that a long history holds nobody's keys up.
import { setImmediate as turn } from 'node:timers/promises';
import { Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { VtEngine } from '../../terminal/engine.ts';
import { type CellPlace, type SearchDirection, searchLines, type TextMatch } from '../../terminal/search.ts';
import { type Context, rowOf } from './context.ts';

export interface PaneSearch {
  text: string;
  direction: SearchDirection;
  /** Null: from the end, or down from the beginning. */
  from: CellPlace | null;
}

export interface PaneSearchResult {
  match: TextMatch | null;
  /** Where to go on when the limit of one call was reached without a match. */
  next: CellPlace | null;
  /** History lines there are now: lines of `match` below this are the screen's. */
  history: number;
}

/** Lines between two turns of the loop: about a millisecond's worth. */
const sliceLines = 100;
/** Lines of one call; the caller goes on with `next`, or has stopped caring. */
const callLines = 20_000;

export async function searchPane(context: Context, id: SessionId, search: PaneSearch): Promise<PaneSearchResult> {
  const { title } = rowOf(context, id);
  const run = context.runs.get(id);
  if (run === null) {
    throw new Failure({
      code: 'no-screen',
      message: `${title} has no screen to search`,
      remedy: 'resume it to get one',
    });
  }
  return await searchEngine(run.engine, search);
}

/** Lines that the program's output pushes out of the history meanwhile are followed. */
export async function searchEngine(engine: VtEngine, search: PaneSearch): Promise<PaneSearchResult> {
  let { from } = search;
  let dropped = engine.scrolled - engine.history;
  for (let read = 0; ; read += sliceLines) {
    const { match, next } = searchLines(linesOf(engine), search.text, search.direction, from, sliceLines);
    if (match !== null || next === null || read + sliceLines >= callLines) {
      return { match, next, history: engine.history };
    }
    await turn();
    const now = engine.scrolled - engine.history;
    from = { line: next.line - (now - dropped), col: next.col };
    dropped = now;
  }
}

function linesOf(engine: VtEngine): Parameters<typeof searchLines>[0] {
  return {
    count: engine.history + engine.rows,
    cols: engine.cols,
    text: (line) => engine.lineText(line),
    columns: (line) => engine.lineColumns(line),
    isWrapped: (line) => engine.isWrapped(line),
  };
}
