// sesame.json of a repository: how its sessions begin and are checked. Keys that are not listed are left alone.
import * as z from 'zod';

export const ProjectFile = z.object({
  /** Branch, tag or commit new sessions start from, when the user names none. */
  base: z.string().min(1).optional(),
  /** Shell command run in a fresh worktree before the agent, in the pane. */
  setup: z.string().min(1).optional(),
  /** Shell command that says whether the work is good: exit code 0. */
  check: z.string().min(1).optional(),
  /** Shell command that runs the project, for the user. */
  run: z.string().min(1).optional(),
  /** Shell command run before a worktree is removed. */
  teardown: z.string().min(1).optional(),
  /** Ignored files to copy into each worktree, patterns as in .worktreeinclude. */
  copy: z.array(z.string()).optional(),
  /** Number of ports a session needs. */
  ports: z.number().int().min(0).max(100).optional(),
});
export type ProjectFile = z.infer<typeof ProjectFile>;
