// After a server start: find again what the holder kept, make the rows say what is true, go on with what was begun,
// and let old trash go.
import type { Session } from '../../domain/session.ts';
import { exists } from '../../platform/files.ts';
import type { RunSpec } from '../runs/runs.ts';
import { type Context, reportFailure, rowOf } from './context.ts';
import { finishDiscard, forgetSession } from './discard-session.ts';
import { reconcile } from './reconcile.ts';
import { syncStatus } from './run-events.ts';
import { isTask, readStart } from './run-sources.ts';
import { shipInterrupted } from './ship-session.ts';
import { beginStart } from './start.ts';

const trashDays = 30;
const dayMs = 24 * 60 * 60 * 1000;

/** Resolves when rows and runs are true again. `background` is told what still goes on. */
export async function openAll(context: Context, background: (work: Promise<void>) => void): Promise<void> {
  for (const failure of context.agents.refused) reportFailure(context, null, failure);
  await adoptRuns(context);
  await reconcile(context);
  endInterruptedShips(context);
  for (const session of context.events.sessions(true)) goOn(context, session);
  background(finishDiscards(context).then(() => expireTrash(context)));
}

async function adoptRuns(context: Context): Promise<void> {
  const known: Array<Omit<RunSpec, 'argv' | 'cwd' | 'env'>> = [];
  for (const session of context.events.sessions(true)) {
    const latest = context.records.latestRun(session.id);
    if (latest === null) continue;
    // Of what is out of sight only a program that may still run is of interest: rebuilding a screen costs time.
    if (latest.ended && (session.trash !== null || session.archivedAt !== null)) continue;
    const agent = latest.kind === 'agent' && session.agent !== null ? context.agents.find(session.agent) : null;
    known.push({
      id: latest.id,
      session: session.id,
      cols: session.run?.cols ?? latest.cols,
      rows: session.run?.rows ?? latest.rows,
      scrollback: latest.scrollback,
      agent,
      paste: latest.pastes ? session.prompt : null,
      ...(latest.ended ? {} : await readStart(context, latest.id, session.id)),
      task: isTask(session, agent),
      paused: session.run?.paused === true,
      heardTo: latest.ended ? Number.POSITIVE_INFINITY : heardTo(context, latest.id, session.id),
    });
  }
  await context.runs.adopt(known);
  for (const { id, session } of known) catchUp(context, rowOf(context, session), id);
}

/** Where the events of a task end that are recorded. */
function heardTo(context: Context, run: RunSpec['id'], session: Session['id']): number {
  const last = context.events.newest(session, 'agent.event');
  return last?.kind === 'agent.event' && last.run === run ? last.offset : -1;
}

/** What happened between the last stored event and now. */
function catchUp(context: Context, session: Session, runId: RunSpec['id']): void {
  const run = context.runs.get(session.id);
  const latest = context.records.run(runId);
  if (latest === null || latest.kind === 'setup') return;
  if (run === null || run.id !== runId) {
    // Noted, but it never got as far as the holder.
    if (!latest.ended) context.records.endRun(runId, { code: null, signal: null });
    return;
  }
  const { cols, rows } = run.engine;
  if (session.run?.id !== runId || (run.exit === null && session.run.pid !== run.pid)) {
    context.record({ kind: 'run.started', session: session.id, run: { id: runId, pid: run.pid, cols, rows } });
  }
  if (run.exit !== null && session.run?.pid != null) {
    context.records.endRun(runId, run.exit);
    context.record({ kind: 'run.exited', session: session.id, code: run.exit.code, exitSignal: run.exit.signal });
  }
  if (run.exit === null || !latest.ended) syncStatus(context, run);
  // It was started, and the server ended before it noted so.
  if (context.records.get(session.id)?.phase === 'agent') context.records.change(session.id, { phase: 'done' });
}

/** The last server was killed in the middle of a ship: nobody else would ever say how that step ended. */
function endInterruptedShips(context: Context): void {
  for (const { id, ship } of context.events.sessions(true)) {
    if (ship?.state !== 'running') continue;
    const failure = {
      code: shipInterrupted,
      message: 'the server ended while this was under way',
      remedy: 'ship again: it looks first at what was done already',
    };
    context.record({ kind: 'ship.failed', session: id, step: ship.step, failure, at: context.clock.now() });
  }
}

/** A session whose start the last server did not finish. */
function goOn(context: Context, session: Session): void {
  if (session.trash !== null || session.archivedAt !== null || session.status.state !== 'starting') return;
  const record = context.records.get(session.id);
  const run = context.runs.get(session.id);
  const latest = context.records.latestRun(session.id);
  const mainRuns = run !== null && run.exit === null && latest?.kind !== 'setup';
  if (record === null || mainRuns) return;
  if (record.phase === 'setup' && latest?.kind === 'setup' && run?.exit?.code === 0) {
    // It succeeded while there was no server to go on.
    context.records.change(session.id, { phase: 'bootstrap' });
    context.record({
      kind: 'worktree.phase',
      session: session.id,
      phase: 'setup',
      state: 'done',
      detail: record.setup,
    });
  }
  beginStart(context, session.id);
}

/** Discards whose worktree the last server had kept and not removed yet. */
async function finishDiscards(context: Context): Promise<void> {
  for (const session of context.events.sessions(true)) {
    if (session.trash === null || session.project === null || !(await exists(session.workplace.path))) continue;
    try {
      await finishDiscard(context, session);
    } catch (error) {
      context.log.info('a discarded worktree stays', { session: session.id, error: String(error) });
    }
  }
}

async function expireTrash(context: Context): Promise<void> {
  const now = context.clock.now();
  const repositories = new Set<string>();
  for (const session of context.events.sessions(true)) {
    if (session.trash === null) continue;
    if (session.project !== null) repositories.add(session.project.path);
    try {
      if (now - session.trash.at > trashDays * dayMs) await forgetSession(context, session.id);
    } catch (error) {
      reportFailure(context, session.id, error);
    }
  }
  for (const repository of repositories) {
    try {
      await context.git.expireTrash(repository, trashDays);
    } catch (error) {
      context.log.info('old trash was not removed', { repository, error: String(error) });
    }
  }
}
