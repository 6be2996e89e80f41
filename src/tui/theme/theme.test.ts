import { describe, expect, test } from 'vitest';
import { Failure } from '../../domain/failure.ts';
import { ColorMask, ColorMode, ColorModeMask, FgFlag } from '../../terminal/cell.ts';
import { contrast } from './contrast.ts';
import { ornaments, roleNames } from './roles.ts';
import { ThemeFile } from './schema.ts';
import { loadTheme, readThemeFile, suggestTheme, themeNames } from './theme.ts';

const rgb = (hex: string): number => Number.parseInt(hex.slice(1), 16);

describe.each(themeNames)('the theme %s', (name) => {
  const file = readThemeFile(name);
  const hex = (color: string | undefined, side: 'fg' | 'bg'): string =>
    file.palette[color ?? file.base[side]] ?? file.terminal[side];

  test('has the form of a theme', () => {
    expect(ThemeFile.safeParse(file).error).toBeUndefined();
  });

  test('has every role', () => {
    expect(Object.keys(file.roles).sort()).toEqual([...roleNames].sort());
  });

  test('is named like its file', () => {
    expect(file.name).toBe(name);
  });

  test.each(roleNames)('can be read: %s', (role) => {
    const style = file.roles[role];
    const strict = name === 'high-contrast';
    const least = ornaments.has(role) ? (strict ? 4.5 : 1.8) : strict ? 7 : 4.5;
    expect(contrast(rgb(hex(style.fg, 'fg')), rgb(hex(style.bg, 'bg')))).toBeGreaterThanOrEqual(least);
  });

  test('tells the states of a session apart', () => {
    const theme = loadTheme(name);
    const working = ['status.working', 'status.waiting', 'status.done', 'status.failed', 'status.unknown'] as const;
    expect(new Set(working.map((role) => theme.style(role).fg)).size).toBe(working.length);
  });

  test('keeps the letters of any state readable on rows and bars', () => {
    const theme = loadTheme(name);
    const shown = (word: number, side: 'fg' | 'bg'): number =>
      (word & ColorModeMask) === 0 ? rgb(file.terminal[side]) : word & ColorMask;
    for (const ground of ['selection', 'selection.inactive', 'bar', 'header', 'dialog.selection'] as const) {
      for (const role of roleNames.filter((each) => each.startsWith('status.'))) {
        const style = theme.over(role, ground);
        expect(contrast(shown(style.fg, 'fg'), shown(style.bg, 'bg')), `${role} on ${ground}`).toBeGreaterThanOrEqual(
          3,
        );
      }
    }
  });
});

describe('resolving', () => {
  test('gives colours as cell words', () => {
    const style = loadTheme('dark').style('selection');
    expect(style.fg & ColorMode.rgb).toBe(ColorMode.rgb);
    expect(style.bg & ColorMode.rgb).toBe(ColorMode.rgb);
  });

  test('without colour every role is told by attributes', () => {
    const theme = loadTheme('dark', { colors: false });
    for (const role of roleNames) {
      expect(theme.style(role).fg & 0x3ffffff).toBe(0);
      expect(theme.style(role).bg & 0x3ffffff).toBe(0);
    }
    expect(theme.style('selection').fg & FgFlag.inverse).toBe(FgFlag.inverse);
    expect(theme.over('status.waiting', 'selection').fg & FgFlag.inverse).toBe(FgFlag.inverse);
  });

  test('letters of one role on the ground of another', () => {
    const theme = loadTheme('dark');
    const mixed = theme.over('status.failed', 'selection');
    expect(mixed.fg).toBe(theme.style('status.failed').fg);
    expect(mixed.bg).toBe(theme.style('selection').bg);
  });

  test('an unknown theme is refused with the names there are', () => {
    expect(() => loadTheme('solarized')).toThrow(Failure);
    try {
      loadTheme('solarized\u001b[31m');
    } catch (error) {
      expect((error as Failure).remedy).toContain('dark, light, high-contrast');
      expect((error as Failure).message).not.toContain('\u001b');
    }
  });

  test('a name of every object is not a theme', () => {
    expect(() => loadTheme('constructor')).toThrow(Failure);
  });

  test('a role with a colour that is not in the palette is refused', () => {
    const file = structuredClone(readThemeFile('dark'));
    file.roles.text = { fg: 'mauve' };
    expect(ThemeFile.safeParse(file).success).toBe(false);
  });

  test('the background of the terminal suggests a theme', () => {
    expect(suggestTheme({ r: 20, g: 22, b: 27 })).toBe('dark');
    expect(suggestTheme({ r: 251, g: 251, b: 250 })).toBe('light');
  });
});
