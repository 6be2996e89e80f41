// Lines of at most some columns, broken at blanks where there are any.
import { glyphsOf, textWidth } from '../../terminal/width.ts';

export function wrapText(text: string, columns: number): string[] {
  const room = Math.max(2, columns);
  return text.split('\n').flatMap((line) => (textWidth(line) <= room ? [line] : wrapLine(line, room)));
}

function wrapLine(line: string, room: number): string[] {
  const lines: string[] = [];
  let current = '';
  let used = 0;
  /** Length of `current` up to and with its last blank. */
  let blank = 0;
  for (const glyph of glyphsOf(line)) {
    if (used + glyph.columns > room) {
      const at = blank > 0 && glyph.text !== ' ' ? blank : current.length;
      lines.push(current.slice(0, at).trimEnd());
      current = current.slice(at).trimStart();
      used = textWidth(current);
      blank = 0;
      if (glyph.text === ' ' && current === '') continue;
    }
    current += glyph.text;
    used += glyph.columns;
    if (glyph.text === ' ') blank = current.length;
  }
  lines.push(current);
  return lines;
}
