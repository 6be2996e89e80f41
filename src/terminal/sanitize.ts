// Strings from outside (names, titles, errors, remote messages) before they are shown.

// C0, DEL and C1; and the invisible characters that reorder or hide text around them.
const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
const controls = /[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** One line without control characters: line breaks and tabs become a space. Cut after `limit` characters. */
export function sanitize(text: string, limit = 4096): string {
  const cut = text.length > limit ? text.slice(0, limit) : text;
  return cut.replace(lineBreaks, ' ').replace(controls, '').toWellFormed();
}

/** The same, but line feeds stay and tabs become spaces: for text shown over several lines. */
export function sanitizeLines(text: string, limit = 1 << 20): string {
  return text
    .slice(0, limit)
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.replaceAll('\t', '    ').replace(controls, '').toWellFormed())
    .join('\n');
}

/** True for a code point that must not stand alone in a cell: drawn, it would act on the text around it. */
export function isInvisibleControl(codePoint: number): boolean {
  if (codePoint < 0x200b) return codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0) || codePoint === 0x61c;
  if (codePoint < 0x2070) {
    return (
      codePoint === 0x200b ||
      codePoint === 0x200e ||
      codePoint === 0x200f ||
      (codePoint >= 0x2028 && codePoint <= 0x202e) ||
      codePoint >= 0x2060
    );
  }
  return codePoint === 0xfeff || (codePoint >= 0xfff9 && codePoint <= 0xfffb) || codePoint >> 12 === 0xe0;
}
