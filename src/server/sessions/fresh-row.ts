// What every new session's row says besides what was asked for.
import type { Session } from '../../domain/session.ts';

type Fresh = Pick<
  Session,
  | 'status'
  | 'phases'
  | 'run'
  | 'conversation'
  | 'usage'
  | 'diff'
  | 'ship'
  | 'problem'
  | 'createdAt'
  | 'archivedAt'
  | 'trash'
>;

/** A session that is about to start, and has done nothing yet. `why`: who asked for it. */
export function freshRow(now: number, why: string): Fresh {
  return {
    status: { state: 'starting', evidence: { signal: 'server', rule: why }, since: now, message: null },
    phases: [],
    run: null,
    conversation: null,
    usage: null,
    diff: null,
    ship: null,
    problem: null,
    createdAt: now,
    archivedAt: null,
    trash: null,
  };
}
