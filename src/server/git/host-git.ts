// Git as it runs on this machine: the interface of git.ts over the one door.
import type { Clock } from '../../platform/clock.ts';
import { findBranch, listBranches } from './branches.ts';
import { diff, diffStat, fileDiff, patch } from './diff.ts';
import { type GitDoor, openGitDoor } from './door.ts';
import type { Git } from './git.ts';
import { ignoredFiles } from './ignored.ts';
import { copyIncluded } from './include.ts';
import { branchSha, freeBranch, inspect, resolveBase } from './inspect.ts';
import { restoreTrash } from './restore.ts';
import { expireTrash, saveTrash } from './trash.ts';
import { addWorktree, checkOutBranch, listWorktrees, removeWorktree, restoreWorktree } from './worktree.ts';

/** `env` is the server's environment; only what git needs of it is handed on. */
export function createGit({ env, clock }: { env: NodeJS.ProcessEnv; clock: Clock }): Git & { door: GitDoor } {
  const door = openGitDoor(env);
  return {
    door,
    inspect: (path) => inspect(door, path),
    resolveBase: (repository, base) => resolveBase(door, repository, base),
    freeBranch: (repository, wanted) => freeBranch(door, repository, wanted),
    branchSha: (repository, branch) => branchSha(door, repository, branch),
    branches: (repository) => listBranches(door, repository),
    findBranch: (repository, name) => findBranch(door, repository, name),
    checkOutBranch: (options) => checkOutBranch(door, options),
    addWorktree: (options) => addWorktree(door, options),
    restoreWorktree: (options) => restoreWorktree(door, options),
    removeWorktree: (options) => removeWorktree(door, options),
    listWorktrees: (repository) => listWorktrees(door, repository),
    copyIncluded: (options) => copyIncluded(door, options),
    saveTrash: (options) => saveTrash(door, clock, options),
    ignoredFiles: (options) => ignoredFiles(door, options),
    restoreTrash: (options) => restoreTrash(door, options),
    expireTrash: (repository, days) => expireTrash(door, clock, repository, days),
    diffStat: (options) => diffStat(door, options),
    diff: (options) => diff(door, options),
    fileDiff: (options) => fileDiff(door, options),
    patch: (options) => patch(door, options),
  };
}
