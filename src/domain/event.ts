// Everything that happens, as one union. The server appends events; clients rebuild their state from them with
// `applyEvent`, the same function the server uses, so that the two cannot disagree.
import { z } from 'zod';
import { DiffStat } from './diff.ts';
import { FailureBody } from './failure.ts';
import { SessionId } from './ids.ts';
import { CurrentRun, Session, SessionProblem, SetupPhase, Workplace } from './session.ts';
import { ShipResult, type ShipState, ShipStep } from './ship.ts';
import { Status } from './status.ts';

const of = { session: SessionId };

export const EventBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session.created'), ...of, value: Session }),
  z.object({ kind: z.literal('session.renamed'), ...of, title: z.string() }),
  z.object({ kind: z.literal('session.archived'), ...of, at: z.number().nullable() }),
  /** The worktree is gone; `trash` keeps its content (null for a plain program). */
  z.object({
    kind: z.literal('session.discarded'),
    ...of,
    trash: z.object({ ref: z.string(), at: z.number() }).nullable(),
  }),
  /** `undo` brought a discarded or archived session back. */
  z.object({ kind: z.literal('session.restored'), ...of }),
  /** The row is gone for good. */
  z.object({ kind: z.literal('session.forgotten'), ...of }),
  z.object({ kind: z.literal('session.problem'), ...of, problem: SessionProblem.nullable() }),
  z.object({ kind: z.literal('session.conversation'), ...of, conversation: z.string() }),
  z.object({
    kind: z.literal('worktree.phase'),
    ...of,
    phase: SetupPhase,
    state: z.enum(['started', 'done', 'failed', 'skipped']),
    detail: z.string().nullable(),
  }),
  z.object({ kind: z.literal('worktree.ready'), ...of, workplace: Workplace }),
  z.object({ kind: z.literal('run.started'), ...of, run: CurrentRun }),
  z.object({ kind: z.literal('run.resized'), ...of, cols: z.number(), rows: z.number() }),
  z.object({ kind: z.literal('run.status'), ...of, status: Status }),
  /** Bell, OSC 9 or OSC 777 of the program. */
  z.object({ kind: z.literal('run.notified'), ...of, text: z.string() }),
  /** OSC 52 of the program: a request to set the clipboard, subject to the user's consent. */
  z.object({ kind: z.literal('run.clipboard'), ...of, text: z.string() }),
  z.object({ kind: z.literal('run.exited'), ...of, code: z.number().nullable(), exitSignal: z.number().nullable() }),
  z.object({ kind: z.literal('files.changed'), ...of, diff: DiffStat }),
  z.object({ kind: z.literal('ship.step'), ...of, step: ShipStep, output: z.string() }),
  z.object({ kind: z.literal('ship.done'), ...of, result: ShipResult, at: z.number() }),
  z.object({ kind: z.literal('ship.failed'), ...of, step: ShipStep, failure: FailureBody, at: z.number() }),
  z.object({ kind: z.literal('error'), session: SessionId.nullable(), failure: FailureBody }),
]);
export type EventBody = z.infer<typeof EventBody>;

/** `seq` grows by one per event and never repeats, also across server restarts. `at` is milliseconds since the epoch. */
export const SesameEvent = z.intersection(z.object({ seq: z.number(), at: z.number() }), EventBody);
export type SesameEvent = EventBody & { seq: number; at: number };

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
    case 'worktree.ready':
      return { ...session, workplace: event.workplace };
    case 'run.started':
      return { ...session, run: event.run };
    case 'run.resized':
      return session.run === null
        ? session
        : { ...session, run: { ...session.run, cols: event.cols, rows: event.rows } };
    case 'run.status':
      return { ...session, status: event.status };
    case 'run.exited':
      return session.run === null ? session : { ...session, run: { ...session.run, pid: null } };
    case 'files.changed':
      return { ...session, diff: event.diff };
    case 'ship.step':
      return { ...session, ship: { state: 'running', step: event.step, output: event.output } };
    case 'ship.done':
      return { ...session, ship: { state: 'done', result: event.result, at: event.at } satisfies ShipState };
    case 'ship.failed':
      return { ...session, ship: { state: 'failed', step: event.step, failure: event.failure, at: event.at } };
    case 'worktree.phase':
    case 'run.notified':
    case 'run.clipboard':
    case 'error':
      return session;
  }
}
