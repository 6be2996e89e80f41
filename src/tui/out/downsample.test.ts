import { expect, test } from 'vitest';
import { ColorMode } from '../../terminal/cell.ts';
import { roleNames } from '../theme/roles.ts';
import { loadTheme, themeNames } from '../theme/theme.ts';
import { downsample, paletteRgb, rgbTo16, rgbTo256 } from './downsample.ts';

test('each colour of the palette is its own nearest', () => {
  for (let index = 16; index < 256; index++) expect(paletteRgb(rgbTo256(paletteRgb(index)))).toBe(paletteRgb(index));
});

test('basic colours become themselves', () => {
  expect([0xff0000, 0x00ff00, 0xffff00, 0xffffff, 0x000000].map(rgbTo16)).toEqual([9, 10, 11, 15, 0]);
});

test('a soft colour keeps its name in sixteen colours', () => {
  const names = { green: [2, 10], red: [1, 9], amber: [3, 11], cyan: [6, 14], accent: [4, 12] } as const;
  for (const theme of themeNames) {
    for (const [role, name] of [
      ['status.done', 'green'],
      ['status.failed', 'red'],
      ['status.waiting', 'amber'],
      ['count.added', 'green'],
      ['count.removed', 'red'],
    ] as const) {
      const { fg } = loadTheme(theme).style(role);
      expect(names[name], `${role} of ${theme}`).toContain(downsample(fg, '16') & 0xff);
    }
  }
  expect([0x9ece7a, 0xf7828b, 0xf0bc62, 0x7fd1d8, 0x82aaff, 0x1a2a1e].map(rgbTo16)).toEqual([2, 9, 11, 6, 12, 0]);
});

test('the default colour and colours that can be shown stay', () => {
  for (const depth of ['truecolor', '256', '16', 'none'] as const) expect(downsample(0, depth)).toBe(0);
  expect(downsample(ColorMode.rgb | 0x123456, 'truecolor')).toBe(ColorMode.rgb | 0x123456);
  expect(downsample(ColorMode.palette256 | 200, '256')).toBe(ColorMode.palette256 | 200);
  expect(downsample(ColorMode.palette16 | 3, '16')).toBe(ColorMode.palette16 | 3);
  expect(downsample(ColorMode.rgb | 0x123456, 'none')).toBe(0);
});

test.each(themeNames)('with fewer colours no role of %s vanishes into its ground', (name) => {
  const theme = loadTheme(name);
  for (const depth of ['256', '16'] as const) {
    for (const role of roleNames) {
      const { fg, bg } = theme.style(role);
      if (downsample(bg, depth) !== 0)
        expect(downsample(fg, depth), `${role} in ${depth}`).not.toBe(downsample(bg, depth));
    }
  }
});
