// The form of themes/*.json: a palette of named colours and, per role, which of them it uses.
import * as z from 'zod';
import { type Role, roleNames } from './roles.ts';

const Hex = z.string().regex(/^#[0-9a-f]{6}$/, 'a colour is written #rrggbb in lower case');

const Style = z.strictObject({
  /** A palette name, or `default` for the terminal's own colour. Left out: the colour of `base`. */
  fg: z.string().optional(),
  bg: z.string().optional(),
  bold: z.boolean().optional(),
  dim: z.boolean().optional(),
  italic: z.boolean().optional(),
  underline: z.boolean().optional(),
  inverse: z.boolean().optional(),
  strike: z.boolean().optional(),
});
export type Style = z.infer<typeof Style>;

export const ThemeFile = z
  .strictObject({
    /** Editors find the fields by it; not read. */
    $comment: z.string().optional(),
    name: z.string().regex(/^[a-z][a-z0-9-]*$/),
    title: z.string().min(1),
    kind: z.enum(['dark', 'light']),
    /** What the terminal's own colours are taken to be, where a role leaves them as they are. */
    terminal: z.strictObject({ fg: Hex, bg: Hex }),
    base: z.strictObject({ fg: z.string(), bg: z.string() }),
    palette: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), Hex),
    roles: z.record(z.enum(roleNames as [Role, ...Role[]]), Style),
  })
  .superRefine((theme, context) => {
    const known = (color: string): boolean => color === 'default' || color in theme.palette;
    const check = (color: string | undefined, path: string[]): void => {
      if (color !== undefined && !known(color)) {
        context.addIssue({ code: 'custom', path, message: `no colour named ${color} in the palette` });
      }
    };
    check(theme.base.fg, ['base', 'fg']);
    check(theme.base.bg, ['base', 'bg']);
    for (const [role, style] of Object.entries(theme.roles)) {
      check(style.fg, ['roles', role, 'fg']);
      check(style.bg, ['roles', role, 'bg']);
    }
  });
export type ThemeFile = z.infer<typeof ThemeFile>;
