import { describe, expect, test } from 'vitest';
import { randomFrom, randomPieces } from '../../test/support/vt-streams.ts';
import { CellWords, Content } from './cell.ts';
import { CellTable } from './cell-table.ts';
import { cellsFromText, Grid } from './grid.ts';
import { sanitize, sanitizeLines } from './sanitize.ts';
import { fit as fitWidth, textWidth, truncate } from './width.ts';

/** No row holds half of a wide character. */
function expectWhole(grid: Grid): void {
  for (let y = 0; y < grid.rows; y++) {
    for (let x = 0; x < grid.cols; x++) {
      const width = (at: number): number => grid.words[(y * grid.cols + at) * CellWords]! >>> Content.widthShift;
      if (width(x) === 2) expect([x + 1 < grid.cols, width(x + 1)]).toEqual([true, 0]);
      if (width(x) === 0) expect([x > 0, width(x - 1)]).toEqual([true, 2]);
    }
  }
}

describe('a grid', () => {
  test('holds text, wide characters and clusters', () => {
    const grid = new Grid(10, 2, new CellTable());
    expect(grid.text(1, 0, 'a🚀e\u0301', 1, 2)).toBe(4);
    expect(grid.rowText(0)).toBe(' a🚀e\u0301');
    expect([...grid.words.subarray(4, 8)]).toEqual([0x400061, 1, 2, 0]);
    expect(grid.textAt(4, 0)).toBe('e\u0301');
    grid.fill(3, 0, 1, 1);
    expect(grid.rowText(0)).toBe(' a  e\u0301');
  });

  test('is never written outside of itself and never holds half a character', () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = randomFrom(seed);
      const table = new CellTable();
      const grid = new Grid(3 + random(20), 1 + random(5), table);
      const other = new Grid(3 + random(20), 1 + random(5), table);
      for (const piece of randomPieces(seed, 30, 20, 5)) {
        const [x, y] = [random(30) - 5, random(8) - 2];
        grid.text(x, y, piece);
        other.text(y, 0, piece, 1, 1);
        if (random(3) === 0) grid.fill(x, y, random(10), random(4), 1, 1);
        if (random(3) === 0) grid.blit(other, random(8) - 3, random(4) - 1, random(20), random(6), x, y);
        expectWhole(grid);
        expectWhole(other);
      }
    }
  });

  test('knows which rows were written', () => {
    const table = new CellTable();
    const grid = new Grid(8, 6, table);
    const changed = (): number[] => [0, 1, 2, 3, 4, 5].filter((row) => grid.isChanged(row));
    const written = (write: () => unknown): number[] => {
      grid.settle();
      write();
      return changed();
    };
    expect(changed()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(written(() => undefined)).toEqual([]);
    expect(written(() => grid.text(0, 1, 'a'))).toEqual([1]);
    expect(written(() => grid.fill(0, 2, 3, 2))).toEqual([2, 3]);
    expect(written(() => grid.restyle(0, 4, 3, () => [1, 1]))).toEqual([4]);
    expect(written(() => grid.write(5, 2, new Uint32Array(CellWords)))).toEqual([5]);
    expect(written(() => grid.blitRow(cellsFromText('x', 0, 0, table), 0, 1, 0, 3))).toEqual([3]);
    const other = new Grid(8, 6, table);
    expect(written(() => grid.blit(other, 0, 1, 8, 2, 0, 3))).toEqual([3, 4]);
    other.settle();
    other.text(0, 2, 'b');
    expect(written(() => grid.blit(other, 0, 1, 8, 2, 0, 3, true))).toEqual([4]);
    expect(written(() => grid.resize(8, 6))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(written(() => grid.clear())).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('is blank after a resize', () => {
    const grid = new Grid(4, 1, new CellTable());
    grid.text(0, 0, 'abcd');
    grid.resize(6, 2);
    expect([grid.cols, grid.rows, grid.rowText(0)]).toEqual([6, 2, '']);
  });

  test('rows of cells made once can be drawn many times', () => {
    const table = new CellTable();
    const grid = new Grid(6, 1, table);
    grid.blitRow(cellsFromText('x🚀y', 1, 2, table), 1, 3, 2, 0);
    expect(grid.rowText(0)).toBe('  🚀y');
  });
});

describe('text', () => {
  test('is measured, cut and padded by columns', () => {
    expect(textWidth('日本👩‍👩‍👧e\u0301')).toBe(7);
    expect(truncate('日本語', 5)).toBe('日本…');
    expect(truncate('日本語', 4)).toBe('日…');
    expect(truncate('abc', 3)).toBe('abc');
    expect(truncate('abc', 0)).toBe('');
    expect([fitWidth('ab', 4), fitWidth('ab', 4, 'right'), fitWidth('ab', 5, 'center'), fitWidth('日本', 3)]).toEqual([
      'ab  ',
      '  ab',
      ' ab  ',
      '日…',
    ]);
  });

  test('from outside is freed of what would act on the terminal', () => {
    expect(sanitize('a\x1b[31mb\r\nc\u202ed\u009be\x07')).toBe('a[31mb cde');
    expect(sanitizeLines('a\tb\r\nc\x1b\n')).toBe('a    b\nc\n');
    expect(sanitize('x'.repeat(10), 3)).toBe('xxx');
  });
});
