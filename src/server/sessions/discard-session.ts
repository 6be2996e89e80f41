// Removing a session: everything of its worktree is kept under a safety ref first, then directory and branch go.
// Every row can be removed, also one whose repository or directory is gone; then as much is kept as can be.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, type FailureBody } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { Project } from '../../domain/project.ts';
import type { Session } from '../../domain/session.ts';
import { exists } from '../../platform/files.ts';
import { type Context, reportFailure, rowOf, type WorktreePlace } from './context.ts';
import { stopSession } from './end-session.ts';
import { runTeardown } from './run-teardown.ts';

export interface Discarded {
  session: Session | null;
  trash: string | null;
}

/** One at a time: the teardown command of a session runs once. `warning` says how that went wrong. */
export function discardSession(context: Context, id: SessionId): Promise<Discarded & { warning: FailureBody | null }> {
  return context.repositories.run(`discard ${id}`, async () => {
    const before = rowOf(context, id);
    if (before.trash !== null) return { session: before, trash: before.trash.ref, warning: null };
    const session = await stopSession(context, id);
    const warning = await runTeardown(context, session);
    if (warning !== null) context.record({ kind: 'error', session: id, failure: warning });
    return { ...(await discardStopped(context, session)), warning };
  });
}

async function discardStopped(context: Context, session: Session): Promise<Discarded> {
  const { id, project, workplace } = session;
  if (workplace.kind === 'directory' || project === null) return forgetSession(context, id);
  if (!(await exists(project.path))) return leaveFiles(context, session, workplace);
  return context.repositories.run(project.path, async () => {
    try {
      return await removeWorktree(context, session, project, workplace);
    } catch (error) {
      // A row with a known problem must not stay for ever because of it.
      if (session.problem === null) throw error;
      reportFailure(context, id, error);
      return leaveFiles(context, session, workplace);
    }
  });
}

async function removeWorktree(
  context: Context,
  session: Session,
  project: Project,
  workplace: WorktreePlace,
): Promise<Discarded> {
  const { git } = context;
  const target = { repository: project.path, path: workplace.path, branch: workplace.branch };
  const entries = await git.listWorktrees(project.path);
  const there = await exists(workplace.path);
  const elsewhere = there
    ? undefined
    : entries.find(({ branch, path }) => branch === workplace.branch && path !== workplace.path);
  const known = entries.some(({ path }) => path === workplace.path);
  if (!there && elsewhere === undefined && (await git.branchSha(project.path, workplace.branch)) === null) {
    // Nothing of it exists: it was never made, or all of it was removed by hand.
    if (known) await git.removeWorktree(target);
    return forgetSession(context, session.id);
  }
  const neverMade = context.records.get(session.id)?.phase === 'worktree' && !there && !known;
  if (neverMade && (await git.branchSha(project.path, workplace.branch)) !== null) {
    // The worktree was never made, so a branch of that name is somebody else's.
    return forgetSession(context, session.id);
  }
  const { ref } = await git.saveTrash({
    repository: project.path,
    worktree: elsewhere?.path ?? workplace.path,
    branch: workplace.branch,
    id: session.id,
  });
  // Kept: from here on undo works, whatever happens to the rest.
  context.events.append({ kind: 'session.discarded', session: session.id, trash: { ref, at: context.clock.now() } });
  // A worktree the user moved away is theirs now.
  if (elsewhere === undefined) await git.removeWorktree(target);
  return { session: rowOf(context, session.id), trash: ref };
}

/** Without a usable repository nothing can be kept in it, so nothing is removed but the row. */
async function leaveFiles(context: Context, session: Session, workplace: WorktreePlace): Promise<Discarded> {
  if (await exists(workplace.path)) {
    reportFailure(
      context,
      null,
      new Failure({
        code: 'files-left',
        message: `${session.title} is removed from the list; its files could not be kept by git and were left in ${workplace.path}`,
        remedy: 'take what you need from there, then delete the directory',
      }),
    );
  }
  return forgetSession(context, session.id);
}

/** The row and what only it needed: terminal output, prompt file, the agent's own configuration. */
export async function forgetSession(context: Context, id: SessionId): Promise<Discarded> {
  await context.runs.forget(id);
  context.events.append({ kind: 'session.forgotten', session: id });
  context.records.forget(id);
  await rm(join(context.paths.sessions, id), { recursive: true, force: true }).catch((error: unknown) =>
    context.log.error('the directory of a forgotten session stays', { session: id, error: String(error) }),
  );
  return { session: null, trash: null };
}
