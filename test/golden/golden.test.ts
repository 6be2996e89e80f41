// Every screen in two sizes and three themes, compared with what is kept beside this file. UPDATE_GOLDEN=1 writes it anew;
// review the difference like code.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FgFlag } from '../../src/terminal/cell.ts';
import { draw, styleRuns, textLines } from './render.ts';
import { screensOf } from './screens.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'screens');
const sizes = [
  { cols: 80, rows: 24 },
  { cols: 200, rows: 50 },
];
const themes = ['dark', 'light', 'high-contrast'];

describe.each(sizes)('at $cols x $rows', (size) => {
  for (const [name, state] of Object.entries(screensOf(size))) {
    test(`${name} looks as agreed`, () => {
      const text = textLines(draw(state).grid);
      const styles = themes.flatMap((theme) => [`--- ${theme}`, ...styleRuns(draw(state, theme).grid)]);
      const actual = `${[...text, ...styles].join('\n')}\n`;
      const path = join(folder, `${name}.${size.cols}x${size.rows}.txt`);
      if (process.env['UPDATE_GOLDEN'] !== undefined) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(path, actual);
      }
      expect(actual).toBe(readFileSync(path, 'utf8'));
    });

    test(`${name} says the same without colour`, () => {
      const plain = draw(state, 'dark', false);
      expect(textLines(plain.grid)).toEqual(textLines(draw(state).grid));
    });
  }

  test('the selected pane and the waiting one can be told apart without colour', () => {
    const { grid } = draw(screensOf(size)['grid']!, 'dark', false);
    const row = Array.from({ length: grid.cols }, (_, col) => grid.words[(grid.cols + col) * 4 + 1]! & (FgFlag.inverse | FgFlag.bold));
    expect(row.some((look) => (look & FgFlag.inverse) !== 0)).toBe(true);
    expect(row.some((look) => look === 0)).toBe(true);
  });
});
