// A theme turns roles into cell words. `style(role)` is all that drawing code needs.

import darkFile from '../../../themes/dark.json' with { type: 'json' };
import highContrastFile from '../../../themes/high-contrast.json' with { type: 'json' };
import lightFile from '../../../themes/light.json' with { type: 'json' };
import { Failure } from '../../domain/failure.ts';
import { BgFlag, ColorMask, ColorMode, ColorModeMask, FgFlag } from '../../terminal/cell.ts';
import { contrast } from './contrast.ts';
import { type Attribute, type Role, roleNames, roles } from './roles.ts';
import type { Style, ThemeFile } from './schema.ts';

/** Words 1 and 2 of a cell, attributes included (src/terminal/cell.ts). */
export interface CellStyle {
  readonly fg: number;
  readonly bg: number;
}

export interface Theme {
  readonly name: string;
  readonly title: string;
  readonly kind: 'dark' | 'light';
  style(role: Role): CellStyle;
  /**
   * The letters of `role` on the ground of `ground`: a status inside a selected row or a bar. Where they could not be
   * read there, the letters of `ground` are taken.
   */
  over(role: Role, ground: Role): CellStyle;
}

// theme.test.ts checks them against the schema, so that the program need not load zod before its first frame.
const files: Readonly<Record<string, ThemeFile>> = {
  dark: darkFile as ThemeFile,
  light: lightFile as ThemeFile,
  'high-contrast': highContrastFile as ThemeFile,
};

export const themeNames: readonly string[] = Object.keys(files);

/** Whether the terminal shows colours; without them a role is told by its attributes alone. */
export interface ThemeOptions {
  colors: boolean;
}

/** Throws a Failure that names the themes there are. */
export function loadTheme(name: string, options: ThemeOptions = { colors: true }): Theme {
  return resolveTheme(readThemeFile(name), options);
}

/** The theme that suits a terminal with this background, when the user has not chosen one. */
export function suggestTheme(background: { r: number; g: number; b: number }): 'dark' | 'light' {
  return 0.299 * background.r + 0.587 * background.g + 0.114 * background.b > 127 ? 'light' : 'dark';
}

export function readThemeFile(name: string): ThemeFile {
  const file = Object.hasOwn(files, name) ? files[name] : undefined;
  if (file === undefined) {
    throw new Failure({
      code: 'unknown-theme',
      message: `there is no theme named "${name.replace(/[^\x20-\x7e]/g, '?').slice(0, 40)}"`,
      remedy: `choose one of ${themeNames.join(', ')} as "theme" in config.json`,
    });
  }
  return file;
}

export function resolveTheme(file: ThemeFile, options: ThemeOptions): Theme {
  const styles = new Map<Role, CellStyle>();
  for (const role of roleNames) {
    const style = file.roles[role];
    styles.set(role, options.colors ? colored(file, style) : attributes(roles[role], { fg: 0, bg: 0 }));
  }
  const style = (role: Role): CellStyle => styles.get(role) ?? { fg: 0, bg: 0 };
  return {
    name: file.name,
    title: file.title,
    kind: file.kind,
    style,
    over: (role, ground) => {
      const front = style(role);
      const back = style(ground);
      if (!options.colors) return { fg: (front.fg | (back.fg & FgFlag.inverse)) >>> 0, bg: front.bg };
      const shown = (word: number, side: 'fg' | 'bg'): number =>
        (word & ColorModeMask) === 0 ? Number.parseInt(file.terminal[side].slice(1), 16) : word & ColorMask;
      const readable = contrast(shown(front.fg, 'fg'), shown(back.bg, 'bg')) >= 3;
      const letters = readable ? front.fg : (front.fg & ~GroundBits) | (back.fg & GroundBits);
      return { fg: letters >>> 0, bg: ((front.bg & ~GroundBits) | (back.bg & GroundBits)) >>> 0 };
    },
  };
}

/** Colour and colour mode of words 1 and 2; the rest are attributes of the letters. */
const GroundBits = 0x3ffffff;

function colored(file: ThemeFile, style: Style): CellStyle {
  const set = (['bold', 'dim', 'italic', 'underline', 'inverse', 'strike'] as const).filter((name) => style[name]);
  return attributes(set, {
    fg: colorWord(file, style.fg ?? file.base.fg),
    bg: colorWord(file, style.bg ?? file.base.bg),
  });
}

function colorWord(file: ThemeFile, name: string): number {
  const hex = file.palette[name];
  return hex === undefined ? ColorMode.default : ColorMode.rgb | Number.parseInt(hex.slice(1), 16);
}

function attributes(names: readonly Attribute[], base: CellStyle): CellStyle {
  let { fg, bg } = base;
  for (const name of names) {
    switch (name) {
      case 'bold':
        fg |= FgFlag.bold;
        break;
      case 'underline':
        fg |= FgFlag.underline;
        break;
      case 'inverse':
        fg |= FgFlag.inverse;
        break;
      case 'strike':
        fg |= FgFlag.strike;
        break;
      case 'dim':
        bg |= BgFlag.dim;
        break;
      case 'italic':
        bg |= BgFlag.italic;
        break;
    }
  }
  return { fg: fg >>> 0, bg: bg >>> 0 };
}
