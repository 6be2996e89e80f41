// A cell is four 32-bit words, the same in the engine's view, on the wire and in the compositor, so that a row is
// copied and compared as numbers.
//
//   word 0  content: bits 0-20 code point or cluster id, bit 21 cluster flag, bits 22-23 width (0 = right half of wide)
//   word 1  foreground: bits 0-23 colour, bits 24-25 colour mode, bits 26-31 inverse bold underline blink invisible strike
//   word 2  background: bits 0-23 colour, bits 24-25 colour mode, bits 26-30 italic dim - - overline
//   word 3  extra: id of underline style, underline colour and link; 0 for none

export const CellWords = 4;

export const Content = {
  codePointMask: 0x1fffff,
  cluster: 0x200000,
  widthShift: 22,
  widthMask: 0xc00000,
} as const;

export const ColorMode = { default: 0, palette16: 0x1000000, palette256: 0x2000000, rgb: 0x3000000 } as const;
export const ColorModeMask = 0x3000000;
export const ColorMask = 0xffffff;

export const FgFlag = {
  inverse: 0x4000000,
  bold: 0x8000000,
  underline: 0x10000000,
  blink: 0x20000000,
  invisible: 0x40000000,
  strike: 0x80000000,
} as const;

export const BgFlag = { italic: 0x4000000, dim: 0x8000000, overline: 0x40000000 } as const;

export const UnderlineStyle = { none: 0, single: 1, double: 2, curly: 3, dotted: 4, dashed: 5 } as const;

/** A blank cell with default colours. Width 1, no text. */
export const BlankContent = 1 << Content.widthShift;

export interface CellExtra {
  underline: number;
  /** Colour word as in bits 0-25 of word 1; 0 for the text's colour. */
  underlineColor: number;
  url: string;
}
