// What the verbs of sessions share: the parts they stand on, and how they record what happened.
import type { AgentRegistry } from '../../agents/registry.ts';
import type { EventBody } from '../../domain/event.ts';
import { Failure, toFailureBody } from '../../domain/failure.ts';
import type { RunId, SessionId } from '../../domain/ids.ts';
import { isLive } from '../../domain/live.ts';
import type { Session, Workplace } from '../../domain/session.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Paths } from '../../platform/paths.ts';
import type { Binaries } from '../bootstrap/bootstrap.ts';
import type { CredentialStore } from '../credentials/credential-store.ts';
import type { Events } from '../events/events.ts';
import type { Git } from '../git/git.ts';
import type { Run, RunExit, Runs } from '../runs/runs.ts';
import type { Ship } from '../ship/ship.ts';
import type { KeyedLock } from './keyed-lock.ts';
import type { Spending } from './spending.ts';
import type { StartRecords } from './start-records.ts';

/** Calls once after `afterMs`; returns how to call it off. */
export type Schedule = (afterMs: number, call: () => void) => () => void;

export interface Context {
  paths: Paths;
  git: Git;
  ship: Ship;
  runs: Runs;
  events: Events;
  agents: AgentRegistry;
  records: StartRecords;
  credentials: CredentialStore;
  spending: Spending;
  binaries: Binaries;
  clock: Clock;
  log: Log;
  /** The environment of the server's owner. */
  env: NodeJS.ProcessEnv;
  /** Version of sesame. */
  version: string;
  schedule: Schedule;
  /** One change of a repository at a time, by its path. */
  repositories: KeyedLock;
  /** Sessions that are being brought up: how to stop that, and when it is over. */
  starting: Map<SessionId, { stop: AbortController; over: Promise<void> }>;
  exits: ExitWaiters;
  /** Aborted when the user ends everything: what is begun from then on is called off. */
  ending: AbortSignal;
  /** Aborted when the server leaves: what is under way is left for the next one, and nothing is recorded any more. */
  closing: AbortSignal;
  /** Stores and tells. A disk that refuses is logged; the event is stored with the next one. */
  record(body: EventBody): void;
}

/** Who waits for the end of which run. */
export type ExitWaiters = Map<RunId, Array<(exit: RunExit) => void>>;

export type WorktreePlace = Workplace & { kind: 'worktree' };

/** The row as it is now. Throws the Failure `no-such-session` when it is gone. */
export function rowOf(context: Pick<Context, 'events'>, id: SessionId): Session {
  const row = context.events.session(id);
  if (row === null) {
    throw new Failure({
      code: 'no-such-session',
      message: `there is no session ${id}`,
      remedy: 'see `sesame ls` for the sessions there are',
    });
  }
  return row;
}

/** Resolves with how the run ended, at once when it has. Rejects when the server leaves before that. */
export function waitForExit(context: Pick<Context, 'exits' | 'closing'>, run: Run): Promise<RunExit> {
  if (run.exit !== null) return Promise.resolve(run.exit);
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(context.closing.reason);
    context.closing.addEventListener('abort', leave, { once: true });
    const ended = (exit: RunExit): void => {
      context.closing.removeEventListener('abort', leave);
      resolve(exit);
    };
    context.exits.set(run.id, [...(context.exits.get(run.id) ?? []), ended]);
  });
}

/** True while the session has a program that runs, or is about to get one. */
export function isBusy(context: Context, session: Session): boolean {
  return context.starting.has(session.id) || isRunning(context, session);
}

export function isRunning(context: Context, session: Session): boolean {
  const run = context.runs.get(session.id);
  return run !== null && run.exit === null && (isLive(session.status) || run.pid !== null);
}

/** An `error` event of the session, for what failed out of the user's sight. */
export function reportFailure(context: Context, session: SessionId | null, error: unknown): void {
  const failure = toFailureBody(error);
  if (failure.code === 'internal') {
    context.log.error('unexpected error', {
      session,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
  context.record({ kind: 'error', session, failure });
}
