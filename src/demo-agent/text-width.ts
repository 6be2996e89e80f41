// Widths of text with colour sequences in it, close enough for our own lines and for a prompt in any script.

const sequence = /\u001b\[[0-9;:]*m/y;

/** Columns a code point takes: 0, 1 or 2. */
function columns(character: string): number {
  if (/\p{M}|[\u200b-\u200f]|[\ufe00-\ufe0f]/u.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  return /\p{Emoji_Presentation}/u.test(character) ||
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xff00 && code <= 0xff60) ||
    code >= 0x20000
    ? 2
    : 1;
}

export function widthOf(text: string): number {
  let width = 0;
  for (const { columns: add } of parts(text)) width += add;
  return width;
}

/** At most `cols` columns, with `…` when something was cut. Colours are closed. */
export function cut(text: string, cols: number): string {
  if (widthOf(text) <= cols) return text;
  let kept = '';
  let width = 0;
  for (const part of parts(text)) {
    if (width + part.columns > cols - 1) break;
    kept += part.text;
    width += part.columns;
  }
  return `${kept}…\u001b[0m`;
}

/** Rows of at most `cols` columns; broken at spaces where possible. Colours go on across rows. */
export function wrap(text: string, cols: number): string[] {
  const rows: string[] = [];
  let row = '';
  let width = 0;
  let space: { at: number; width: number } | null = null;
  for (const part of parts(text)) {
    if (width + part.columns > Math.max(2, cols)) {
      const split: { at: number; width: number } = space ?? { at: row.length, width };
      rows.push(row.slice(0, split.at).trimEnd());
      row = row.slice(split.at);
      width -= split.width;
      space = null;
    }
    row += part.text;
    width += part.columns;
    if (part.text === ' ') space = { at: row.length, width };
  }
  rows.push(row);
  return rows;
}

function* parts(text: string): Generator<{ text: string; columns: number }> {
  for (let at = 0; at < text.length; ) {
    sequence.lastIndex = at;
    const colour = sequence.exec(text);
    if (colour !== null) {
      yield { text: colour[0], columns: 0 };
      at += colour[0].length;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    yield { text: character, columns: columns(character) };
    at += character.length;
  }
}
