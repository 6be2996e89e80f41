// OSC, DCS and APC answers of the outer terminal.
import type { Reply } from './token.ts';

/** `introducer` is the byte after ESC: `]`, `P` or `_`. */
export function readString(introducer: number, text: string): Reply {
  if (introducer === 0x50) return { type: 'dcs', text };
  if (introducer !== 0x5d) return { type: 'other' };
  const match = /^(\d{1,5})(?:;([\s\S]*))?$/.exec(text);
  return match === null ? { type: 'other' } : { type: 'osc', code: Number(match[1]), text: match[2] ?? '' };
}

/** `rgb:1414/1616/1b1b` or `#14161b` as terminals answer OSC 10 and 11. Null when it is neither. */
export function readColorReply(text: string): { r: number; g: number; b: number } | null {
  const rgb = /^rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(text);
  if (rgb !== null) {
    const channel = (digits = ''): number =>
      Math.round((Number.parseInt(digits, 16) / (16 ** digits.length - 1)) * 255);
    return { r: channel(rgb[1]), g: channel(rgb[2]), b: channel(rgb[3]) };
  }
  const hex = /^#([0-9a-f]{6})$/i.exec(text);
  if (hex === null) return null;
  const value = Number.parseInt(hex[1] ?? '0', 16);
  return { r: (value >> 16) & 255, g: (value >> 8) & 255, b: value & 255 };
}
