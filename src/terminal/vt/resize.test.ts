import { describe, expect, test } from 'vitest';
import { randomFrom, randomPieces, recordingListener } from '../../../test/support/vt-streams.ts';
import { CellWords, Content } from '../cell.ts';
import type { VtEngine } from '../engine.ts';
import { createVtEngine } from './vt-engine.ts';

function open(cols: number, rows: number, scrollback = 100): { vt: VtEngine; feed(text: string): void } {
  const vt = createVtEngine({ cols, rows, scrollback, listener: recordingListener().listener });
  return { vt, feed: (text) => vt.feed(new TextEncoder().encode(text)) };
}

/** History and screen, without the empty rows at the end. */
function text(vt: VtEngine): string[] {
  const lines = [...vt.historyText(0, vt.history), ...vt.screenText()];
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

describe('the normal screen', () => {
  test('lines that wrapped are joined and cut anew, and the cursor stays at its character', () => {
    const { vt, feed } = open(10, 4);
    feed('abcdefghijklmno\r\nsecond');
    vt.resize(6, 4);
    expect(text(vt)).toEqual(['abcdef', 'ghijkl', 'mno', 'second']);
    vt.resize(20, 4);
    expect(text(vt)).toEqual(['abcdefghijklmno', 'second']);
    expect([vt.cursorX, vt.cursorY]).toEqual([6, 1]);
    feed('!');
    expect(text(vt)).toEqual(['abcdefghijklmno', 'second!']);
  });

  test('made narrow and wide again shows what it showed', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomFrom(seed);
      const cols = 12 + random(30);
      const rows = 3 + random(8);
      const { vt, feed } = open(cols, rows, 10_000);
      const printed = randomPieces(seed, 120, cols, rows).filter(
        (piece) => !/[\x1b\b\t]/.test(piece.replace(/\x1b\[[\d;:]*m/g, '')),
      );
      feed(printed.join('').replace(/(?<!\r)\n|\r(?!\n)/g, ''));
      const before = text(vt);
      const cursor = [vt.cursorX, before.length];
      for (let i = 0; i < 4; i++) vt.resize(3 + random(60), 2 + random(12));
      vt.resize(cols, rows);
      expect(text(vt), `seed ${seed} ${cols}x${rows}`).toEqual(before);
      expect([vt.cursorX, text(vt).length]).toEqual(cursor);
    }
  });

  test('rows that no longer fit go into history, and come back when there is room at the bottom', () => {
    const { vt, feed } = open(10, 6);
    feed('1\r\n2\r\n3\r\n4\r\n5\r\n6');
    vt.resize(10, 3);
    expect([vt.screenText(), vt.history, vt.cursorY]).toEqual([['4', '5', '6'], 3, 2]);
    vt.resize(10, 6);
    expect([vt.screenText(), vt.history, vt.cursorY]).toEqual([['1', '2', '3', '4', '5', '6'], 0, 5]);
  });

  test('a screen that was cleared does not pull its history down', () => {
    const { vt, feed } = open(10, 3);
    feed('1\r\n2\r\n3\r\n4\r\n\x1b[2J\x1b[Hprompt');
    vt.resize(10, 8);
    expect([vt.screenText()[0], vt.cursorY, vt.history]).toEqual(['prompt', 0, 2]);
    vt.resize(30, 8);
    expect([vt.screenText()[0], vt.cursorY]).toEqual(['prompt', 0]);
  });

  test('empty rows below the cursor are given up first, then rows above it', () => {
    const { vt, feed } = open(10, 6);
    feed('1\r\n2\r\n3\r\n4\x1b[2;1H');
    vt.resize(10, 4);
    expect([vt.screenText(), vt.history, vt.cursorY]).toEqual([['1', '2', '3', '4'], 0, 1]);
    vt.resize(10, 2);
    expect([vt.screenText(), vt.history, vt.cursorY]).toEqual([['2', '3'], 1, 0]);
  });

  test('no wide character is cut in half', () => {
    const { vt, feed } = open(9, 3);
    feed('日本語日本語');
    for (const cols of [5, 3, 2, 7, 8, 12]) {
      vt.resize(cols, 12);
      expect(text(vt).join('')).toBe('日本語日本語');
      const words = new Uint32Array(cols * CellWords);
      for (let y = 0; y < 12; y++) {
        vt.readRow(y, words, 0);
        for (let x = 0; x < cols; x++) {
          const width = (words[x * CellWords]! & Content.widthMask) >>> Content.widthShift;
          if (width === 2) expect((words[(x + 1) * CellWords]! & Content.widthMask) >>> Content.widthShift).toBe(0);
          if (width === 0) expect((words[(x - 1) * CellWords]! & Content.widthMask) >>> Content.widthShift).toBe(2);
        }
      }
    }
  });

  test('a saved cursor moves with the text it was saved in', () => {
    const { vt, feed } = open(10, 4);
    feed('0123456789abc\r\n\x1b7tail');
    vt.resize(5, 4);
    feed('\x1b8X');
    expect(text(vt)).toEqual(['01234', '56789', 'abc', 'Xail']);
  });

  test('the scroll region is the whole screen again, and new columns have tab stops', () => {
    const { vt, feed } = open(10, 4);
    feed('\x1b[2;3r\x1b[3g\x1b[5G\x1bH');
    vt.resize(30, 6);
    feed('\x1b[6;1H\r\n\x1b[1;1H\t\t');
    expect(vt.cursorX).toBe(16);
    expect(vt.scrolled).toBe(1);
  });

  test('history beyond the limit is dropped, oldest first', () => {
    const { vt, feed } = open(20, 3, 4);
    for (let i = 0; i < 10; i++) feed(`line number ${i} end\r\n`);
    vt.resize(6, 3);
    expect(vt.history).toBe(4);
    expect(text(vt).slice(-3)).toEqual(['line n', 'umber ', '9 end'].map((part) => part.trimEnd()));
  });
});

describe('the alternate screen', () => {
  test('is cut and padded, and the normal one behind it is cut anew', () => {
    const { vt, feed } = open(10, 4);
    feed('0123456789abc\r\n$ \x1b[?1049h\x1b[Hfullscreen\x1b[2;1Hrow two\x1b[3;1Hthree');
    vt.resize(6, 3);
    expect(vt.screenText()).toEqual(['fullsc', 'row tw', 'three']);
    feed('\x1b[?1049l!');
    expect(text(vt)).toEqual(['012345', '6789ab', 'c', '$ !']);
  });

  test('keeps the row of the cursor', () => {
    const { vt, feed } = open(10, 6);
    feed('\x1b[?1049h1\r\n2\r\n3\r\n4\r\n5\r\n6');
    vt.resize(10, 3);
    expect([vt.screenText(), vt.cursorY, vt.history]).toEqual([['4', '5', '6'], 2, 0]);
  });
});

test('any sizes in any order leave a usable terminal', () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = randomFrom(seed + 31);
    const { vt, feed } = open(1 + random(50), 1 + random(20), random(2) * 40);
    for (const piece of randomPieces(seed, 80, 30, 8)) {
      feed(piece);
      if (random(4) === 0) vt.resize(random(60), random(20));
      expect(vt.cursorX).toBeLessThan(vt.cols);
      expect(vt.cursorY).toBeLessThan(vt.rows);
    }
    feed('\x1bcok');
    expect(vt.screenText()[0]).toBe('ok');
  }
});
