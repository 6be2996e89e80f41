// Text from outside (names, titles, messages of programs and remotes) made safe to show: no control characters, no
// escape sequences, no invisible characters that reorder what is read.

/** CSI, OSC, DCS and the like, and two-character escapes; what is left of a broken one falls to `controls`. */
const escapes = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]/gu;
/** Everything that is not printed, except newline and tab. Zero-width joiners stay: emoji need them. */
const controls = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Keeps the lines. A carriage return starts its line again, as on a terminal, so that progress bars read well. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(escapes, '')
    .replace(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => lastWritten(line).replace(controls, ''))
    .join('\n');
}

/** One line: runs of white space become one space, the ends are trimmed. */
export function plainLine(text: string): string {
  return plainText(text.replace(/[\r\v\f\u0085\u2028\u2029]/g, '\n'))
    .replace(/\s+/g, ' ')
    .trim();
}

/** Like `controls`, with the tab. */
const unseen = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * For text that is reviewed: nothing is left out, what could not be seen is spelled (`^[`, `<U+202E>`), so that a change
 * cannot hide. A tab becomes four columns.
 */
export function visibleText(text: string): string {
  return text.toWellFormed().replaceAll('\t', '    ').replace(unseen, spelled);
}

function spelled(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  return code === 0x7f ? '^?' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

function lastWritten(line: string): string {
  const shown = line.endsWith('\r') ? line.slice(0, -1) : line;
  return shown.slice(shown.lastIndexOf('\r') + 1);
}
