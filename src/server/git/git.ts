// What the server asks of git. Every call runs with a hardened environment (see door.ts) outside the event loop.
import type { DiffStat, DiffSummary, FileDiff } from '../../domain/diff.ts';
import type { Sha } from '../../domain/ids.ts';
import type { IgnoredFiles } from '../../domain/ignored-files.ts';
import type { ProjectView } from '../../domain/project.ts';

export interface WorktreeEntry {
  path: string;
  head: string | null;
  branch: string | null;
  bare: boolean;
  prunable: string | null;
  locked: string | null;
}

export interface BranchEntry {
  /** Without the name of a remote. */
  branch: string;
  /** The remote that has it; null for a local branch. */
  remote: string | null;
  sha: Sha;
  /** When its last commit was made, milliseconds since the epoch. */
  at: number;
  subject: string;
  /** Where it is checked out. */
  checkedOut: string | null;
}

export interface FoundBranch {
  /** The local name it has or gets. */
  branch: string;
  /** `x`, or `origin/x` when there is no local branch yet. */
  ref: string;
  sha: Sha;
}

export interface Git {
  /** Throws Failures: no-git, not-a-repository, no-such-directory. Bare and empty repositories are described, not refused. */
  inspect(path: string): Promise<ProjectView>;
  /** The commit a base names. Throws Failures: empty-repository, no-such-base. */
  resolveBase(repository: string, base: string | undefined): Promise<{ ref: string; sha: Sha }>;
  /** A branch of this name or the next free one (`-2`, `-3` …), looking at refs and at worktrees. */
  freeBranch(repository: string, wanted: string): Promise<string>;
  branchSha(repository: string, branch: string): Promise<Sha | null>;
  branches(repository: string): Promise<BranchEntry[]>;
  /** By its name, local or of a remote. Throws Failures: no-such-branch, branch-differs. */
  findBranch(repository: string, name: string): Promise<FoundBranch>;
  /**
   * A worktree on a branch of the user's, which is made from `from` when only a remote has it. The branch is never moved.
   * Throws the Failure `branch-checked-out`.
   */
  checkOutBranch(options: {
    repository: string;
    path: string;
    branch: string;
    from: { ref: string; sha: Sha };
  }): Promise<void>;
  addWorktree(options: { repository: string; path: string; branch: string; sha: Sha }): Promise<void>;
  /** Checks out an existing branch again: after undo, or when its directory vanished. */
  restoreWorktree(options: { repository: string; path: string; branch: string }): Promise<void>;
  /** Removes a worktree of ours and its branch; null leaves the branch. Refuses a path without our marker. */
  removeWorktree(options: { repository: string; path: string; branch: string | null }): Promise<void>;
  listWorktrees(repository: string): Promise<WorktreeEntry[]>;
  /**
   * Copies what .worktreeinclude and further patterns in its syntax name (ignored files only) from the user's checkout.
   * Paths are relative to it.
   */
  copyIncluded(options: {
    repository: string;
    worktree: string;
    patterns?: readonly string[];
  }): Promise<{ copied: string[]; skipped: Array<{ path: string; reason: string }> }>;
  /**
   * Keeps everything of a worktree (commits, index, changed and untracked files) in `refs/sesame/trash/<id>`.
   * Touches no file and no other ref. When the directory is gone, keeps the branch.
   */
  saveTrash(options: {
    repository: string;
    worktree: string;
    branch: string;
    id: string;
  }): Promise<{ ref: string; sha: Sha }>;
  /**
   * What `saveTrash` leaves out, besides unchanged copies that `copyIncluded` with the same patterns brings again. Null
   * when that is nothing, also when there is no worktree.
   */
  ignoredFiles(options: {
    repository: string;
    worktree: string;
    patterns: readonly string[];
  }): Promise<IgnoredFiles | null>;
  /** Brings branch, worktree, index and untracked files back from the ref. */
  restoreTrash(options: {
    repository: string;
    ref: string;
    path: string;
    branch: string;
    /** The branch is the user's and still there: throws the Failure `branch-moved` when it stands elsewhere now. */
    existing?: boolean;
  }): Promise<void>;
  /** Deletes trash refs older than `days`. */
  expireTrash(repository: string, days: number): Promise<number>;
  diffStat(options: { worktree: string; base: Sha }): Promise<DiffStat>;
  diff(options: { worktree: string; base: Sha }): Promise<DiffSummary>;
  /** At most 5,000 lines and 2,000 columns a line unless `all`. */
  fileDiff(options: { worktree: string; base: Sha; path: string; all: boolean }): Promise<FileDiff>;
  patch(options: { worktree: string; base: Sha }): Promise<string>;
}
