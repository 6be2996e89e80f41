// Taking back an archive or a discard.
import { Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import { ignoredFilesText } from '../../domain/ignored-files.ts';
import type { Session } from '../../domain/session.ts';
import { exists } from '../../platform/files.ts';
import { type Context, reportFailure, rowOf } from './context.ts';
import { copyProjectFiles } from './copy-project-files.ts';

/** Of the given session, or the last one taken away. The session can be resumed afterwards. */
export async function undo(
  context: Context,
  id: SessionId | null,
): Promise<{ session: Session | null; undone: string }> {
  const session = id === null ? lastTakenAway(context) : rowOf(context, id);
  if (session === null || (session.trash === null && session.archivedAt === null)) {
    throw new Failure({
      code: 'nothing-to-undo',
      message:
        session === null ? 'nothing was archived or discarded' : `${session.title} was not archived or discarded`,
      remedy: 'see `sesame ls --all` for every session that can be brought back',
    });
  }
  const ignored = session.trash?.ignored ?? null;
  const undone =
    `${session.trash === null ? 'archived' : 'discarded'} ${JSON.stringify(session.title)}` +
    (ignored === null ? '' : `, without ${ignoredFilesText(ignored)}`);
  if (session.trash !== null) await restore(context, session, session.trash.ref);
  context.events.append({ kind: 'session.restored', session: session.id });
  return { session: rowOf(context, session.id), undone };
}

function lastTakenAway(context: Context): Session | null {
  const when = (session: Session): number => session.trash?.at ?? session.archivedAt ?? 0;
  return context.events.sessions(true).reduce<Session | null>((last, session) => {
    return when(session) > 0 && when(session) >= (last === null ? 0 : when(last)) ? session : last;
  }, null);
}

async function restore(context: Context, session: Session, ref: string): Promise<void> {
  const { project, workplace } = session;
  if (project === null || workplace.kind !== 'worktree') return;
  if (!(await exists(project.path))) {
    throw new Failure({
      code: 'repository-missing',
      message: `the repository ${project.path} is gone, and with it what was kept`,
      remedy: 'bring the repository back to its place, then undo again',
    });
  }
  await context.repositories.run(project.path, async () => {
    const entries = await context.git.listWorktrees(project.path);
    // Kept, but not yet removed when the server ended: all of it is still in place.
    const whole = entries.some((entry) => entry.path === workplace.path && entry.branch === workplace.branch);
    if (whole && (await exists(workplace.path))) return;
    const existing = workplace.existing === true;
    const branch = existing ? workplace.branch : await context.git.freeBranch(project.path, workplace.branch);
    await context.git.restoreTrash({ repository: project.path, ref, path: workplace.path, branch, existing });
    // Ignored files that every worktree gets are in the checkout. Without them the session is back all the same.
    await copyProjectFiles(context, project.path, workplace.path).catch((error: unknown) =>
      reportFailure(context, session.id, error),
    );
    if (branch !== workplace.branch) {
      context.events.append({ kind: 'worktree.ready', session: session.id, workplace: { ...workplace, branch } });
    }
  });
}
