// Searching the real emulator's lines.
import { expect, test } from 'vitest';
import { silentListener } from '../../test/support/silent-listener.ts';
import { CellTable } from './cell-table.ts';
import type { VtEngine } from './engine.ts';
import { Grid } from './grid.ts';
import { matchesInRow, type SearchDirection, type SearchStep, searchLines } from './search.ts';
import { createVtEngine } from './vt/vt-engine.ts';

function engineWith(text: string, cols = 20, rows = 4): VtEngine {
  const engine = createVtEngine({ cols, rows, scrollback: 1000, listener: silentListener });
  engine.feed(new TextEncoder().encode(text.replaceAll('\n', '\r\n')));
  return engine;
}

function search(
  engine: VtEngine,
  text: string,
  direction: SearchDirection = 'up',
  start: { line: number; col: number } | null = null,
  limit = 10_000,
): SearchStep {
  const lines = {
    count: engine.history + engine.rows,
    cols: engine.cols,
    text: (line: number) => engine.lineText(line),
    columns: (line: number) => engine.lineColumns(line),
    isWrapped: (line: number) => engine.isWrapped(line),
  };
  return searchLines(lines, text, direction, start, limit);
}

const at = (line: number, col: number): { line: number; col: number } => ({ line, col });

test('the latest place is found first, then the ones before it, in history and screen', () => {
  const engine = engineWith(`${Array.from({ length: 10 }, (_, n) => `line ${n}`).join('\n')}\nlast line 5`);
  const first = search(engine, 'line 5');
  expect(first.match).toEqual({ from: at(10, 5), to: at(10, 10) });
  const second = search(engine, 'line 5', 'up', first.match!.from);
  expect(second.match).toEqual({ from: at(5, 0), to: at(5, 5) });
  expect(search(engine, 'line 5', 'up', second.match!.from)).toEqual({ match: null, next: null });
  expect(search(engine, 'line 5', 'down', second.match!.from).match).toEqual(first.match);
  expect(search(engine, 'line 5', 'down').match).toEqual(second.match);
});

test('several places of one line are found one by one in both directions', () => {
  const engine = engineWith('aXaaXa');
  const last = search(engine, 'X').match!;
  expect(last.from).toEqual(at(0, 4));
  expect(search(engine, 'X', 'up', last.from).match!.from).toEqual(at(0, 1));
  expect(search(engine, 'X', 'down', at(0, 1)).match!.from).toEqual(at(0, 4));
  expect(search(engine, 'X', 'down', at(0, 4)).match).toBeNull();
});

test('small letters find both cases, a capital finds itself only', () => {
  const engine = engineWith('Error\nerror');
  expect(search(engine, 'error').match!.from.line).toBe(1);
  expect(search(engine, 'error', 'up', at(1, 0)).match!.from.line).toBe(0);
  expect(search(engine, 'Error').match!.from.line).toBe(0);
  expect(search(engine, 'ERROR').match).toBeNull();
});

test('a text that goes on in the next line is found, and places are cells', () => {
  const engine = engineWith('0123456789012345necessary words');
  expect(search(engine, 'necessary').match).toEqual({ from: at(0, 16), to: at(1, 4) });
  expect(search(engine, 'words').match).toEqual({ from: at(1, 6), to: at(1, 10) });
});

test('wide characters and emoji count as the cells they take', () => {
  const engine = engineWith('日本語 and 🙂 here');
  expect(search(engine, 'and').match).toEqual({ from: at(0, 7), to: at(0, 9) });
  expect(search(engine, '本').match).toEqual({ from: at(0, 2), to: at(0, 3) });
  expect(search(engine, '🙂').match).toEqual({ from: at(0, 11), to: at(0, 12) });
  expect(search(engine, 'here').match).toEqual({ from: at(0, 14), to: at(0, 17) });
});

test('letters whose small form is longer do not move what comes after them', () => {
  const engine = engineWith('İİİ needle');
  expect(search(engine, 'needle').match!.from).toEqual(at(0, 4));
});

test('a search that reaches its limit says where to go on, and loses nothing there', () => {
  const engine = engineWith(`needle\n${'straw\n'.repeat(300)}`);
  let [start, steps]: [{ line: number; col: number } | null, number] = [null, 0];
  for (;;) {
    const { match, next }: SearchStep = search(engine, 'needle', 'up', start, 7);
    steps++;
    if (next === null) {
      expect(match!.from).toEqual(at(0, 0));
      break;
    }
    start = next;
  }
  expect(steps).toBeGreaterThan(30);
});

test('the places in a row of cells are columns', () => {
  const grid = new Grid(24, 1, new CellTable());
  grid.text(0, 0, 'Test 日本 test');
  expect(matchesInRow(grid.words, 'test', (id) => grid.cluster(id))).toEqual([
    [0, 4],
    [10, 14],
  ]);
  expect(matchesInRow(grid.words, 'Test', (id) => grid.cluster(id))).toEqual([[0, 4]]);
  expect(matchesInRow(grid.words, '本', (id) => grid.cluster(id))).toEqual([[7, 9]]);
  expect(matchesInRow(grid.words, '', (id) => grid.cluster(id))).toEqual([]);
});
