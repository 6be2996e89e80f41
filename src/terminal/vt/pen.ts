// What the next printed cell looks like: the state that SGR, DECSCA and OSC 8 set.
import { BgFlag, ColorMode, FgFlag, UnderlineStyle } from '../cell.ts';
import type { CellTable } from '../cell-table.ts';
import type { Params } from './params.ts';

/** DECSCA protection, kept in word 2 inside the emulator and cleared when a row is read. */
export const ProtectedBit = 0x20000000;
const colorBits = 0x3ffffff;

export class Pen {
  /** Words 1 and 2 of a cell, as signed integers. */
  fg = 0;
  bg = 0;
  /** Word 3; follows from the three below. */
  extra = 0;
  underline: number = UnderlineStyle.none;
  underlineColor = 0;
  url = '';
  /** Numbers of this look and of an erased cell's, once they were asked for (state.ts); -1 after a change. */
  look = -1;
  erasedLook = -1;

  /** Word 2 of an erased cell: the background colour and nothing else. */
  get erased(): number {
    return this.bg & colorBits;
  }

  /** To be called after any change. */
  changed(): void {
    this.look = -1;
    this.erasedLook = -1;
  }

  copyFrom(pen: Pen): void {
    this.fg = pen.fg;
    this.bg = pen.bg;
    this.extra = pen.extra;
    this.underline = pen.underline;
    this.underlineColor = pen.underlineColor;
    this.url = pen.url;
    this.changed();
  }

  /** Back to the look at start; a link and protection as well. */
  reset(): void {
    this.resetLook();
    this.bg = 0;
    this.url = '';
    this.extra = 0;
    this.changed();
  }

  /** SGR 0: protection and the link stay. */
  resetLook(): void {
    this.fg = 0;
    this.bg &= ProtectedBit;
    this.underline = UnderlineStyle.none;
    this.underlineColor = 0;
  }

  setProtected(isProtected: boolean): void {
    if (isProtected) this.bg |= ProtectedBit;
    else this.bg &= ~ProtectedBit;
    this.changed();
  }

  /** To be called when the underline or the link changed. */
  settle(table: CellTable): void {
    this.changed();
    if (this.underline === UnderlineStyle.none && this.url === '') {
      this.extra = 0;
      return;
    }
    // A single underline in the text's colour is what the flag in word 1 already says.
    const isPlain = this.underline === UnderlineStyle.single && this.underlineColor === 0;
    const underline = isPlain ? UnderlineStyle.none : this.underline;
    const underlineColor = underline === UnderlineStyle.none ? 0 : this.underlineColor;
    this.extra = table.extraId({ underline, underlineColor, url: this.url });
  }

  /** CSI … m. */
  apply(params: Params, table: CellTable): void {
    const { values, length } = params;
    this.changed();
    const hadExtra = this.extra !== 0 || this.underline !== UnderlineStyle.none || this.underlineColor !== 0;
    let needsSettling = false;
    for (let at = 0; at < length; at++) {
      const code = values[at] as number;
      if (code >= 30 && code <= 37) this.fg = (this.fg & ~colorBits) | ColorMode.palette16 | (code - 30);
      else if (code >= 40 && code <= 47) this.bg = (this.bg & ~colorBits) | ColorMode.palette16 | (code - 40);
      else if (code >= 90 && code <= 97) this.fg = (this.fg & ~colorBits) | ColorMode.palette16 | (code - 82);
      else if (code >= 100 && code <= 107) this.bg = (this.bg & ~colorBits) | ColorMode.palette16 | (code - 92);
      else if (code === 0) {
        this.resetLook();
        needsSettling ||= hadExtra;
      } else if (code === 38 || code === 48 || code === 58) {
        at = this.#extendedColor(params, at, code);
        needsSettling ||= code === 58;
      } else {
        this.#attribute(params, at, code);
        needsSettling ||= code === 4 || code === 21 || code === 24 || code === 59;
      }
      // Parts after a colon belong to the code before them.
      while (at + 1 < length && params.isSub(at + 1)) at++;
    }
    if (length === 0) this.resetLook();
    if (needsSettling || (hadExtra && length === 0)) this.settle(table);
  }

