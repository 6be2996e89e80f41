// The outer terminal's current attributes, and the shortest SGR sequence from one set to another.
import { BgFlag, type CellExtra, ColorMask, ColorMode, ColorModeMask, FgFlag } from '../../terminal/cell.ts';
import { type ColorDepth, downsample } from '../out/downsample.ts';
import type { ByteWriter } from './byte-writer.ts';

const Attr = {
  bold: 1,
  dim: 2,
  italic: 4,
  blink: 8,
  inverse: 16,
  invisible: 32,
  strike: 64,
  overline: 128,
} as const;

interface PenState {
  foreground: number;
  background: number;
  attributes: number;
  /** UnderlineStyle. */
  underline: number;
  underlineColor: number;
}

export interface PenOptions {
  colors: ColorDepth;
  /** `4:3` and `58:...` are understood; else every underline is a plain one. */
  styledUnderlines: boolean;
}

const onOff: ReadonlyArray<readonly [flag: number, on: number, off: number]> = [
  [Attr.italic, 3, 23],
  [Attr.blink, 5, 25],
  [Attr.inverse, 7, 27],
  [Attr.invisible, 8, 28],
  [Attr.strike, 9, 29],
  [Attr.overline, 53, 55],
];

export class Pen {
  #now: PenState | null = null;
  /** The words `#now` was set from; most cells have those of the cell before. -1: none. */
  #fg = -1;
  #bg = -1;
  #extra: CellExtra | null = null;
  #options: PenOptions;

  constructor(options: PenOptions) {
    this.#options = options;
  }

  setOptions(options: PenOptions): void {
    this.#options = options;
    this.forget();
  }

  /** What the terminal's attributes are is no longer known; the next `set` says all of them. */
  forget(): void {
    this.#now = null;
    this.#fg = -1;
  }

  /** Brings the terminal to the attributes of a cell's words 1 and 2 and its extra. */
  set(out: ByteWriter, fg: number, bg: number, extra: CellExtra | null): void {
    if (fg === this.#fg && bg === this.#bg && extra === this.#extra) return;
    this.#move(out, this.#resolve(fg, bg, extra));
    this.#fg = fg;
    this.#bg = bg;
    this.#extra = extra;
  }

  /** For erasing: the background counts, and no attribute that some terminals would carry into erased cells. */
  setGround(out: ByteWriter, bg: number): void {
    this.#fg = -1;
    const background = downsample(bg, this.#options.colors);
    const now = this.#now;
    if (now !== null && now.attributes === 0 && now.underline === 0) this.#move(out, { ...now, background });
    else this.#move(out, { foreground: 0, background, attributes: 0, underline: 0, underlineColor: 0 });
  }

  #resolve(fg: number, bg: number, extra: CellExtra | null): PenState {
    let attributes = 0;
    if (fg & FgFlag.bold) attributes |= Attr.bold;
    if (fg & FgFlag.blink) attributes |= Attr.blink;
    if (fg & FgFlag.inverse) attributes |= Attr.inverse;
    if (fg & FgFlag.invisible) attributes |= Attr.invisible;
    if (fg & FgFlag.strike) attributes |= Attr.strike;
    if (bg & BgFlag.dim) attributes |= Attr.dim;
    if (bg & BgFlag.italic) attributes |= Attr.italic;
    if (bg & BgFlag.overline) attributes |= Attr.overline;
    const { colors, styledUnderlines } = this.#options;
    const underline = fg & FgFlag.underline ? (styledUnderlines && extra?.underline ? extra.underline : 1) : 0;
    const underlineColor = underline && styledUnderlines && extra ? downsample(extra.underlineColor, colors) : 0;
    return {
      foreground: downsample(fg, colors),
      background: downsample(bg, colors),
      attributes,
      underline,
      underlineColor,
    };
  }

  #move(out: ByteWriter, next: PenState): void {
    const now = this.#now;
    this.#now = next;
    if (now !== null && samePen(now, next)) return;
    const start = out.length;
    if (now !== null) {
      writeSgr(out, now, next, false);
      if (!takesAway(now, next)) return;
    }
    const middle = out.length;
    writeSgr(out, blank, next, true);
    // Of the two ways the shorter one stays; the reset wins where much is switched off.
    if (now !== null && middle - start <= out.length - middle) out.length = middle;
    else out.cut(start, middle);
  }
}

