// Everything that happens, as one union. The server appends events; clients rebuild their state from them with
// `applyEvent` (apply-event.ts), the same function the server uses, so that the two cannot disagree.
import * as z from 'zod';
import { AgentEvent, Usage } from './agent-event.ts';
import { BinaryKey, BootstrapProgress } from './binary.ts';
import { DiffStat } from './diff.ts';
import { FailureSchema } from './failure-body.ts';
import { AgentId, RunId, SessionId } from './ids.ts';
import { CurrentRun, PhaseLine, Session, SessionProblem, Trash, Workplace } from './session.ts';
import { ShipResult, ShipStep } from './ship.ts';
import { Status } from './status.ts';

const of = { session: SessionId };

export const EventBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session.created'), ...of, value: Session }),
  z.object({ kind: z.literal('session.renamed'), ...of, title: z.string() }),
  z.object({ kind: z.literal('session.archived'), ...of, at: z.number().nullable() }),
  /** The worktree goes; `trash` keeps its content (null for a plain program). */
  z.object({ kind: z.literal('session.discarded'), ...of, trash: Trash.nullable() }),
  /** `undo` brought a discarded or archived session back. */
  z.object({ kind: z.literal('session.restored'), ...of }),
  /** The row is gone for good. */
  z.object({ kind: z.literal('session.forgotten'), ...of }),
  z.object({ kind: z.literal('session.problem'), ...of, problem: SessionProblem.nullable() }),
  z.object({ kind: z.literal('session.conversation'), ...of, conversation: z.string() }),
  z.object({
    kind: z.literal('worktree.phase'),
    ...of,
    ...PhaseLine.shape,
  }),
  z.object({ kind: z.literal('worktree.ready'), ...of, workplace: Workplace }),
  z.object({ kind: z.literal('run.started'), ...of, run: CurrentRun }),
  z.object({ kind: z.literal('run.resized'), ...of, cols: z.number(), rows: z.number() }),
  z.object({ kind: z.literal('run.paused'), ...of, paused: z.boolean() }),
  z.object({ kind: z.literal('run.status'), ...of, status: Status }),
  /** Bell, OSC 9 or OSC 777 of the program. */
  z.object({ kind: z.literal('run.notified'), ...of, text: z.string() }),
  /** OSC 52 of the program: a request to set the clipboard, subject to the user's consent. */
  z.object({ kind: z.literal('run.clipboard'), ...of, text: z.string() }),
  z.object({ kind: z.literal('run.exited'), ...of, code: z.number().nullable(), exitSignal: z.number().nullable() }),
  /** What an agent in task mode said or did. `offset`: the end of the line that told it, in the run's output. */
  z.object({ kind: z.literal('agent.event'), ...of, run: RunId, offset: z.number(), event: AgentEvent }),
  /** Totals of the session; `costToday` is that of all sessions since midnight, null while nothing tells a cost. */
  z.object({ kind: z.literal('usage'), ...of, usage: Usage, costToday: z.number().nullable() }),
  z.object({ kind: z.literal('files.changed'), ...of, diff: DiffStat }),
  z.object({ kind: z.literal('ship.step'), ...of, step: ShipStep, output: z.string() }),
  z.object({ kind: z.literal('ship.done'), ...of, result: ShipResult, at: z.number() }),
  z.object({ kind: z.literal('ship.failed'), ...of, step: ShipStep, failure: FailureSchema, at: z.number() }),
  /** Of an installation, which any number of sessions wait for. At most a few a second, and never stored. */
  z.object({
    kind: z.literal('bootstrap.progress'),
    session: z.null(),
    agent: AgentId,
    progress: BootstrapProgress,
  }),
  z.object({
    kind: z.literal('bootstrap.ready'),
    session: z.null(),
    agent: AgentId,
    version: z.string(),
    key: BinaryKey,
  }),
  z.object({ kind: z.literal('bootstrap.failed'), session: z.null(), agent: AgentId, failure: FailureSchema }),
  z.object({ kind: z.literal('error'), session: SessionId.nullable(), failure: FailureSchema }),
]);
export type EventBody = z.infer<typeof EventBody>;

/**
 * `seq` grows by one per stored event and never repeats, also across server restarts; an event that is not stored
 * (passing-event.ts) has that of the one before it. `at` is milliseconds since the epoch.
 */
export const SesameEvent = z.intersection(z.object({ seq: z.number(), at: z.number() }), EventBody);
export type SesameEvent = EventBody & { seq: number; at: number };
