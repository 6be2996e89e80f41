// A session on a branch of the user's: which one that is, and whether it can be had.
import { Failure } from '../../domain/failure.ts';
import type { ProjectView } from '../../domain/project.ts';
import type { Session } from '../../domain/session.ts';
import type { BranchView } from '../../protocol/routes.ts';
import type { Context, WorktreePlace } from './context.ts';

/**
 * The branch as a session works on it; what it changes is compared with where the branch stands now. Throws Failures:
 * one-branch-one-session, no-such-branch, branch-differs, branch-checked-out.
 */
export async function existingBranch(
  context: Context,
  { project }: ProjectView,
  name: string,
  sessions: number,
): Promise<Pick<WorktreePlace, 'branch' | 'base'>> {
  if (sessions !== 1) {
    throw new Failure({
      code: 'one-branch-one-session',
      message: `${sessions} sessions cannot work on one branch at the same time`,
      remedy: 'start one session on it, or use it as the base: each session then has a branch of its own',
    });
  }
  const { branch, ref, sha } = await context.git.findBranch(project.path, name);
  const session = sessionOn(context, project.path, branch);
  const checkedOut = (await context.git.listWorktrees(project.path)).find(
    (entry) => entry.branch === branch && entry.prunable === null,
  );
  if (session !== null || checkedOut !== undefined) {
    throw new Failure({
      code: 'branch-checked-out',
      message: `${branch} cannot be had: ${reasonFor(session, checkedOut?.path ?? null) ?? ''}`,
      remedy: `free it first, or start from it as a base (--base ${branch}): the session then has a branch of its own`,
    });
  }
  return { branch, base: { ref, sha } };
}

/** Every branch a session could work on, the last committed first, and why one cannot be had now. */
export async function listBranches(context: Context, path: string): Promise<BranchView[]> {
  const { project } = await context.git.inspect(path);
  return (await context.git.branches(project.path)).map(({ branch, remote, at, subject, checkedOut }) => ({
    name: remote === null ? branch : `${remote}/${branch}`,
    at,
    subject,
    taken: reasonFor(sessionOn(context, project.path, branch), checkedOut),
  }));
}

function reasonFor(session: Session | null, checkedOut: string | null): string | null {
  if (session !== null) return `the session ${session.id} (${session.title}) works on it`;
  return checkedOut === null ? null : `it is checked out in ${checkedOut}`;
}

/** Archived sessions keep their worktree, discarded ones do not. */
function sessionOn(context: Context, repository: string, branch: string): Session | null {
  const has = ({ project, workplace, trash }: Session): boolean =>
    project?.path === repository && workplace.kind === 'worktree' && workplace.branch === branch && trash === null;
  return context.events.sessions(true).find(has) ?? null;
}
