// A grid as text that people can read and compare: the characters, then the looks as runs.
import { CellWords } from '../../src/terminal/cell.ts';
import { CellTable } from '../../src/terminal/cell-table.ts';
import { Grid } from '../../src/terminal/grid.ts';
import { drawApp } from '../../src/tui/screens/draw.ts';
import type { AppState } from '../../src/tui/state/app-state.ts';
import { loadTheme } from '../../src/tui/theme/theme.ts';
import { Canvas } from '../../src/tui/widgets/canvas.ts';
import { keymap, paneSource } from './fixture.ts';

export function draw(state: AppState, theme = 'dark', colors = true): Canvas {
  const table = new CellTable();
  const grid = new Grid(state.size.cols, state.size.rows, table);
  const canvas = new Canvas(grid, loadTheme(theme, { colors }));
  drawApp(canvas, state, paneSource(state, table), keymap);
  return canvas;
}

export function textLines(grid: Grid): string[] {
  return Array.from({ length: grid.rows }, (_, row) => grid.rowText(row));
}

/** One line per row: `12a 3b` means twelve cells of look a, three of b; the looks follow. */
export function styleRuns(grid: Grid): string[] {
  const names = new Map<string, string>();
  const rows: string[] = [];
  for (let row = 0; row < grid.rows; row++) {
    const runs: Array<{ name: string; length: number }> = [];
    for (let col = 0; col < grid.cols; col++) {
      const at = (row * grid.cols + col) * CellWords;
      const look = `${hex(grid.words[at + 1])} ${hex(grid.words[at + 2])}`;
      const name = names.get(look) ?? nameOf(names.size);
      names.set(look, name);
      const last = runs.at(-1);
      if (last?.name === name) last.length++;
      else runs.push({ name, length: 1 });
    }
    rows.push(runs.map((run) => `${run.length}${run.name}`).join(' '));
  }
  return [...rows, ...[...names].map(([look, name]) => `${name} = ${look}`)];
}

function hex(word: number | undefined): string {
  return (word ?? 0).toString(16).padStart(8, '0');
}

function nameOf(index: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  return (letters[index % 26] ?? 'a') + (index >= 26 ? String(Math.floor(index / 26)) : '');
}
