// The colours a program is told when it asks. Programs use them to choose between their light and dark looks; what is
// drawn in the end are the outer terminal's own colours.

export interface Palette {
  foreground: number;
  background: number;
  cursor: number;
  /** The first sixteen; the others follow from their index. */
  ansi: readonly number[];
}

export const darkPalette: Palette = {
  foreground: 0xd4d4d4,
  background: 0x16181d,
  cursor: 0xd4d4d4,
  ansi: [
    0x1d2026, 0xe06c75, 0x98c379, 0xe5c07b, 0x61afef, 0xc678dd, 0x56b6c2, 0xc8ccd4, 0x5c6370, 0xff7b86, 0xb1e18b,
    0xffd68a, 0x7cc3ff, 0xdd92f6, 0x6fd3e0, 0xffffff,
  ],
};

const cube = [0, 95, 135, 175, 215, 255];

export function paletteColor(palette: Palette, index: number): number {
  if (index < 16) return palette.ansi[index] ?? 0;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return (grey << 16) | (grey << 8) | grey;
  }
  const at = index - 16;
  const level = (step: number): number => cube[step] ?? 0;
  return (level(Math.floor(at / 36)) << 16) | (level(Math.floor(at / 6) % 6) << 8) | level(at % 6);
}

/** Answers the `?` of OSC 4, 10, 11 and 12. Setting a colour is accepted and has no effect. */
export function colorReply(palette: Palette, code: number, text: string, reply: (text: string) => void): void {
  const parts = text.split(';');
  if (code === 4) {
    for (let i = 0; i + 1 < parts.length; i += 2) {
      const index = Number(parts[i]);
      if (parts[i + 1] !== '?' || !Number.isInteger(index) || index < 0 || index > 255) continue;
      reply(`\x1b]4;${index};${rgb(paletteColor(palette, index))}\x1b\\`);
    }
    return;
  }
  const special = [palette.foreground, palette.background, palette.cursor];
  for (const [i, part] of parts.entries()) {
    const color = special[code - 10 + i];
    if (part === '?' && color !== undefined) reply(`\x1b]${code + i};${rgb(color)}\x1b\\`);
  }
}

function rgb(color: number): string {
  const hex = (shift: number): string => {
    const byte = ((color >> shift) & 0xff).toString(16).padStart(2, '0');
    return byte + byte;
  };
  return `rgb:${hex(16)}/${hex(8)}/${hex(0)}`;
}
