// Text for widgets that count one cell per UTF-16 unit and know no emoji. Every grapheme beyond ASCII travels through
// them as one character of the private use area, a wide one followed by a mark for its right half, and is put back when
// the cells are drawn. So widgets lay out what they cannot measure.
import { sanitizeLines } from '../../terminal/sanitize.ts';
import { type Glyph, glyphsOf } from '../../terminal/width.ts';

const first = 0xe000;
const last = 0xf8fe;
const rightHalf = '\uf8ff';
const replacement: Glyph = { text: '\ufffd', columns: 1 };

export class GlyphCodec {
  readonly #codes = new Map<string, string>();
  readonly #glyphs: Glyph[] = [];

  /** Control characters are removed, line feeds stay. */
  encode(text: string): string {
    const clean = sanitizeLines(text);
    if (/^[\n\x20-\x7e]*$/.test(clean)) return clean;
    return clean
      .split('\n')
      .map((line) =>
        glyphsOf(line)
          .map((glyph) => this.#encodeGlyph(glyph))
          .join(''),
      )
      .join('\n');
  }

  /** What a widget's cell holds; null for the right half of a wide glyph. */
  decode(character: string): Glyph | null {
    if (character === rightHalf) return null;
    const code = character.charCodeAt(0);
    if (code >= first && code <= last) return this.#glyphs[code - first] ?? replacement;
    return { text: character, columns: 1 };
  }

  #encodeGlyph(glyph: Glyph): string {
    if (glyph.text.length === 1 && glyph.text < '\x7f') return glyph.text;
    return this.#code(glyph) + (glyph.columns === 2 ? rightHalf : '');
  }

  #code(glyph: Glyph): string {
    const known = this.#codes.get(glyph.text);
    if (known !== undefined) return known;
    // Six thousand different glyphs in one dialog: the rest are shown as unknown.
    if (this.#glyphs.length > last - first) return '?';
    const code = String.fromCharCode(first + this.#glyphs.length);
    this.#glyphs.push({ ...glyph });
    this.#codes.set(glyph.text, code);
    return code;
  }
}
