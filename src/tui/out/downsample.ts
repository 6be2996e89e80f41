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

/** Below this nothing is light enough to have a colour: a ground that dark is black. */
const darkest = 90;
/** From here on the bright one of a hue is meant. */
const bright = 230;
/** Where each hue begins, in degrees. Red goes on below the first. */
const hues: ReadonlyArray<readonly [number, number]> = [
  [330, 1],
  [255, 5],
  [200, 4],
  [150, 6],
  [80, 2],
  [25, 3],
  [0, 1],
];

/**
 * Index 0 to 15, by hue: sixteen colours are told apart by their names, and a soft green that came out as yellow would
 * say something else. Greys go to greys.
 */
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
  if (high < darkest) return 0;
  const hue = hueOf(r, g, b, high - low);
  const index = hues.find(([from]) => hue >= from)?.[1] ?? 1;
  return high < bright ? index : index + 8;
}

function hueOf(r: number, g: number, b: number, span: number): number {
  if (r >= g && r >= b) return (((g - b) / span + 6) % 6) * 60;
  return g >= b ? ((b - r) / span + 2) * 60 : ((r - g) / span + 4) * 60;
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
