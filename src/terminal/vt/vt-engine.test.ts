import { describe, expect, test } from 'vitest';
import { randomFrom, randomPieces, recordingListener } from '../../../test/support/vt-streams.ts';
import { CellWords, Content, UnderlineStyle } from '../cell.ts';
import { PaneMode, type VtEngine } from '../engine.ts';
import { textWidth } from '../width.ts';
import { createVtEngine } from './vt-engine.ts';

const encoder = new TextEncoder();

function open(cols = 40, rows = 6, scrollback = 100): { vt: VtEngine; said: unknown[][]; feed(text: string): void } {
  const { said, listener } = recordingListener();
  const vt = createVtEngine({ cols, rows, scrollback, listener });
  return { vt, said, feed: (text) => vt.feed(encoder.encode(text)) };
}

function row(vt: VtEngine, y: number): Uint32Array {
  const words = new Uint32Array(vt.cols * CellWords);
  vt.readRow(y, words, 0);
  return words;
}

interface Shown {
  cells: string[];
  state: unknown;
}

/** All that can be seen of a terminal; a blank and a space look the same. */
function shown(vt: VtEngine): Shown {
  const cells: string[] = [];
  const read = (words: Uint32Array, name: string): void => {
    for (let at = 0; at < words.length; at += CellWords) {
      const content = words[at]!;
      const id = content & Content.codePointMask;
      const text = content & Content.cluster ? vt.cluster(id) : String.fromCodePoint(id || 0x20);
      const look = `${words[at + 1]} ${words[at + 2]} ${JSON.stringify(vt.extra(words[at + 3]!))}`;
      cells.push(`${name} ${at / CellWords}: ${text} ${content >>> Content.widthShift} ${look}`);
    }
  };
  for (let y = 0; y < vt.rows; y++) read(row(vt, y), `row ${y}`);
  for (let line = 0; line < vt.history; line++) {
    const words = new Uint32Array(vt.cols * CellWords);
    vt.readHistory(line, words, 0);
    read(words, `line ${line}`);
  }
  return { cells, state: [vt.cursorX, vt.cursorY, vt.modes & ~PaneMode.synchronized, vt.history] };
}

describe('drawing', () => {
  test('text, colours, wide characters and clusters are read as cells', () => {
    const { vt, feed } = open(10, 2);
    feed('a\x1b[1;38;2;1;2;3;44mb🚀\x1b[me\u0301');
    const words = row(vt, 0);
    expect(words[0]).toBe(0x61 | (1 << Content.widthShift));
    expect([words[5], words[6]]).toEqual([0x08000000 | 0x3010203, 0x1000004]);
    expect([words[8], words[12]]).toEqual([0x1f680 | (2 << Content.widthShift), 0]);
    expect(vt.cluster(words[16]! & Content.codePointMask)).toBe('e\u0301');
    expect(vt.screenText()).toEqual(['ab🚀e\u0301', '']);
  });

  test('underline styles, their colour and links are read as extras', () => {
    const { vt, feed } = open(10, 1);
    feed('\x1b[4:3;58;5;9ma\x1b[59mb\x1b[m\x1b]8;id=x;https://example.org/?a=1;b\x1b\\c\x1b]8;;\x1b\\d\x1b[4me');
    const extras = [0, 1, 2, 3, 4].map((x) => vt.extra(row(vt, 0)[x * CellWords + 3]!));
    expect(extras).toEqual([
      { underline: UnderlineStyle.curly, underlineColor: 0x2000009, url: '' },
      { underline: UnderlineStyle.curly, underlineColor: 0, url: '' },
      { underline: 0, underlineColor: 0, url: 'https://example.org/?a=1;b' },
      null,
      null,
    ]);
  });

  test('a mark that stands alone is carried by a space, and what reorders text is a space', () => {
    const { vt, feed } = open(6, 1);
    feed('\u0301\x1b[3G\u202ex');
    const words = row(vt, 0);
    expect(vt.cluster(words[0]! & Content.codePointMask)).toBe(' \u0301');
    expect(words[2 * CellWords]! & Content.codePointMask).toBe(0x20);
  });

  test('plain text in pieces of any size draws the same screen', () => {
    for (let seed = 0; seed < 25; seed++) {
      const random = randomFrom(seed);
      const bytes = encoder.encode(randomPieces(seed, 200, 20, 5).join(''));
      const whole = open(20, 5);
      whole.vt.feed(bytes);
      const cut = open(20, 5);
      for (let at = 0; at < bytes.length; ) {
        const end = at + 1 + random(7);
        cut.vt.feed(bytes.subarray(at, end));
        at = end;
      }
      expect(shown(cut.vt)).toEqual(shown(whole.vt));
      expect(cut.vt.scrolled).toBe(whole.vt.scrolled);
    }
  });

  test('only changed rows are dirty, all of them after a resize or a switch of screens', () => {
    const { vt, feed } = open(20, 6);
    expect(vt.takeDirty()).toEqual({ first: 0, last: 5 });
    expect(vt.takeDirty()).toBeNull();
    feed('\x1b[3;1Hx');
    feed('\x1b[4;1Hx');
    expect(vt.takeDirty()).toEqual({ first: 2, last: 3 });
    feed('x');
    expect(vt.takeDirty()).toEqual({ first: 3, last: 3 });
    feed('\x1b[?1049h');
    expect(vt.takeDirty()).toEqual({ first: 0, last: 5 });
    vt.resize(10, 4);
    expect(vt.takeDirty()).toEqual({ first: 0, last: 3 });
  });

  test('history and the lines that ever scrolled are counted apart', () => {
    const { vt, feed } = open(10, 3, 5);
    for (let i = 0; i < 20; i++) feed(`${i}\r\n`);
    expect([vt.history, vt.scrolled]).toEqual([5, 18]);
    expect(vt.historyText(0, 2)).toEqual(['13', '14']);
    feed('\x1b[?1049h');
    expect(vt.history).toBe(0);
    feed('\x1b[?1049l\x1bc');
    expect([vt.history, vt.scrolled]).toEqual([0, 18]);
    feed('a\r\nb\r\nc\r\nd');
    expect(vt.scrolled).toBe(19);
  });

  test('an alternate screen shown after a shrink has no history', () => {
    const { vt, feed } = open(10, 12);
    vt.resize(10, 4);
    feed('\x1b[?1049h');
    for (let i = 0; i < 30; i++) feed(`${i}\r\n`);
    vt.resize(10, 8);
    feed('\x1b[H\x1bMtop');
    expect(vt.screenText().slice(0, 3)).toEqual(['top', '27', '28']);
  });
});