const blank: PenState = { foreground: 0, background: 0, attributes: 0, underline: 0, underlineColor: 0 };

function samePen(a: PenState, b: PenState): boolean {
  return (
    a.foreground === b.foreground &&
    a.background === b.background &&
    a.attributes === b.attributes &&
    a.underline === b.underline &&
    a.underlineColor === b.underlineColor
  );
}

function takesAway(now: PenState, next: PenState): boolean {
  return (
    (now.attributes & ~next.attributes) !== 0 ||
    (now.foreground !== 0 && next.foreground === 0) ||
    (now.background !== 0 && next.background === 0) ||
    (now.underline !== 0 && next.underline === 0) ||
    (now.underlineColor !== 0 && next.underlineColor === 0)
  );
}

function writeSgr(out: ByteWriter, now: PenState, next: PenState, reset: boolean): void {
  out.ascii('\x1b[');
  const start = out.length;
  const separate = (): void => {
    if (out.length > start) out.byte(0x3b);
  };
  const code = (value: number): void => {
    separate();
    out.number(value);
  };
  if (reset && !samePen(blank, next)) code(0);
  // Bold and dim share their off code, so switching one off means saying the other again.
  const weight = Attr.bold | Attr.dim;
  let had = now.attributes;
  if (had & weight & ~next.attributes) {
    code(22);
    had &= ~weight;
  }
  if (next.attributes & ~had & Attr.bold) code(1);
  if (next.attributes & ~had & Attr.dim) code(2);
  for (const [flag, on, off] of onOff) {
    if (next.attributes & ~had & flag) code(on);
    else if (had & ~next.attributes & flag) code(off);
  }
  if (now.underline !== next.underline) {
    if (next.underline === 0) code(24);
    else {
      code(4);
      if (next.underline > 1) {
        out.byte(0x3a);
        out.number(next.underline);
      } else if (now.underline > 1) {
        out.ascii(':1');
      }
    }
  }
  if (now.foreground !== next.foreground) {
    separate();
    writeColor(out, next.foreground, 30);
  }
  if (now.background !== next.background) {
    separate();
    writeColor(out, next.background, 40);
  }
  if (now.underlineColor !== next.underlineColor) {
    separate();
    writeUnderlineColor(out, next.underlineColor);
  }
  out.byte(0x6d);
}

function writeColor(out: ByteWriter, color: number, base: 30 | 40): void {
  const value = color & ColorMask;
  switch (color & ColorModeMask) {
    case ColorMode.palette16:
      out.number(value < 8 ? base + value : base + 52 + value);
      return;
    case ColorMode.palette256:
      out.number(base + 8);
      out.ascii(';5;');
      out.number(value & 255);
      return;
    case ColorMode.rgb:
      out.number(base + 8);
      out.ascii(';2;');
      out.number(value >> 16);
      out.byte(0x3b);
      out.number((value >> 8) & 255);
      out.byte(0x3b);
      out.number(value & 255);
      return;
    default:
      out.number(base + 9);
  }
}

/** With colons: a terminal that does not know code 58 then skips all of it. */
function writeUnderlineColor(out: ByteWriter, color: number): void {
  const value = color & ColorMask;
  switch (color & ColorModeMask) {
    case ColorMode.palette16:
    case ColorMode.palette256:
      out.ascii('58:5:');
      out.number(value & 255);
      return;
    case ColorMode.rgb:
      out.ascii('58:2::');
      out.number(value >> 16);
      out.byte(0x3a);
      out.number((value >> 8) & 255);
      out.byte(0x3a);
      out.number(value & 255);
      return;
    default:
      out.ascii('59');
  }
}
