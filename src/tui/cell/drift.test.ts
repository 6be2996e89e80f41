// A terminal with older width tables must not shift a line: it may only show the disputed characters wrongly.
import { expect, test } from 'vitest';
import { CellTable } from '../../terminal/cell-table.ts';
import { Grid } from '../../terminal/grid.ts';
import { isWidthAgreed } from './agreed-width.ts';
import { FrameEncoder } from './encode.ts';

/** A terminal reduced to cursor movement, erasing and printing, with a width table of its own. */
class OddTerminal {
  readonly rows: string[][];
  #x = 0;
  #y = 0;
  readonly #width: (codePoint: number) => number;

  constructor(cols: number, rows: number, width: (codePoint: number) => number) {
    this.rows = Array.from({ length: rows }, () => Array.from({ length: cols }, () => ' '));
    this.#width = width;
  }

  feed(bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes);
    for (const part of text.matchAll(/\x1b\[([?\d;: ]*)([A-Za-z])|\x1b\][^\x1b]*\x1b\\|([\s\S])/gu)) {
      if (part[2] !== undefined) this.#csi(part[2], part[1] ?? '');
      else if (part[3] !== undefined) this.#character(part[3]);
    }
  }

  #csi(final: string, params: string): void {
    const [first = 0, second = 0] = params.split(';').map(Number);
    const row = this.rows[this.#y] as string[];
    if (final === 'H') [this.#y, this.#x] = [Math.max(1, first) - 1, Math.max(1, second) - 1];
    if (final === 'G') this.#x = Math.max(1, first) - 1;
    if (final === 'C') this.#x = Math.min(row.length - 1, this.#x + Math.max(1, first));
    if (final === 'B') this.#y += 1;
    if (final === 'K') row.fill(' ', this.#x);
    if (final === 'X') row.fill(' ', this.#x, this.#x + first);
  }

  #character(character: string): void {
    if (character === '\r') this.#x = 0;
    else if (character === '\n') this.#y += 1;
    else if (character === '\b') this.#x -= 1;
    else this.#print(character);
  }

  #print(character: string): void {
    const width = this.#width(character.codePointAt(0) ?? 0);
    const row = this.rows[this.#y] as string[];
    if (width === 0) return;
    // Printing over half of a wide character blanks the other half.
    if (row[this.#x] === '' && this.#x > 0) row[this.#x - 1] = ' ';
    this.#x = Math.min(this.#x, row.length - width);
    row[this.#x] = character;
    if (width === 2) row[this.#x + 1] = '';
    if (row[this.#x + width] === '') row[this.#x + width] = ' ';
    this.#x = Math.min(row.length - 1, this.#x + width);
  }
}

const isCjk = (point: number): boolean =>
  (point >= 0x3000 && point < 0xa000) || (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xff01 && point <= 0xff60);
const isMark = (point: number): boolean =>
  (point >= 0x300 && point < 0x370) || point === 0x200d || (point >= 0xfe00 && point <= 0xfe0f);

const tables: Record<string, (point: number) => number> = {
  'emoji are narrow': (point) => (isMark(point) ? 0 : isCjk(point) ? 2 : 1),
  'every emoji is wide, also within a family': (point) =>
    isMark(point)
      ? 0
      : isCjk(point) || point > 0x1f000 || (point >= 0x2600 && point < 0x27c0 && point !== 0x2713)
        ? 2
        : 1,
  'marks take a column': (point) => (isCjk(point) || point > 0x1f000 ? 2 : 1),
};

const glyphs = ['a', 'b', 'é', '日', '한', '│', '🚀', '👨‍👩‍👧', '❤️', '☎', '👍🏽', '🇩🇪', 'e\u0301', 'ﷺ', '①', ' '];

test.each(Object.keys(tables))('where %s, agreed characters stay in their columns', (name) => {
  const [cols, rows] = [60, 12];
  const table = new CellTable();
  const grid = new Grid(cols, rows, table);
  const terminal = new OddTerminal(cols, rows, tables[name] as (point: number) => number);
  const encoder = new FrameEncoder();
  const wrong: string[] = [];
  let seed = 5;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let frame = 0; frame < 60; frame++) {
    for (let edit = 0; edit < 10; edit++) {
      const text = Array.from({ length: 1 + random(12) }, () => glyphs[random(glyphs.length)]).join('');
      grid.text(random(cols), random(rows), text);
    }
    const bytes = encoder.encode(grid, { x: 0, y: 0, visible: false, style: 0 });
    if (bytes) terminal.feed(bytes);
    for (let y = 0; y < rows; y++) {
      const wanted = Array.from({ length: cols }, (_, x) => grid.textAt(x, y) || ' ');
      const disputed = wanted.map((text) => text.length > 1 || !isWidthAgreed(text.codePointAt(0) ?? 0));
      for (let x = 0; x < cols; x++) {
        const near = [-3, -2, -1, 0, 1, 2, 3].some((by) => disputed[x + by]);
        if (near || wanted[x] === ' ') continue;
        const shown = terminal.rows[y]?.[x];
        if (shown !== wanted[x]) wrong.push(`frame ${frame} at ${x},${y}: wanted ${wanted[x]}, shown ${shown}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});
