// Ignored files every worktree of a project gets from the checkout: those of .worktreeinclude and of sesame.json.
import type { Included } from '../git/include.ts';
import type { Context } from './context.ts';
import { readProjectFile } from './read-project-file.ts';

/** Throws the Failure `bad-project-file`. */
export async function copyProjectFiles(context: Context, repository: string, worktree: string): Promise<Included> {
  const patterns = (await readProjectFile(repository))?.copy ?? [];
  return context.git.copyIncluded({ repository, worktree, patterns });
}
