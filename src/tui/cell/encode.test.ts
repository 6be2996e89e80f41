// The emitted stream is right when a second emulator, fed with it, shows the same cells.
import { describe, expect, test } from 'vitest';
import { loadXterm } from '../../../test/support/xterm/engine.ts';
import { type CellExtra, CellWords, ColorMode, ColorModeMask, Content } from '../../terminal/cell.ts';
import { CellTable } from '../../terminal/cell-table.ts';
import type { VtEngine, VtListener } from '../../terminal/engine.ts';
import { Grid } from '../../terminal/grid.ts';
import { type EncoderOptions, FrameEncoder, type FrameSource, fullEncoderOptions } from './encode.ts';
import type { CursorState } from './outer-cursor.ts';

const createEngine = await loadXterm();
const ignore = (): void => undefined;
const silent: VtListener = {
  reply: ignore,
  title: ignore,
  bell: ignore,
  notification: ignore,
  progress: ignore,
  programStatus: ignore,
  clipboard: ignore,
  osc: ignore,
};

const engineOf = (cols: number, rows: number): VtEngine =>
  createEngine({ cols, rows, scrollback: 0, listener: silent });
const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

function sourceOf(engine: VtEngine): FrameSource {
  const words = new Uint32Array(engine.cols * engine.rows * CellWords);
  for (let row = 0; row < engine.rows; row++) engine.readRow(row, words, row * engine.cols * CellWords);
  return {
    cols: engine.cols,
    rows: engine.rows,
    words,
    isChanged: () => true,
    settle: () => undefined,
    tableEpoch: engine.tableEpoch,
    cluster: (id) => engine.cluster(id),
    extra: (id) => engine.extra(id),
  };
}

/** Without what the emulator leaves in the unused bits of palette and default colours. */
function tidy(word: number): number {
  const mode = word & ColorModeMask;
  const unused = mode === ColorMode.rgb ? 0 : mode === ColorMode.default ? 0xffffff : 0xffff00;
  return (word & ~unused) >>> 0;
}

/** xterm.js holds white for no colour of its own; a single underline is what the flag in word 1 says already. */
function tidyExtra(extra: CellExtra | null): CellExtra | null {
  if (extra === null) return null;
  const underlineColor = extra.underlineColor === 0x3ffffff ? 0 : tidy(extra.underlineColor);
  const underline = extra.underline === 1 && underlineColor === 0 ? 0 : extra.underline;
  return underline === 0 && extra.url === '' ? null : { underline, underlineColor, url: extra.url };
}

function describeCells(source: FrameSource): string[] {
  const cells: string[] = [];
  for (let at = 0; at < source.words.length; at += CellWords) {
    const content = source.words[at] ?? 0;
    const width = (content & Content.widthMask) >>> Content.widthShift;
    const id = content & Content.codePointMask;
    const text = content & Content.cluster ? source.cluster(id) : id === 0 ? ' ' : String.fromCodePoint(id);
    const fg = tidy(source.words[at + 1] ?? 0);
    const bg = tidy(source.words[at + 2] ?? 0);
    const extra = tidyExtra(source.extra(source.words[at + 3] ?? 0));
    // Of a blank only the ground and its decorations can be seen; of a right half nothing but the left.
    if (width === 0) cells.push('right half');
    else if (text === ' ' && ((fg & 0x94000000) | (bg & 0x40000000)) === 0 && extra === null)
      cells.push(`blank ${((bg & 0x43ffffff) >>> 0).toString(16)}`);
    else
      cells.push(
        `${text} ${width} ${fg.toString(16)} ${bg.toString(16)} ${extra === null ? '' : JSON.stringify(extra)}`,
      );
  }
  return cells;
}

function wrong(shown: FrameSource, wanted: FrameSource): string[] {
  const a = describeCells(shown);
  const b = describeCells(wanted);
  return b.flatMap((cell, at) =>
    cell === a[at] ? [] : [`${at % wanted.cols},${Math.floor(at / wanted.cols)}: wanted ${cell}, shown ${a[at]}`],
  );
}

const hiddenCursor: CursorState = { x: 0, y: 0, visible: false, style: 0 };

/** A terminal that shows what the encoder says. */
function outerOf(cols: number, rows: number, options: EncoderOptions = fullEncoderOptions, setup = '\x1b[?7l') {
  const engine = engineOf(cols, rows);
  engine.feed(utf8(setup));
  const encoder = new FrameEncoder(options);
  return {
    engine,
    encoder,
    bytes: 0,
    show(source: FrameSource, cursor: CursorState = hiddenCursor): string[] {
      const frame = encoder.encode(source, cursor);
      if (frame) {
        this.bytes += frame.length;
        engine.feed(frame);
      }
      return wrong(sourceOf(engine), source);
    },
  };
}