describe('the cursor', () => {
  test('after the last column waits for the next character, but not when it was saved there', () => {
    const { vt, feed } = open(5, 3);
    feed('abcde\x1b[mf');
    expect(vt.screenText()).toEqual(['abcde', 'f', '']);
    feed('\x1b[Habcde\x1b7\x1b[H\x1b8g');
    expect(vt.screenText()).toEqual(['abcdg', 'f', '']);
    feed('\x1b[Habcde\x1b[?1049h\x1b[H\x1b[?1049lh');
    expect(vt.screenText()).toEqual(['abcde', 'h', '']);
    feed('\x1b[1;5H\x1b[K\r\nend');
    expect(vt.screenText()).toEqual(['abcd', 'end', '']);
  });

  test('leaves the region by a relative movement of rows that is not CUD', () => {
    const { vt, feed } = open(5, 6);
    feed('\x1b[2;4r\x1b[H\x1b[9BA\x1b[H\x1b[9eB\x1b[2k\x1b[2jC');
    expect(vt.screenText()).toEqual(['', '', '', 'A', '', 'BC']);
  });

  test('after the last column nothing is to its right', () => {
    const { vt, feed } = open(5, 2);
    feed('abcde\x1b[K\x1b[J');
    expect(vt.screenText()).toEqual(['abcde', '']);
  });

  test('in origin mode stays in the region, and is told from its top', () => {
    const { vt, said, feed } = open(10, 6);
    feed('\x1b[2;4r\x1b[?6hA\x1b[9;1HB\x1b[9A\x1b[6n');
    expect(vt.screenText()).toEqual(['', 'A', '', 'B', '', '']);
    expect([vt.cursorX, vt.cursorY, said.at(-1)]).toEqual([1, 1, ['reply', '\x1b[1;2R']]);
  });

  test('without wrapping stays in the last column', () => {
    const { vt, feed } = open(4, 2);
    feed('\x1b[?7labcdef');
    expect(vt.screenText()).toEqual(['abcf', '']);
    feed('\r日本語');
    expect(vt.screenText()).toEqual(['日本', '']);
  });

  test('tab stops are the same on both screens', () => {
    const { vt, feed } = open(20, 2);
    feed('\x1b[3g\x1b[4G\x1bH\x1b[?1049h\r\t');
    expect(vt.cursorX).toBe(3);
  });
});

test('columns are scrolled only while the cursor is in the region', () => {
  const { vt, feed } = open(6, 3);
  feed('abc\r\nabc\r\nabc\x1b[2;3r\x1b[2 @\x1b[3 A');
  expect(vt.screenText()).toEqual(['abc', 'abc', 'abc']);
  feed('\x1b[3;1H\x1b[1 @');
  expect(vt.screenText()).toEqual(['abc', 'bc', 'bc']);
});

