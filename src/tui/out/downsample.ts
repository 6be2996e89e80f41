// Colours for terminals that have fewer. Works on colour words: bits 0-25 of a cell's words 1 and 2.
import { ColorMask, ColorMode, ColorModeMask } from '../../terminal/cell.ts';

export type ColorDepth = 'truecolor' | '256' | '16' | 'none';

const cubeLevels = [0, 95, 135, 175, 215, 255] as const;

/** xterm's first sixteen colours, which most terminals come near. */
const basic: ReadonlyArray<readonly [number, number, number]> = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

/**
 * The nearest colour word the depth can show. The default colour stays the default. Attribute bits may be set; what an
 * emulator leaves in the unused bits of a palette colour is dropped.
 */
export function downsample(word: number, depth: ColorDepth): number {
  const mode = word & ColorModeMask;
  if (mode === ColorMode.default) return ColorMode.default;
  const color = mode | (word & (mode === ColorMode.rgb ? ColorMask : 0xff));
  switch (depth) {
    case 'truecolor':
      return color;
    case 'none':
      return ColorMode.default;
    case '256':
      return mode === ColorMode.rgb ? ColorMode.palette256 | rgbTo256(color & ColorMask) : color;
    case '16':
      if (mode === ColorMode.rgb) return ColorMode.palette16 | rgbTo16(color & ColorMask);
      if (mode === ColorMode.palette256) return ColorMode.palette16 | paletteTo16(color & 0xff);
      return color;
  }
}

/** Index 16 to 255: the colour cube or the grey ramp, whichever is nearer. */
export function rgbTo256(rgb: number): number {
  const r = (rgb >> 16) & 255;
  const g = (rgb >> 8) & 255;
  const b = rgb & 255;
  const cr = nearestLevel(r);
  const cg = nearestLevel(g);
  const cb = nearestLevel(b);
  const cube = distance(r, g, b, cubeLevels[cr] ?? 0, cubeLevels[cg] ?? 0, cubeLevels[cb] ?? 0);
  const step = Math.max(0, Math.min(23, Math.round(((r + g + b) / 3 - 8) / 10)));
  const gray = 8 + step * 10;
  return distance(r, g, b, gray, gray, gray) < cube ? 232 + step : 16 + 36 * cr + 6 * cg + cb;
}

/** Index 0 to 15, by distance on xterm's colours; greys go to greys so that dark grounds do not turn blue. */
export function rgbTo16(rgb: number): number {
  const r = (rgb >> 16) & 255;
  const g = (rgb >> 8) & 255;
  const b = rgb & 255;
  const low = Math.min(r, g, b);
  const high = Math.max(r, g, b);
  if (high - low < 40) {
    const level = (r + g + b) / 3;
    if (level < 64) return 0;
    if (level < 178) return 8;
    return level < 242 ? 7 : 15;
  }
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, [pr, pg, pb]] of basic.entries()) {
    const far = distance(r, g, b, pr, pg, pb);
    if (far < least) {
      least = far;
      best = index;
    }
  }
  return best;
}

export function paletteRgb(index: number): number {
  const known = basic[index];
  if (known) return (known[0] << 16) | (known[1] << 8) | known[2];
  if (index >= 232) {
    const gray = 8 + (index - 232) * 10;
    return (gray << 16) | (gray << 8) | gray;
  }
  const cube = index - 16;
  const level = (digit: number): number => cubeLevels[digit % 6] ?? 0;
  return (level(Math.floor(cube / 36)) << 16) | (level(Math.floor(cube / 6)) << 8) | level(cube);
}

function paletteTo16(index: number): number {
  return index < 16 ? index : rgbTo16(paletteRgb(index));
}

function nearestLevel(value: number): number {
  return value < 48 ? 0 : value < 115 ? 1 : Math.min(5, Math.floor((value - 35) / 40));
}

/** Squared, weighted as the eye weighs the channels. */
function distance(r: number, g: number, b: number, r2: number, g2: number, b2: number): number {
  return 3 * (r - r2) ** 2 + 6 * (g - g2) ** 2 + (b - b2) ** 2;
}
