// The worktree phase: a worktree of our own on a branch of its own. Can be repeated after any interruption.
import { Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import { exists } from '../../platform/files.ts';
import { type Context, rowOf, type WorktreePlace } from './context.ts';
import type { PhaseOutcome } from './start.ts';

/** Names tried when somebody takes the branch between choosing and making it. */
const attempts = 3;

export async function prepareWorktree(context: Context, id: SessionId, signal: AbortSignal): Promise<PhaseOutcome> {
  const { project, workplace } = rowOf(context, id);
  if (project === null || workplace.kind !== 'worktree') return { state: 'skipped', detail: null };
  const record = context.records.get(id);
  const again = record?.begun === true;
  return context.repositories.run(project.path, async () => {
    signal.throwIfAborted();
    context.records.change(id, { begun: true });
    const made = await make(context, project.path, workplace, again, record?.restores ?? null);
    context.record({ kind: 'worktree.ready', session: id, workplace: made });
    return { state: 'done', detail: made.branch };
  });
}

/** A branch of the user's: under its own name or not at all. */
async function checkOutExisting(
  context: Context,
  repository: string,
  place: WorktreePlace,
  restores: string | null,
): Promise<WorktreePlace> {
  const { git } = context;
  const target = { repository, path: place.path, branch: place.branch };
  const entry = (await git.listWorktrees(repository)).find(({ path }) => path === place.path);
  if (entry !== undefined) {
    if (entry.locked === null && entry.branch === place.branch && (await exists(place.path))) return place;
    await git.removeWorktree({ ...target, branch: null });
  }
  if (restores === null) await git.checkOutBranch({ ...target, from: place.base });
  else await git.restoreTrash({ ...target, ref: restores, existing: true });
  return place;
}

async function make(
  context: Context,
  repository: string,
  place: WorktreePlace,
  again: boolean,
  restores: string | null,
): Promise<WorktreePlace> {
  const { git } = context;
  if (place.existing === true) return await checkOutExisting(context, repository, place, restores);
  const target = { repository, path: place.path, branch: place.branch };
  if (again) {
    const entry = (await git.listWorktrees(repository)).find(({ path }) => path === place.path);
    if (entry !== undefined) {
      if (entry.locked === null && entry.branch === place.branch && (await exists(place.path))) return place;
      // Half made, by us: it has our mark, or git refuses here.
      await git.removeWorktree(target);
    } else if (restores === null && (await git.branchSha(repository, place.branch)) === place.base.sha) {
      // The branch was made and the worktree was not.
      await git.restoreWorktree(target);
      return place;
    }
  }
  let { branch } = place;
  for (let attempt = 1; ; attempt++) {
    try {
      if (restores === null) await git.addWorktree({ ...target, branch, sha: place.base.sha });
      else await git.restoreTrash({ ...target, branch, ref: restores });
      return { ...place, branch };
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'branch-taken' || attempt === attempts) throw error;
      branch = await git.freeBranch(repository, place.branch);
    }
  }
}