function randomOf(start: number): (below: number) => number {
  let seed = start;
  return (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
}

const pick = <T>(random: (below: number) => number, list: readonly T[]): T => list[random(list.length)] as T;

const glyphs = [
  ...'abcXYZ 0123456789~!@#   ',
  ...'éüßñæ°±×÷',
  ...'─│┌┐└┘█▓░⠋⠙⠹',
  ...'日本語漢字かなカナ한글',
  'ｱｲｳ',
  '👨‍👩‍👧‍👦',
  '👍🏽',
  '🇩🇪',
  '🇩',
  '🚀',
  '🔥',
  '❤️',
  '❤',
  '☎︎',
  '⚠️',
  '✅',
  'e\u0301',
  'a\u0300\u0301\u0302\u0303',
  '\u0301',
  '\u200d',
  '𠮷',
  '𝔘',
  'क्षि',
  'ที่',
  'שלום',
  'ﷺ',
  '\u00ad',
  'ㅎㅏㄴ',
  'ᄒ',
  '①',
  '…',
  '✓',
  '●',
  '\u{1f3fb}',
  '\ufe0f',
];

function sgr(random: (below: number) => number): string {
  const rgb = (): string => `${random(256)};${random(256)};${random(256)}`;
  const codes = [
    '0',
    '1',
    '2',
    '3',
    '4',
    '4:2',
    '4:3',
    '4:4',
    '4:5',
    '5',
    '7',
    '8',
    '9',
    '21',
    '22',
    '23',
    '24',
    '25',
    '27',
    '28',
    '29',
    '53',
    '55',
    `3${random(8)}`,
    `9${random(8)}`,
    `4${random(8)}`,
    `10${random(8)}`,
    `38;5;${random(256)}`,
    `48;5;${random(256)}`,
    `38;2;${rgb()}`,
    `48;2;${rgb()}`,
    `58:2::${rgb().replaceAll(';', ':')}`,
    `58:5:${random(256)}`,
    '59',
    '39',
    '49',
  ];
  return `\x1b[${Array.from({ length: 1 + random(3) }, () => pick(random, codes)).join(';')}m`;
}

function torture(random: (below: number) => number, cols: number, rows: number): string {
  let text = '';
  for (let step = 0; step < 60; step++) {
    switch (random(9)) {
      case 0:
        text += `\x1b[${1 + random(rows)};${1 + random(cols)}H`;
        break;
      case 1:
      case 2:
        text += sgr(random);
        break;
      case 3:
        text += pick(random, [
          '\x1b[K',
          '\x1b[1K',
          '\x1b[J',
          `\x1b[${1 + random(9)}X`,
          `\x1b[${1 + random(4)}P`,
          `\x1b[${1 + random(4)}@`,
        ]);
        break;
      case 4:
        text += pick(random, ['\r\n', '\n', `\x1b[${1 + random(3)}L`, `\x1b[${1 + random(3)}M`, '\x1b[S', '\x1b[T']);
        break;
      case 5:
        text += `\x1b]8;;${pick(random, ['', '', 'https://example.test/a', 'https://example.test/b?c=d'])}\x1b\\`;
        break;
      default:
        for (let count = random(8); count >= 0; count--) text += pick(random, glyphs);
    }
  }
  return text;
}

describe('what the outer terminal shows', () => {
  test('scrolling text, frame by frame', () => {
    const pane = engineOf(80, 24);
    const outer = outerOf(80, 24);
    for (let frame = 0; frame < 60; frame++) {
      for (let line = 0; line < 3; line++) {
        pane.feed(
          utf8(
            `\r\n\x1b[3${(frame + line) % 8}mstep ${frame}.${line}\x1b[0m ${'lorem ipsum '.repeat((frame * 7 + line) % 6)}`,
          ),
        );
      }
      expect(outer.show(sourceOf(pane))).toEqual([]);
    }
  });

  test('every cell in its own 24-bit colours', () => {
    const pane = engineOf(80, 24);
    const outer = outerOf(80, 24);
    const random = randomOf(3);
    for (let frame = 0; frame < 6; frame++) {
      let text = '\x1b[H';
      for (let cell = 0; cell < 80 * 24; cell++) {
        text += `\x1b[38;2;${random(256)};${random(256)};${random(256)};48;2;${random(256)};${random(256)};${random(256)}m${String.fromCharCode(33 + random(90))}`;
      }
      pane.feed(utf8(text));
      expect(outer.show(sourceOf(pane))).toEqual([]);
    }
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('random unicode, colours, links and edits (%i)', (seed) => {
    const random = randomOf(seed * 7919);
    const cols = 40 + random(60);
    const rows = 5 + random(25);
    const pane = engineOf(cols, rows);
    const outer = outerOf(cols, rows);
    for (let frame = 0; frame < 40; frame++) {
      pane.feed(utf8(torture(random, cols, rows)));
      expect(outer.show(sourceOf(pane)), `frame ${frame}`).toEqual([]);
    }
  });

  test.each([11, 12])('a terminal that still wraps at the last column (%i)', (seed) => {
    const random = randomOf(seed);
    const pane = engineOf(30, 8);
    const outer = outerOf(30, 8, fullEncoderOptions, '');
    for (let frame = 0; frame < 40; frame++) {
      pane.feed(utf8(torture(random, 30, 8)));
      expect(outer.show(sourceOf(pane)), `frame ${frame}`).toEqual([]);
    }
  });

  test('a window that changes its size in a storm', () => {
    const random = randomOf(99);
    const pane = engineOf(80, 24);
    const outer = outerOf(80, 24);
    for (let frame = 0; frame < 40; frame++) {
      const cols = 20 + random(120);
      const rows = 5 + random(40);
      pane.resize(cols, rows);
      outer.engine.resize(cols, rows);
      pane.feed(utf8(torture(random, cols, rows)));
      expect(outer.show(sourceOf(pane)), `frame ${frame}`).toEqual([]);
    }
  });

  test('after foreign output and invalidate everything is right again', () => {
    const pane = engineOf(60, 10);
    const outer = outerOf(60, 10);
    pane.feed(utf8('one\r\n日本語\r\n\x1b[44mblue\x1b[K'));
    outer.show(sourceOf(pane));
    outer.engine.feed(utf8('\x1b[5;5H\x1b[1;31mgarbage 日本\x1b]8;;http://x.test\x1b\\'));
    outer.encoder.invalidate();
    expect(outer.show(sourceOf(pane))).toEqual([]);
  });

  test('a terminal without erase in colour, 2026, links and styled underlines gets neither', () => {
    const plain = {
      ...fullEncoderOptions,
      synchronized: false,
      hyperlinks: false,
      styledUnderlines: false,
      backColorErase: false,
    };
    const pane = engineOf(60, 4);
    const encoder = new FrameEncoder(plain);
    pane.feed(utf8('\x1b[44mblue\x1b[K\x1b[0m\r\n\x1b]8;;http://x.test\x1b\\\x1b[4:3mlink\x1b[0m'));
    const text = new TextDecoder().decode(encoder.encode(sourceOf(pane), hiddenCursor) ?? new Uint8Array());
    expect(text).not.toContain('?2026');
    expect(text).not.toContain('\x1b]8');
    expect(text).not.toContain('4:3');
    const outer = engineOf(60, 4);
    outer.feed(utf8(text));
    expect(describeCells(sourceOf(outer)).slice(0, 60)).toEqual(describeCells(sourceOf(pane)).slice(0, 60));
    expect(text).toMatch(/44mblue {56}/);
  });

  test.each([
    ['256', /38;2/],
    ['16', /38;|48;/],
    ['none', /\x1b\[[\d;]*(?:3[0-79]|4[0-79]|38|48)[\d;]*m/],
  ] as const)('with %s colours none beyond is sent', (colors, forbidden) => {
    const pane = engineOf(60, 4);
    pane.feed(utf8('\x1b[38;2;200;30;40;48;5;17mred\x1b[0;1;7mbold'));
    const encoder = new FrameEncoder({ ...fullEncoderOptions, colors });
    const text = new TextDecoder().decode(encoder.encode(sourceOf(pane), hiddenCursor) ?? new Uint8Array());
    expect(text).not.toMatch(forbidden);
    expect(text).toContain('bold');
    expect(text).toMatch(/1;7m|1m|7m/);
  });
});

describe('the cost', () => {
  test('an unchanged screen costs nothing', () => {
    const pane = engineOf(80, 24);
    pane.feed(utf8('hello \x1b[31m日本🚀'));
    const encoder = new FrameEncoder();
    const cursor = { x: 3, y: 0, visible: true, style: 0 };
    encoder.encode(sourceOf(pane), cursor);
    expect(encoder.encode(sourceOf(pane), cursor)).toBeNull();
    expect(new TextDecoder().decode(encoder.encode(sourceOf(pane), { ...cursor, x: 5 }) ?? undefined)).toBe('\x1b[2C');
  });

  test('one typed character costs that character and the frame marks', () => {
    const pane = engineOf(80, 24);
    pane.feed(utf8('hello'));
    const encoder = new FrameEncoder();
    encoder.encode(sourceOf(pane), { x: 5, y: 0, visible: true, style: 0 });
    pane.feed(utf8('!'));
    const frame = encoder.encode(sourceOf(pane), { x: 6, y: 0, visible: true, style: 0 });
    expect(new TextDecoder().decode(frame ?? undefined)).toBe('\x1b[?2026h!\x1b[?2026l');
  });

  test('a screen of blanks is erased, not written', () => {
    const pane = engineOf(80, 24);
    pane.feed(utf8('\x1b[44m\x1b[2J'));
    const frame = new FrameEncoder().encode(sourceOf(pane), hiddenCursor);
    expect(frame?.length).toBeLessThan(24 * 8 + 60);
  });
});

describe('the cursor', () => {
  test('stands where it should, with its shape', () => {
    const pane = engineOf(40, 5);
    const outer = outerOf(40, 5);
    pane.feed(utf8('some text'));
    outer.show(sourceOf(pane), { x: 12, y: 3, visible: true, style: 5 });
    expect([outer.engine.cursorX, outer.engine.cursorY]).toEqual([12, 3]);
    outer.show(sourceOf(pane), { x: 0, y: 4, visible: true, style: 5 });
    expect([outer.engine.cursorX, outer.engine.cursorY]).toEqual([0, 4]);
  });

  test('outside the window it is hidden', () => {
    const encoder = new FrameEncoder();
    const source = sourceOf(engineOf(40, 5));
    const frame = new TextDecoder().decode(
      encoder.encode(source, { x: 50, y: 0, visible: true, style: 0 }) ?? undefined,
    );
    expect(frame).toContain('\x1b[?25l');
    expect(frame).not.toContain('\x1b[?25h');
  });
});

describe('what cells cannot smuggle out', () => {
  const forge = (content: number, extra: CellExtra | null = null, cluster = ''): string => {
    const words = new Uint32Array(4 * CellWords).fill(0);
    for (let cell = 0; cell < 4; cell++) words[cell * CellWords] = (1 << Content.widthShift) | 0x61;
    words[0] = content;
    words[3] = extra === null ? 0 : 1;
    const grid = { cols: 4, rows: 1, words, isChanged: () => true, settle: () => undefined, tableEpoch: 1 };
    const source = { ...grid, cluster: () => cluster, extra: () => extra };
    return new TextDecoder().decode(new FrameEncoder().encode(source, hiddenCursor) ?? undefined);
  };
  const narrow = 1 << Content.widthShift;

  test('control characters, alone or in a cluster', () => {
    for (const control of [0x07, 0x0e, 0x1b, 0x7f, 0x9b]) {
      expect(forge(narrow | control)).not.toContain(`${String.fromCharCode(control)}a`);
    }
    expect(forge(narrow | Content.cluster | 1, null, 'a\x1b]0;title\x07')).not.toContain('title');
  });

  test('links that would end the sequence or start a program', () => {
    const link = (url: string): string => forge(narrow | 0x61, { underline: 0, underlineColor: 0, url });
    expect(link('https://example.test/')).toContain('https://example.test/');
    for (const url of [
      'https://x.test/\x1b\\\x1b]52;c;AAAA',
      'javascript:alert(1)',
      'https://x.test/a b',
      'https://ｘ.test/',
      `https://x.test/${'a'.repeat(3000)}`,
    ]) {
      expect(link(url)).not.toContain(']8;id');
    }
  });
});

describe('rows that were not written', () => {
  const read = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? undefined);

  test('are not looked at, until what the terminal shows is forgotten', () => {
    const grid = new Grid(10, 3, new CellTable());
    const encoder = new FrameEncoder();
    grid.text(0, 0, 'first');
    expect(read(encoder.encode(grid, hiddenCursor))).toContain('first');
    // Behind the grid's back: it would be seen if the row were compared.
    grid.words[0] = (1 << Content.widthShift) | 0x46;
    grid.text(0, 2, 'third');
    const second = read(encoder.encode(grid, hiddenCursor));
    expect(second).toContain('third');
    expect(second).not.toContain('F');
    expect(encoder.encode(grid, hiddenCursor)).toBeNull();
    encoder.invalidate();
    expect(read(encoder.encode(grid, hiddenCursor))).toMatch(/First.*third/s);
  });
});