test('the blank of the line drawing set is a space', () => {
  const { vt, feed } = open(6, 1);
  feed('\x1b(0q_q');
  expect(vt.screenText()).toEqual(['─ ─']);
});

test('without history a change of height keeps the screen', () => {
  const { vt, feed } = open(10, 10, 0);
  for (const rows of [5, 10, 4, 8]) {
    for (let i = 0; i < 7; i++) feed(`${rows}.${i}\r\n`);
    vt.resize(10, rows);
    expect(vt.screenText().slice(0, 3)).toContain(rows === 8 ? '8.4' : `${rows}.4`);
  }
});

test('cells written under protection stay when the rest is erased', () => {
  const { vt, feed } = open(10, 2);
  feed('ab\x1b[1"qCD\x1b[0"qef\x1b[?2K');
  expect(vt.screenText()[0]).toBe('  CD');
  expect(row(vt, 0)[2 * CellWords + 2]).toBe(0);
  feed('\x1b[2K');
  expect(vt.screenText()[0]).toBe('');
});

test('thousands of looks and clusters are forgotten when no cell has them', () => {
  const { vt, feed } = open(10, 3, 20);
  for (let i = 0; i < 5000; i++) feed(`\x1b[38;2;${i >> 8};${i & 255};7mx\r\n`);
  const last = row(vt, 1);
  expect(last[1]).toBe(0x3000000 | (((4999 >> 8) << 16) | ((4999 & 255) << 8) | 7));
  for (let i = 0; i < 70_000; i++)
    feed(`\x1b[Ha${String.fromCodePoint(0x300 + (i % 0x70))}${String.fromCodePoint(0x300 + (i % 0x6f))}`);
  expect(vt.screenText()[0]).toMatch(/^a\u0300?/);
});

test('what stands on the screen keeps its look while thousands of others come and go', () => {
  const { vt, feed } = open(10, 3, 20);
  const color = (n: number): string => `38;2;${n >> 16};${(n >> 8) & 255};${n & 255}`;
  for (let column = 0; column < 10; column++) feed(`\x1b[1;${column + 1}H\x1b[${color(column + 1)}m${column}`);
  for (let i = 0; i < 20_000; i++) feed(`\x1b[2;1H\x1b[${color(100 + i)}mx`);
  const first = row(vt, 0);
  for (let column = 0; column < 10; column++) expect(first[column * CellWords + 1]).toBe(0x3000000 | (column + 1));
  expect(row(vt, 1)[1]).toBe(0x3000000 | 20_099);
});

describe('modes', () => {
  test('what keys and mouse depend on is told as bits', () => {
    const { vt, feed } = open();
    expect(vt.modes).toBe(0);
    feed('\x1b[?1h\x1b=\x1b[?2004h\x1b[?1004h\x1b[?25l\x1b[?1002h\x1b[?1006h\x1b[?2026h\x1b[5 q\x1b[>4;2m');
    expect(vt.modes).toBe(
      PaneMode.applicationCursor |
        PaneMode.applicationKeypad |
        PaneMode.bracketedPaste |
        PaneMode.focusEvents |
        PaneMode.cursorHidden |
        (3 << PaneMode.mouseShift) |
        PaneMode.mouseSgr |
        PaneMode.synchronized |
        (5 << PaneMode.cursorStyleShift) |
        PaneMode.modifyOtherKeys,
    );
    feed('\x1bc');
    expect(vt.modes).toBe(0);
  });

  test('kitty keyboard flags are a stack for each screen', () => {
    const { vt, said, feed } = open();
    const flags = (): number => (vt.modes & PaneMode.kittyMask) >> PaneMode.kittyShift;
    feed('\x1b[>1u\x1b[>5u');
    expect(flags()).toBe(5);
    feed('\x1b[?1049h');
    expect(flags()).toBe(0);
    feed('\x1b[=3u\x1b[=8;2u\x1b[=1;3u\x1b[?u');
    expect(flags()).toBe(10);
    feed('\x1b[?1049l\x1b[<u');
    expect(flags()).toBe(1);
    feed('\x1b[<99u\x1b[<u\x1b[?u');
    expect(said.map(([, text]) => text)).toEqual(['\x1b[?10u', '\x1b[?0u']);
    for (let i = 0; i < 1000; i++) feed('\x1b[>1u');
    expect(flags()).toBe(1);
  });
});

