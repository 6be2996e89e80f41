// What a session changed, measured from its stored base commit to its work tree.
import * as z from 'zod';

export const DiffStat = z.object({ files: z.number(), insertions: z.number(), deletions: z.number() });
export type DiffStat = z.infer<typeof DiffStat>;

export const FileChange = z.object({
  /** Path relative to the repository, `/` separated; bytes that are not UTF-8 are replaced. */
  path: z.string(),
  /** Earlier path of a rename or copy. */
  from: z.string().nullable(),
  change: z.enum(['added', 'modified', 'deleted', 'renamed', 'copied', 'type']),
  /** Null for binary files. */
  insertions: z.number().nullable(),
  deletions: z.number().nullable(),
  /** Not compared line by line. */
  binary: z.boolean(),
  /** Because it is too large for that: it may be text. */
  large: z.boolean().optional(),
  /** Not yet known to git. */
  untracked: z.boolean(),
});
export type FileChange = z.infer<typeof FileChange>;

export const DiffLine = z.object({
  kind: z.enum(['context', 'add', 'delete', 'note']),
  text: z.string(),
  oldLine: z.number().nullable(),
  newLine: z.number().nullable(),
});
export type DiffLine = z.infer<typeof DiffLine>;

export const Hunk = z.object({ header: z.string(), lines: z.array(DiffLine) });
export type Hunk = z.infer<typeof Hunk>;

export const FileDiff = z.object({
  file: FileChange,
  hunks: z.array(Hunk),
  /** Lines left out because the file is larger than the limit; 0 when complete. */
  omittedLines: z.number(),
});
export type FileDiff = z.infer<typeof FileDiff>;

export const DiffSummary = z.object({ base: z.string(), stat: DiffStat, files: z.array(FileChange) });
export type DiffSummary = z.infer<typeof DiffSummary>;
