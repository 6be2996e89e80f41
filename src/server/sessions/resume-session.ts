// Starting a session again: its agent on its conversation, a failed phase once more, a program from its beginning.
import { Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import { exists } from '../../platform/files.ts';
import { type Context, isRunning, rowOf } from './context.ts';
import { beginStart } from './start.ts';

/** Returns when the row says `starting`; what follows is told by events. */
export async function resumeSession(
  context: Context,
  id: SessionId,
  size: { cols: number; rows: number } | null,
): Promise<Session> {
  const session = rowOf(context, id);
  refuse(context, session);
  const record = context.records.get(id);
  if (record !== null && record.phase !== 'worktree') await bringPlaceBack(context, session);
  // Asked twice at once: the first one has begun meanwhile.
  refuse(context, rowOf(context, id));
  if (size !== null) context.records.change(id, size);
  if (session.archivedAt !== null) context.events.append({ kind: 'session.archived', session: id, at: null });
  context.events.append({
    kind: 'run.status',
    session: id,
    status: {
      state: 'starting',
      evidence: { signal: 'server', rule: 'you resumed it' },
      since: context.clock.now(),
      message: null,
    },
  });
  beginStart(context, id);
  return rowOf(context, id);
}

function refuse(context: Context, session: Session): void {
  if (session.trash !== null) {
    throw new Failure({
      code: 'discarded',
      message: `${session.title} was discarded`,
      remedy: 'undo that first, then resume it',
    });
  }
  if (context.starting.has(session.id) || isRunning(context, session)) {
    throw new Failure({
      code: 'already-running',
      message: `${session.title} is running`,
      remedy: 'stop it first if you want it to begin again',
    });
  }
}

/** A worktree that vanished is checked out again from its branch; other problems need the user. */
async function bringPlaceBack(context: Context, session: Session): Promise<void> {
  const { project, workplace } = session;
  if (workplace.kind !== 'worktree' || project === null || (await exists(workplace.path))) return;
  if (!(await exists(project.path))) {
    throw new Failure({
      code: 'repository-missing',
      message: `the repository ${project.path} is gone`,
      remedy: 'bring it back, or discard the session',
    });
  }
  await context.repositories.run(project.path, async () => {
    const entries = await context.git.listWorktrees(project.path);
    const moved = entries.find(({ branch, path }) => branch === workplace.branch && path !== workplace.path);
    if (moved !== undefined && workplace.existing !== true) {
      throw new Failure({
        code: 'worktree-moved',
        message: `the worktree is now at ${moved.path}`,
        remedy: `move it back: git worktree move ${JSON.stringify(moved.path)} ${JSON.stringify(workplace.path)}`,
      });
    }
    await context.git.restoreWorktree({ repository: project.path, path: workplace.path, branch: workplace.branch });
  });
  context.record({ kind: 'session.problem', session: session.id, problem: null });
}
