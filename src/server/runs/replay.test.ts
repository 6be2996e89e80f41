import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  endTestRuns,
  openTestRuns,
  screenShows,
  scriptSpec,
  type TestRuns,
  until,
} from '../../../test/support/runs.ts';
import type { Log } from '../../platform/log.ts';
import { CellWords } from '../../terminal/cell.ts';
import type { VtEngine } from '../../terminal/engine.ts';
import { listOutput, segmentPath } from './log-files.ts';

let open: TestRuns;

beforeEach(async () => {
  open = await openTestRuns();
});

afterEach(async () => {
  await endTestRuns(open);
});

async function restart(): Promise<void> {
  await open.runs.close();
  open = await openTestRuns(open.paths);
}

/** Everything a user could see: cells, cursor, modes, history and the numbers of its lines. */
function stateOf(engine: VtEngine, historyLines: number): unknown {
  const words = new Uint32Array(engine.cols * engine.rows * CellWords);
  for (let row = 0; row < engine.rows; row++) engine.readRow(row, words, row * engine.cols * CellWords);
  return {
    cells: [...words].filter((_, at) => at % CellWords !== 3),
    cursor: [engine.cursorX, engine.cursorY],
    modes: engine.modes,
    scrolled: engine.scrolled,
    history: engine.historyText(engine.history - historyLines, engine.history),
  };
}

const colourful = `printf '\\033[?1049h\\033[?2004h\\033[2J'; for i in $(seq 1 20); do printf "\\033[$i;3H\\033[38;2;$((i*10));9;200;1mrow $i 世界 e\\314\\201\\033[0m"; done; printf '\\033[5;10r\\033[7;7H'; printf ready; read x`;

test('a screen rebuilt from a short log is the one that was there', async () => {
  const spec = scriptSpec(1, colourful);
  const before = await open.runs.start(spec);
  await screenShows(before, 'ready');
  const state = stateOf(before.engine, 0);
  await restart();
  await open.runs.adopt([spec]);
  expect(stateOf(open.runs.get(spec.session)!.engine, 0)).toEqual(state);
});

test('a screen rebuilt from a snapshot after many megabytes is the one that was there', async () => {
  const script = `awk 'BEGIN{for(i=0;i<300000;i++)printf "\\033[3%dmline %d of many, with colour\\033[0m\\r\\n",i%8,i}'; ${colourful}`;
  const spec = scriptSpec(1, script);
  const before = await open.runs.start(spec);
  await screenShows(before, 'ready');
  const state = stateOf(before.engine, 0);
  await restart();
  const kept = await listOutput(join(open.paths.output, spec.id));
  expect(kept!.segments.length).toBe(2);
  expect(kept!.screens.length).toBeGreaterThan(0);
  await open.runs.adopt([spec]);
  expect(stateOf(open.runs.get(spec.session)!.engine, 0)).toEqual(state);
});

test('sizes in between are replayed where they were', async () => {
  const spec = scriptSpec(1, 'while read x; do seq 1 30 | tr "\\n" " "; echo; echo "end $x"; done');
  const before = await open.runs.start(spec);
  for (const [cols, rows] of [
    [40, 10],
    [100, 30],
    [61, 17],
  ] as const) {
    before.write(Buffer.from(`${cols}\r`));
    await screenShows(before, `end ${cols}`);
    before.resize(cols, rows);
    await until('it is resized', () => before.engine.cols === cols);
  }
  const state = stateOf(before.engine, 5);
  await restart();
  await open.runs.adopt([spec]);
  expect(stateOf(open.runs.get(spec.session)!.engine, 5)).toEqual(state);
});

test.runIf(process.platform === 'linux')('a full disk is said once, and the program does not notice', async () => {
  const errors: string[] = [];
  const log: Log = { info: () => undefined, error: (message) => errors.push(message), flush: () => Promise.resolve() };
  await endTestRuns(open);
  open = await openTestRuns(undefined, log);
  const spec = scriptSpec(1, 'seq 1 300000; echo done');
  const directory = join(open.paths.output, spec.id);
  mkdirSync(directory, { recursive: true });
  symlinkSync('/dev/full', segmentPath(directory, 0));
  const run = await open.runs.start(spec);
  await until('it ends', () => run.exit !== null);
  expect(run.exit).toEqual({ code: 0, signal: null });
  expect(run.engine.screenText().join('\n')).toContain('300000\ndone');
  expect(errors).toEqual([expect.stringMatching(/cannot keep the output of a program in .*: the disk is full/)]);
});
