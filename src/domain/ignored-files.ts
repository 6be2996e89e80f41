// Files git ignores that went away with a discarded worktree: a safety ref holds none of them, so the user is told.
import * as z from 'zod';
import { plainLine } from './plain-text.ts';

export const IgnoredFiles = z.object({
  files: z.number(),
  /** The topmost paths, a directory with a slash at its end; at most a few. */
  places: z.array(z.string()),
});
export type IgnoredFiles = z.infer<typeof IgnoredFiles>;

/** `12 files that git ignores (dist/, .cache/ …)`. */
export function ignoredFilesText({ files, places }: IgnoredFiles): string {
  const shown = plainLine(places.slice(0, 3).join(', '));
  const more = places.length > 3 ? ' …' : '';
  return `${files.toLocaleString('en')} ${files === 1 ? 'file' : 'files'} that git ignores (${shown}${more})`;
}
