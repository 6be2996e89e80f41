// How many columns a text takes, by the emulator's own tables. The only place that answers this question.
import { columnsOf, createUnicodeProvider } from './unicode.ts';

const provider = createUnicodeProvider();

/** One grapheme of a text: what goes into one cell, or into two for a wide one. */
export interface Glyph {
  text: string;
  columns: number;
}

/** Cuts a text into what each cell holds. Control characters are left out: sanitise outside strings first. */
export function glyphsOf(text: string): Glyph[] {
  const glyphs: Glyph[] = [];
  let state = 0;
  let open: Glyph | undefined;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) {
      state = 0;
      open = undefined;
      continue;
    }
    const properties = provider.charProperties(codePoint, state);
    state = properties;
    if (properties & 1 && open) {
      open.text += character;
      open.columns = columnsOf(properties);
    } else {
      open = { text: character, columns: columnsOf(properties) };
      glyphs.push(open);
    }
  }
  return glyphs;
}

const printableAscii = /^[\x20-\x7e]*$/;

/** Columns a text takes when printed. */
export function textWidth(text: string): number {
  if (printableAscii.test(text)) return text.length;
  let columns = 0;
  for (const glyph of glyphsOf(text)) columns += glyph.columns;
  return columns;
}

/** The beginning of a text that fits into `columns`; `ellipsis` ends it where something was cut. */
export function truncate(text: string, columns: number, ellipsis = '…'): string {
  if (textWidth(text) <= columns) return text;
  const room = columns - textWidth(ellipsis);
  if (room < 0) return '';
  let kept = '';
  let used = 0;
  for (const glyph of glyphsOf(text)) {
    if (used + glyph.columns > room) break;
    kept += glyph.text;
    used += glyph.columns;
  }
  return kept + ellipsis;
}

/** Cut or padded with spaces to exactly `columns`. */
export function fit(text: string, columns: number, align: 'left' | 'right' | 'center' = 'left'): string {
  const cut = truncate(text, columns);
  const missing = Math.max(0, columns - textWidth(cut));
  if (align === 'right') return ' '.repeat(missing) + cut;
  if (align === 'center') return ' '.repeat(missing >> 1) + cut + ' '.repeat(missing - (missing >> 1));
  return cut + ' '.repeat(missing);
}