describe('what a program says', () => {
  test('reaches the listener in order, free of control characters', () => {
    const { said, feed } = open();
    feed('\x1b]2;one\x07\x07\x1b]0;two \x1b\\');
    feed(`\x1b]2;${'x'.repeat(1000)}\x07`);
    feed(
      '\x1b]9;done\u202e now\x07\x1b]9;4;1;50\x07\x1b]9;4;3\x07\x1b]777;notify;Claude;your turn\x07\x1b]99;i=1;hi\x1b\\',
    );
    feed(
      '\x1b]7501;state=working;tool=bash\x1b\\\x1b]7;file://h/tmp\x1b\\\x1b]52;c;aMOp\x07\x1b]52;c;?\x07\x1b]52;c;!!\x07',
    );
    expect(said).toEqual([
      ['title', 'one'],
      ['bell'],
      ['title', 'two '],
      ['title', 'x'.repeat(256)],
      ['notification', 'done now'],
      ['progress', 1, 50],
      ['progress', 3, 0],
      ['notification', 'Claude: your turn'],
      ['notification', 'hi'],
      ['programStatus', 'state=working;tool=bash'],
      ['osc', 7, 'file://h/tmp'],
      ['clipboard', 'hé'],
    ]);
  });

  test('is answered when it asks, in order', () => {
    const { said, feed } = open(80, 24);
    feed('\x1b]7501;?\x1b\\\x1b[c\x1b[>c\x1b[>q\x1b[5n\x1b[6n\x1b[?2026$p\x1b[?2027$p\x1b[?9999$p\x1b[18t\x1b[?996n');
    feed('\x1b]10;?\x07\x1b]11;?\x1b\\\x1b]4;1;?\x07\x1bP$q q\x1b\\\x1bP$qr\x1b\\\x1bP+q544e\x1b\\\x1b[?4m');
    expect(said.map(([, text]) => text)).toEqual([
      '\x1b]7501;?\x1b\\',
      '\x1b[?62;22;52c',
      '\x1b[>0;277;0c',
      '\x1bP>|sesame\x1b\\',
      '\x1b[0n',
      '\x1b[1;1R',
      '\x1b[?2026;2$y',
      '\x1b[?2027;3$y',
      '\x1b[?9999;0$y',
      '\x1b[8;24;80t',
      '\x1b[?997;1n',
      '\x1b]10;rgb:d4d4/d4d4/d4d4\x1b\\',
      '\x1b]11;rgb:1616/1818/1d1d\x1b\\',
      '\x1b]4;1;rgb:e0e0/6c6c/7575\x1b\\',
      '\x1bP1$r0 q\x1b\\',
      '\x1bP1$r1;24r\x1b\\',
      '\x1b[>4;0m',
    ]);
  });
});

describe('snapshots', () => {
  test('bring a fresh terminal to the same screen, cursor, modes and history', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = randomFrom(seed + 77);
      const cols = 2 + random(40);
      const rows = 2 + random(10);
      const { vt } = open(cols, rows);
      const trail: string[] = [];
      for (const piece of randomPieces(seed, 120, cols, rows)) {
        vt.feed(encoder.encode(piece));
        trail.push(piece);
        if (random(15) > 0) continue;
        const copy = open(cols, rows);
        copy.vt.feed(vt.snapshot(1000));
        try {
          expect(shown(copy.vt)).toEqual(shown(vt));
        } catch (error) {
          throw new Error(`seed ${seed} ${cols}x${rows} after ${JSON.stringify(trail.slice(-6))}`, { cause: error });
        }
        expect(copy.said).toEqual([]);
      }
    }
  });

  test('a terminal made from one goes on as the first one', () => {
    for (const state of [
      '\x1b[31;4:3m\x1b[2;4r\x1b[3;5H',
      '\x1b[?1049hfull\x1b[2;3H\x1b7\x1b[H',
      '\x1b(0\x1b[1m',
      '0123456789',
      '\x1b[3g\x1b[4G\x1bH\r',
      '\x1b[4h\x1b[?7l',
    ]) {
      const first = open(10, 5);
      first.feed(`one\r\ntwo\r\nthree\r\nfour\r\n${state}`);
      const second = open(10, 5);
      second.vt.feed(first.vt.snapshot(100));
      for (const { feed } of [first, second]) feed('\tqx\nabc\x1bM\x1b8z\x1b[?1049ly');
      expect(shown(second.vt)).toEqual(shown(first.vt));
    }
  });

  test('only the history asked for is in it', () => {
    const first = open(10, 3);
    for (let i = 0; i < 30; i++) first.feed(`${i}\r\n`);
    const second = open(10, 3);
    second.vt.feed(first.vt.snapshot(4));
    expect([second.vt.history, ...second.vt.historyText(0, 4)]).toEqual([4, '24', '25', '26', '27']);
  });
});

test('the width of a text is what it takes in a terminal', () => {
  for (let seed = 0; seed < 200; seed++) {
    const text = randomPieces(seed, 12, 200, 2)
      .filter((piece) => !/[\x00-\x1f]/.test(piece))
      .join('');
    const { vt, feed } = open(1000, 2);
    feed(text);
    expect(vt.cursorX).toBe(textWidth(text));
  }
});
