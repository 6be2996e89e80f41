// National and line-drawing character sets, as far as programs still use them.

/** Numbers as kept in a terminal's state; `designator` is the final byte of `ESC (`. */
export const Charset = { ascii: 0, lineDrawing: 1, british: 2 } as const;

const lineDrawing = '◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·';
const firstDrawn = 0x60;
const blankDrawn = 0x5f;

export function charsetOf(designator: number): number {
  if (designator === 0x30) return Charset.lineDrawing;
  if (designator === 0x41) return Charset.british;
  return Charset.ascii;
}

/** The code point that a printable ASCII byte stands for. */
export function translate(charset: number, byte: number): number {
  if (charset === Charset.british) return byte === 0x23 ? 0xa3 : byte;
  if (charset !== Charset.lineDrawing || byte < blankDrawn) return byte;
  if (byte === blankDrawn) return 0x20;
  return lineDrawing.charCodeAt(byte - firstDrawn) || byte;
}
