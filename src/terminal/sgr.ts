// The look of a cell as SGR parameters, for writing cells back as a stream.
import { BgFlag, type CellExtra, ColorMask, ColorMode, ColorModeMask, FgFlag } from './cell.ts';

/** Parameters after a reset that give the look of these words; `extra` adds underline style and colour. */
export function sgrOf(fg: number, bg: number, extra: CellExtra | null): string {
  const parts = ['0'];
  if (fg & FgFlag.bold) parts.push('1');
  if (bg & BgFlag.dim) parts.push('2');
  if (bg & BgFlag.italic) parts.push('3');
  if (fg & FgFlag.underline) parts.push(extra && extra.underline > 1 ? `4:${extra.underline}` : '4');
  if (fg & FgFlag.blink) parts.push('5');
  if (fg & FgFlag.inverse) parts.push('7');
  if (fg & FgFlag.invisible) parts.push('8');
  if (fg & FgFlag.strike) parts.push('9');
  if (bg & BgFlag.overline) parts.push('53');
  pushColor(parts, fg, 30, 90, 38);
  pushColor(parts, bg, 40, 100, 48);
  if (extra && (extra.underlineColor & ColorModeMask) !== 0) pushColor(parts, extra.underlineColor, 0, 0, 58);
  return parts.join(';');
}

function pushColor(parts: string[], word: number, dark: number, bright: number, extended: number): void {
  const mode = word & ColorModeMask;
  const color = word & ColorMask;
  if (mode === ColorMode.rgb) {
    const rgb = [color >> 16, (color >> 8) & 0xff, color & 0xff];
    parts.push(extended === 58 ? `58:2::${rgb.join(':')}` : `${extended};2;${rgb.join(';')}`);
  } else if (mode === ColorMode.palette256 || (mode === ColorMode.palette16 && extended === 58)) {
    parts.push(extended === 58 ? `58:5:${color & 0xff}` : `${extended};5;${color & 0xff}`);
  } else if (mode === ColorMode.palette16) {
    parts.push(String((color & 8 ? bright : dark) + (color & 7)));
  }
}
