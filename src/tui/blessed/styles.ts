// Theme colours in the widgets' nine-bit colour field: numbers from 256 stand for colour words of the theme.
import { BgFlag, ColorMask, ColorModeMask, FgFlag } from '../../terminal/cell.ts';
import type { Role } from '../theme/roles.ts';
import type { CellStyle, Theme } from '../theme/theme.ts';

const firstSlot = 256;
const lastSlot = 510;
/** The widgets' number for "the terminal's own colour". */
const defaultSlot = 0x1ff;
const colorBits = ColorModeMask | ColorMask;

/** The widgets know bold, underline, blink, inverse, invisible; dim and italic travel as blink and invisible. */
const AttrFlag = { bold: 1, underline: 2, dim: 4, inverse: 8, italic: 16 } as const;

/** A style object as neo-blessed takes it: colour numbers instead of names. */
export interface WidgetStyle {
  fg: number;
  bg: number;
  bold: boolean;
  underline: boolean;
  blink: boolean;
  inverse: boolean;
  invisible: boolean;
}

export class WidgetStyles {
  #theme: Theme;
  readonly #slots = new Map<number, number>();
  readonly #words: number[] = [];

  constructor(theme: Theme) {
    this.#theme = theme;
  }

  get theme(): Theme {
    return this.#theme;
  }

  /** Styles given out before are void: dialogs style themselves anew. */
  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#slots.clear();
    this.#words.length = 0;
  }

  style(role: Role): WidgetStyle {
    const { fg, bg } = this.#theme.style(role);
    return {
      fg: this.#slot(fg),
      bg: this.#slot(bg),
      bold: (fg & FgFlag.bold) !== 0,
      underline: (fg & FgFlag.underline) !== 0,
      inverse: (fg & FgFlag.inverse) !== 0,
      blink: (bg & BgFlag.dim) !== 0,
      invisible: (bg & BgFlag.italic) !== 0,
    };
  }

  /** Letters of another role inside a widget's content; its ground stays. `encoded` has gone through the codec. */
  span(encoded: string, role: Role): string {
    const { fg } = this.#theme.style(role);
    const marks = [fg & FgFlag.bold ? '1;' : '', fg & FgFlag.underline ? '4;' : ''].join('');
    const slot = this.#slot(fg);
    const color = slot === defaultSlot ? '39' : `38;5;${slot}`;
    return `\x1b[${marks}${color}m${encoded}\x1b[0m`;
  }

  /** Cell words of an attribute that a widget has drawn. */
  cellStyle(attribute: number): CellStyle {
    const flags = (attribute >> 18) & 0x1ff;
    let fg = this.#word((attribute >> 9) & 0x1ff);
    let bg = this.#word(attribute & 0x1ff);
    if (flags & AttrFlag.bold) fg |= FgFlag.bold;
    if (flags & AttrFlag.underline) fg |= FgFlag.underline;
    if (flags & AttrFlag.inverse) fg |= FgFlag.inverse;
    if (flags & AttrFlag.dim) bg |= BgFlag.dim;
    if (flags & AttrFlag.italic) bg |= BgFlag.italic;
    return { fg: fg >>> 0, bg: bg >>> 0 };
  }

  #slot(word: number): number {
    const color = word & colorBits;
    if ((color & ColorModeMask) === 0) return defaultSlot;
    const known = this.#slots.get(color);
    if (known !== undefined) return known;
    const slot = firstSlot + this.#words.length;
    if (slot > lastSlot) return defaultSlot;
    this.#words.push(color);
    this.#slots.set(color, slot);
    return slot;
  }

  #word(slot: number): number {
    return slot >= firstSlot && slot <= lastSlot ? (this.#words[slot - firstSlot] ?? 0) : 0;
  }
}
