// Classes of bytes in control sequences (ECMA-48 5.4).

export function isPrefix(byte: number): boolean {
  return byte >= 0x3c && byte <= 0x3f;
}

export function isIntermediate(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x2f;
}

export function isFinal(byte: number): boolean {
  return byte >= 0x40 && byte <= 0x7e;
}
