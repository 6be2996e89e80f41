// Removing a session: its worktree is kept under a safety ref first, then its teardown command runs, then directory and
// branch go.
// Every row can be removed, also one whose repository or directory is gone; then as much is kept as can be.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, type FailureBody } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { IgnoredFiles } from '../../domain/ignored-files.ts';
import type { Project } from '../../domain/project.ts';
import type { Session } from '../../domain/session.ts';
import { exists } from '../../platform/files.ts';
import { type Context, reportFailure, rowOf, type WorktreePlace } from './context.ts';
import { stopSession } from './end-session.ts';
import { readProjectFile } from './read-project-file.ts';
import { runTeardown } from './run-teardown.ts';

export interface Discarded {
  session: Session | null;
  trash: string | null;
  /** Files the safety ref does not hold, because git ignores them. */
  ignored: IgnoredFiles | null;
  /** How the teardown command went wrong. */
  warning: FailureBody | null;
}

/** A worktree whose content is kept, or a row that is gone because there was nothing to keep. */
type Kept = Omit<Discarded, 'warning'>;

const nothingKept: Kept = { session: null, trash: null, ignored: null };

/** One at a time: the teardown command of a session runs once. */
export function discardSession(context: Context, id: SessionId): Promise<Discarded> {
  return context.repositories.run(`discard ${id}`, async () => {
    const before = rowOf(context, id);
    if (before.trash !== null) {
      return { session: before, trash: before.trash.ref, ignored: before.trash.ignored, warning: null };
    }
    // First of all the copy: what the teardown command deletes comes back with the rest.
    const kept = await keep(context, await stopSession(context, id));
    if (kept.session === null) return { ...kept, warning: null };
    const warning = await finishDiscard(context, kept.session);
    return { ...kept, session: rowOf(context, id), warning };
  });
}

/** Of a session that is kept already, also by a server that ended before it came to this: teardown, then removal. */
export async function finishDiscard(context: Context, session: Session): Promise<FailureBody | null> {
  const { id, project, workplace } = session;
  if (project === null || workplace.kind !== 'worktree') return null;
  const warning = await runTeardown(context, session);
  // The next server does it all.
  if (context.closing.aborted) return null;
  if (warning !== null) context.record({ kind: 'error', session: id, failure: warning });
  await context.repositories.run(project.path, async () => {
    // It may have been brought back meanwhile.
    if (context.events.session(id)?.trash == null) return;
    await context.git.removeWorktree({
      repository: project.path,
      path: workplace.path,
      branch: workplace.existing === true ? null : workplace.branch,
    });
  });
  return warning;
}

async function keep(context: Context, session: Session): Promise<Kept> {
  const { id, project, workplace } = session;
  if (workplace.kind === 'directory' || project === null) return forget(context, id);
  if (!(await exists(project.path))) return leaveFiles(context, session, workplace);
  const patterns = await copiedFiles(project);
  return context.repositories.run(project.path, async () => {
    try {
      return await keepWorktree(context, session, project, workplace, patterns);
    } catch (error) {
      // A row with a known problem must not stay for ever because of it.
      if (session.problem === null) throw error;
      reportFailure(context, id, error);
      return leaveFiles(context, session, workplace);
    }
  });
}

async function keepWorktree(
  context: Context,
  session: Session,
  project: Project,
  workplace: WorktreePlace,
  patterns: readonly string[],
): Promise<Kept> {
  const { git } = context;
  const existing = workplace.existing === true;
  const target = { repository: project.path, path: workplace.path, branch: existing ? null : workplace.branch };
  const entries = await git.listWorktrees(project.path);
  const there = await exists(workplace.path);
  // A worktree the user moved away is theirs now: it is kept as it is there, and stays.
  const elsewhere =
    there || existing
      ? undefined
      : entries.find(({ branch, path }) => branch === workplace.branch && path !== workplace.path);
  const known = entries.some(({ path }) => path === workplace.path);
  if (!there && elsewhere === undefined && (await git.branchSha(project.path, workplace.branch)) === null) {
    // Nothing of it exists: it was never made, or all of it was removed by hand.
    if (known) await git.removeWorktree(target);
    return forget(context, session.id);
  }
  const neverMade = context.records.get(session.id)?.phase === 'worktree' && !there && !known;
  if (neverMade && (await git.branchSha(project.path, workplace.branch)) !== null) {
    // The worktree was never made, so a branch of that name is somebody else's.
    return forget(context, session.id);
  }
  const { ref } = await git.saveTrash({
    repository: project.path,
    worktree: elsewhere?.path ?? workplace.path,
    branch: workplace.branch,
    id: session.id,
  });
  const ignored = await git.ignoredFiles({ repository: project.path, worktree: workplace.path, patterns });
  // Kept: from here on undo works, whatever happens to the rest.
  const trash = { ref, at: context.clock.now(), ignored };
  context.events.append({ kind: 'session.discarded', session: session.id, trash });
  return { session: rowOf(context, session.id), trash: ref, ignored };
}

/** Patterns of sesame.json; none when it cannot be read, which the teardown command will say. */
function copiedFiles(project: Project): Promise<readonly string[]> {
  return readProjectFile(project.path).then(
    (file) => file?.copy ?? [],
    () => [],
  );
}

/** Without a usable repository nothing can be kept in it, so nothing is removed but the row. */
async function leaveFiles(context: Context, session: Session, workplace: WorktreePlace): Promise<Kept> {
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
  return forget(context, session.id);
}

async function forget(context: Context, id: SessionId): Promise<Kept> {
  await forgetSession(context, id);
  return nothingKept;
}

/** The row and what only it needed: terminal output, prompt file, the agent's own configuration. */
export async function forgetSession(context: Context, id: SessionId): Promise<void> {
  await context.runs.forget(id);
  context.events.append({ kind: 'session.forgotten', session: id });
  context.records.forget(id);
  await rm(join(context.paths.sessions, id), { recursive: true, force: true }).catch((error: unknown) =>
    context.log.error('the directory of a forgotten session stays', { session: id, error: String(error) }),
  );
}
