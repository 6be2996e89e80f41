// Searching what a pane shows and has shown. In slices, so that a long history holds nobody's keys up.
import { setImmediate as turn } from 'node:timers/promises';
import { Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import { oldestLine, type VtEngine } from '../../terminal/engine.ts';
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
  /** Number of the first line on the screen now. */
  screenTop: number;
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

/** Places are given and found by the numbers of their lines, whatever the program prints meanwhile. */
export async function searchEngine(engine: VtEngine, search: PaneSearch): Promise<PaneSearchResult> {
  let { from } = search;
  for (let read = 0; ; read += sliceLines) {
    const oldest = oldestLine(engine);
    const start = from === null ? null : moved(from, -oldest);
    const found = searchLines(linesOf(engine), search.text, search.direction, start, sliceLines);
    const next = found.next === null ? null : moved(found.next, oldest);
    if (found.match !== null || next === null || read + sliceLines >= callLines) {
      const match =
        found.match === null ? null : { from: moved(found.match.from, oldest), to: moved(found.match.to, oldest) };
      return { match, next, screenTop: engine.scrolled };
    }
    from = next;
    await turn();
  }
}

function moved({ line, col }: CellPlace, by: number): CellPlace {
  return { line: line + by, col };
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