  #attribute(params: Params, at: number, code: number): void {
    switch (code) {
      case 1:
        this.fg |= FgFlag.bold;
        break;
      case 2:
        this.bg |= BgFlag.dim;
        break;
      case 3:
        this.bg |= BgFlag.italic;
        break;
      case 4:
        this.#setUnderline(params.isSub(at + 1) ? (params.values[at + 1] as number) : UnderlineStyle.single);
        break;
      case 5:
        this.fg |= FgFlag.blink;
        break;
      case 7:
        this.fg |= FgFlag.inverse;
        break;
      case 8:
        this.fg |= FgFlag.invisible;
        break;
      case 9:
        this.fg |= FgFlag.strike;
        break;
      case 21:
        this.#setUnderline(UnderlineStyle.double);
        break;
      case 22:
        this.fg &= ~FgFlag.bold;
        this.bg &= ~BgFlag.dim;
        break;
      case 23:
        this.bg &= ~BgFlag.italic;
        break;
      case 24:
        this.#setUnderline(UnderlineStyle.none);
        break;
      case 25:
        this.fg &= ~FgFlag.blink;
        break;
      case 27:
        this.fg &= ~FgFlag.inverse;
        break;
      case 28:
        this.fg &= ~FgFlag.invisible;
        break;
      case 29:
        this.fg &= ~FgFlag.strike;
        break;
      case 39:
        this.fg &= ~colorBits;
        break;
      case 49:
        this.bg &= ~colorBits;
        break;
      case 53:
        this.bg |= BgFlag.overline;
        break;
      case 55:
        this.bg &= ~BgFlag.overline;
        break;
      case 59:
        this.underlineColor = 0;
        break;
      default:
        break;
    }
  }

  #setUnderline(style: number): void {
    this.underline = style >= 0 && style <= UnderlineStyle.dashed ? style : UnderlineStyle.single;
    if (this.underline === UnderlineStyle.none) this.fg &= ~FgFlag.underline;
    else this.fg |= FgFlag.underline;
  }

  /** 38, 48 and 58 with `;` or `:` between their parts. Returns the place of the last part used. */
  #extendedColor(params: Params, at: number, code: number): number {
    const { values, length } = params;
    if (params.isSub(at + 1)) {
      let end = at + 1;
      while (end + 1 < length && params.isSub(end + 1)) end++;
      const kind = values[at + 1];
      if (kind === 5) this.#setColor(code, paletteWord(end > at + 1 ? values[at + 2] : 0));
      // `38:2::r:g:b` names a colour space before the parts, `38:2:r:g:b` does not.
      const first = end - at >= 5 ? at + 3 : at + 2;
      if (kind === 2)
        this.#setColor(
          code,
          rgbWord(part(values, first, end), part(values, first + 1, end), part(values, first + 2, end)),
        );
      return end;
    }
    const kind = values[at + 1];
    if (kind === 5 && at + 1 < length) {
      this.#setColor(code, paletteWord(part(values, at + 2, length - 1)));
      return at + 2;
    }
    if (kind === 2 && at + 1 < length) {
      const last = length - 1;
      this.#setColor(code, rgbWord(part(values, at + 2, last), part(values, at + 3, last), part(values, at + 4, last)));
      return at + 4;
    }
    return at + 1;
  }

  #setColor(code: number, word: number): void {
    if (code === 38) this.fg = (this.fg & ~colorBits) | word;
    else if (code === 48) this.bg = (this.bg & ~colorBits) | word;
    else this.underlineColor = word;
  }
}

function part(values: Int32Array, at: number, last: number): number {
  return at <= last ? Math.max(0, values[at] as number) : 0;
}

function paletteWord(index: number | undefined): number {
  return ColorMode.palette256 | (Math.max(0, index ?? 0) & 0xff);
}

function rgbWord(red: number, green: number, blue: number): number {
  return ColorMode.rgb | ((red & 0xff) << 16) | ((green & 0xff) << 8) | (blue & 0xff);
}
