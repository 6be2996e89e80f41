// After a start: does everything the rows stand on still exist? What the user changed meanwhile becomes a problem the
// row shows; what came back clears it. Looks only; changes nothing on disk.
import type { Session, SessionProblem } from '../../domain/session.ts';
import { exists } from '../../platform/files.ts';
import type { WorktreeEntry } from '../git/git.ts';
import { type Context, reportFailure, type WorktreePlace } from './context.ts';

/** Repositories looked at in parallel. */
const atOnce = 4;

export async function reconcile(context: Context): Promise<void> {
  const byRepository = new Map<string, Session[]>();
  for (const session of context.events.sessions(true)) {
    if (session.trash !== null || session.workplace.kind !== 'worktree' || session.project === null) continue;
    // Not made yet: there is nothing to miss.
    if (context.records.get(session.id)?.phase === 'worktree') continue;
    byRepository.set(session.project.path, [...(byRepository.get(session.project.path) ?? []), session]);
  }
  const queue = [...byRepository];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await checkRepository(context, ...next);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, work));
}

async function checkRepository(context: Context, repository: string, sessions: readonly Session[]): Promise<void> {
  let entries: WorktreeEntry[] | null = null;
  if (await exists(repository)) {
    try {
      entries = await context.git.listWorktrees(repository);
    } catch (error) {
      reportFailure(context, null, error);
    }
  }
  for (const session of sessions) {
    if (session.workplace.kind !== 'worktree') continue;
    const problem =
      entries === null
        ? repositoryMissing(repository)
        : await checkWorktree(context, repository, session.workplace, entries);
    if (JSON.stringify(problem) === JSON.stringify(session.problem)) continue;
    context.record({ kind: 'session.problem', session: session.id, problem });
  }
}

async function checkWorktree(
  context: Context,
  repository: string,
  place: WorktreePlace,
  entries: readonly WorktreeEntry[],
): Promise<SessionProblem | null> {
  const entry = entries.find(({ path }) => path === place.path);
  if (!(await exists(place.path))) {
    // A branch of the user's may well be checked out elsewhere.
    const moved =
      place.existing === true
        ? undefined
        : entries.find(({ branch, path }) => branch === place.branch && path !== place.path);
    if (moved !== undefined && (await exists(moved.path))) {
      return {
        kind: 'worktree-moved',
        message: `its worktree was moved to ${moved.path}`,
        remedy: 'move it back with git worktree move, or discard the row: the moved directory stays',
      };
    }
    const branch = await context.git.branchSha(repository, place.branch);
    return {
      kind: 'worktree-missing',
      message: `its directory ${place.path} was removed${branch === null ? ', and its branch too' : ''}`,
      remedy:
        branch === null
          ? 'discard the row: nothing of it is left'
          : `resume it to check the branch ${place.branch} out again, or discard it`,
    };
  }
  if (entry === undefined) {
    return {
      kind: 'worktree-missing',
      message: `git does not know the worktree ${place.path} any more`,
      remedy: `run git worktree repair ${JSON.stringify(place.path)} in ${repository}, or discard the row: its files stay`,
    };
  }
  const branchIsThere =
    entry.branch === place.branch
      ? entry.head !== null
      : (await context.git.branchSha(repository, place.branch)) !== null;
  return branchIsThere
    ? null
    : {
        kind: 'branch-missing',
        message: `its branch ${place.branch} was deleted`,
        remedy: 'make it again with git switch -c in its worktree, or discard the row: its files are kept first',
      };
}

function repositoryMissing(repository: string): SessionProblem {
  return {
    kind: 'repository-missing',
    message: `the repository ${repository} was moved or deleted`,
    remedy: 'bring it back to its place, or discard the row: files of the worktree stay where they are',
  };
}
