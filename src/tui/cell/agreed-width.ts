// Which characters every terminal gives the same width. After any other the outer cursor counts as unknown, so that a
// terminal with older tables shows one wrong glyph instead of a shifted line.

/** First and last code point, ascending. Precomposed letters and symbols only: nothing in here joins its neighbour. */
const agreed: ReadonlyArray<readonly [number, number]> = [
  [0x20, 0x7e],
  [0xa0, 0xac],
  [0xae, 0x24f],
  [0x370, 0x377],
  [0x37b, 0x37e],
  [0x384, 0x3ff],
  [0x400, 0x482],
  [0x48a, 0x4ff],
  [0x2010, 0x2027],
  [0x2030, 0x203b],
  [0x2190, 0x2193],
  [0x2500, 0x257f],
  [0x2580, 0x259f],
  [0x25cb, 0x25cb],
  [0x25cf, 0x25d1],
  [0x2713, 0x2713],
  [0x2717, 0x2717],
  [0x276f, 0x276f],
  [0x2800, 0x28ff],
  [0x3001, 0x3029],
  [0x3041, 0x3096],
  [0x30a0, 0x30ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xff01, 0xff60],
];

const table = new Uint8Array(0x10000 / 8);
for (const [first, last] of agreed) {
  for (let point = first; point <= last; point++) table[point >> 3] = (table[point >> 3] ?? 0) | (1 << (point & 7));
}

export function isWidthAgreed(codePoint: number): boolean {
  return codePoint < 0x10000 && ((table[codePoint >> 3] ?? 0) & (1 << (codePoint & 7))) !== 0;
}
