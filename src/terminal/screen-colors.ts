// Colours of a screen's cells, for who reads its text: some programs tell by colour alone which choice is selected.
import { CellWords, ColorMask, ColorModeMask } from './cell.ts';
import type { VtEngine } from './engine.ts';

/** Words as in cell.ts, mode and colour only: 0 is the terminal's own colour, and that of every place off the screen. */
export interface ScreenColors {
  foreground(row: number, column: number): number;
  background(row: number, column: number): number;
}

/** Of the screen as it is now. Only rows that are asked for are read. */
export function screenColors(engine: Pick<VtEngine, 'cols' | 'rows' | 'readRow'>): ScreenColors {
  const read = new Map<number, Uint32Array>();
  const word = (row: number, column: number, which: number): number => {
    if (row < 0 || row >= engine.rows || column < 0 || column >= engine.cols) return 0;
    let words = read.get(row);
    if (words === undefined) {
      words = new Uint32Array(engine.cols * CellWords);
      engine.readRow(row, words, 0);
      read.set(row, words);
    }
    return (words[column * CellWords + which] ?? 0) & (ColorModeMask | ColorMask);
  };
  return {
    foreground: (row, column) => word(row, column, 1),
    background: (row, column) => word(row, column, 2),
  };
}

/** Of a screen whose colours are not known. */
export const noColors: ScreenColors = { foreground: () => 0, background: () => 0 };
