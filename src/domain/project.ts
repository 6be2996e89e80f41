// A repository sesame knows, and what a new session needs to know about it.
import * as z from 'zod';
import { ProjectId, Sha } from './ids.ts';

export const Project = z.object({
  id: ProjectId,
  /** Top level of the user's checkout, or the git directory of a bare repository. */
  path: z.string(),
  name: z.string(),
});
export type Project = z.infer<typeof Project>;

/** What the composer and `new` show before anything is created. */
export const ProjectView = z.object({
  project: Project,
  /** Branch checked out; null when HEAD is detached. */
  branch: z.string().nullable(),
  /** Null in a repository without a commit. */
  head: Sha.nullable(),
  bare: z.boolean(),
  dirty: z.boolean(),
  ahead: z.number().nullable(),
  behind: z.number().nullable(),
  remotes: z.array(z.string()),
  /** Commands of sesame.json, shown before they are run. */
  setup: z.string().nullable(),
  check: z.string().nullable(),
});
export type ProjectView = z.infer<typeof ProjectView>;
