// From events to rows: the one function by which server and clients keep their sessions. Free of zod (see failure.ts).
import type { EventBody } from './event.ts';
import type { CurrentRun, PhaseLine, Session } from './session.ts';
import type { ShipState } from './ship.ts';

/** The session after the event, null when it is gone. Pure. Events of another session or without one change nothing. */
export function applyEvent(session: Session | null, event: EventBody): Session | null {
  if (event.kind === 'session.created') return event.value;
  if (session === null || event.session !== session.id) return session;
  switch (event.kind) {
    case 'session.renamed':
      return { ...session, title: event.title };
    case 'session.archived':
      return { ...session, archivedAt: event.at };
    case 'session.discarded':
      return { ...session, trash: event.trash, archivedAt: session.archivedAt ?? event.trash?.at ?? null };
    case 'session.restored':
      return { ...session, trash: null, archivedAt: null, problem: null };
    case 'session.forgotten':
      return null;
    case 'session.problem':
      return { ...session, problem: event.problem };
    case 'session.conversation':
      return { ...session, conversation: event.conversation };
    case 'worktree.phase':
      return { ...session, phases: withPhase(session.phases, event) };
    case 'worktree.ready':
      return { ...session, workplace: event.workplace };
    case 'run.started':
      return { ...session, run: event.run };
    case 'run.resized':
      return session.run === null
        ? session
        : { ...session, run: { ...session.run, cols: event.cols, rows: event.rows } };
    case 'run.paused':
      return session.run === null ? session : { ...session, run: pausedRun(session.run, event.paused) };
    case 'run.status':
      return { ...session, status: event.status };
    case 'run.exited':
      return session.run === null ? session : { ...session, run: { ...pausedRun(session.run, false), pid: null } };
    case 'usage':
      return { ...session, usage: event.usage };
    case 'files.changed':
      return { ...session, diff: event.diff };
    case 'ship.step':
      return { ...session, ship: { state: 'running', step: event.step, output: event.output } };
    case 'ship.done':
      return { ...session, ship: { state: 'done', result: event.result, at: event.at } satisfies ShipState };
    case 'ship.failed':
      return { ...session, ship: { state: 'failed', step: event.step, failure: event.failure, at: event.at } };
    case 'agent.event':
    case 'run.notified':
    case 'run.clipboard':
    case 'error':
      return session;
  }
}

/** A phase that begins (again) is the last line, and what came after it before is to be done once more. */
function withPhase(lines: readonly PhaseLine[], { phase, state, detail }: PhaseLine): PhaseLine[] {
  const line: PhaseLine = { phase, state, detail };
  const at = lines.findIndex((known) => known.phase === phase);
  if (at < 0) return [...lines, line];
  return [...lines.slice(0, at), line, ...(state === 'started' ? [] : lines.slice(at + 1))];
}

function pausedRun({ paused: _, ...run }: CurrentRun, paused: boolean): CurrentRun {
  return paused ? { ...run, paused } : run;
}
