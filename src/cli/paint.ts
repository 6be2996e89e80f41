// Colours of the command line: only on a terminal, never under NO_COLOR; chalk is loaded only then.
import { plainLine } from '../domain/plain-text.ts';
import type { CliContext } from './context.ts';

export type Role = 'added' | 'deleted' | 'heading' | 'quiet' | 'good' | 'warning' | 'bad';
export type Paint = (role: Role, text: string) => string;

export async function createPaint({ env, stdout }: CliContext): Promise<Paint> {
  if (!stdout.isTTY || env['NO_COLOR'] || env['TERM'] === 'dumb') return (_role, text) => text;
  const { default: chalk } = await import('chalk');
  const paints: Record<Role, (text: string) => string> = {
    added: chalk.green,
    deleted: chalk.red,
    heading: chalk.bold,
    quiet: chalk.dim,
    good: chalk.green,
    warning: chalk.yellow,
    bad: chalk.red,
  };
  return (role, text) => paints[role](text);
}

/** Columns padded to their widest cell, two spaces apart. Control characters of the cells are left out. */
export function table(given: readonly (readonly string[])[]): string[] {
  const rows = given.map((row) => row.map(plainLine));
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
