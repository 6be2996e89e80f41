// A session as the command line prints it. Free of zod (see failure.ts).
import type { Session } from './session.ts';

/** The row `new` and `ls` print with --json; fields are only ever added. */
export function sessionRow(session: Session): Record<string, unknown> {
  const worktree = session.workplace.kind === 'worktree' ? session.workplace : null;
  return {
    id: session.id,
    title: session.title,
    agent: session.agent,
    label: session.label,
    status: session.status.state,
    ...(session.status.state === 'waiting' ? { waitingFor: session.status.kind } : {}),
    ...(session.status.state === 'failed' ? { reason: session.status.reason } : {}),
    message: session.status.message,
    branch: worktree?.branch ?? null,
    worktree: session.workplace.path,
    base: worktree?.base.sha ?? null,
    project: session.project?.path ?? null,
    prompt: session.prompt,
    mode: session.mode,
    permissions: session.permissions,
    model: session.model,
    config: session.config,
    usage: session.usage,
    race: session.race,
    pid: session.run?.pid ?? null,
    paused: session.run?.paused === true,
    diff: session.diff,
    problem: session.problem,
    createdAt: session.createdAt,
    archivedAt: session.archivedAt,
    trash: session.trash?.ref ?? null,
  };
}
