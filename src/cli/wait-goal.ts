// When a wait is over. Pure.
import { isLive } from '../domain/live.ts';
import type { Session } from '../domain/session.ts';

export const goals = ['waiting', 'done', 'idle', 'exited'] as const;
export type Goal = (typeof goals)[number];

export function isGoal(text: string): text is Goal {
  return (goals as readonly string[]).includes(text);
}

/**
 * `done` and `idle` are both reached by a finished turn, looked at or not, and by a program that ended with code 0: an
 * agent that runs its task to the end exits. `stalled` is a warning and waits on.
 */
export function verdict(session: Session | undefined, goal: Goal): 'reached' | 'wait' | 'failed' {
  if (session === undefined || session.trash !== null) return 'failed';
  const { status } = session;
  if (goal === 'exited') {
    if (status.state === 'exited' || (isFinishedTask(session) && status.state !== 'failed')) return 'reached';
    return isLive(status) && !hasEnded(session) ? 'wait' : 'failed';
  }
  switch (status.state) {
    case 'failed':
      return status.reason === 'stalled' ? 'wait' : 'failed';
    case 'exited':
      return goal !== 'waiting' && status.code === 0 ? 'reached' : 'failed';
    case 'waiting':
      return goal === 'waiting' ? 'reached' : 'wait';
    case 'done':
    case 'idle':
      return goal === 'waiting' ? 'wait' : 'reached';
    case 'starting':
    case 'working':
    case 'unknown':
      return 'wait';
  }
}

/** A task keeps its agent's verdict as its status when the program has ended. */
function isFinishedTask(session: Session): boolean {
  return session.mode === 'task' && session.run !== null && session.run.pid === null;
}

/** Nothing runs after a failure: none was started, or it has ended. */
function hasEnded({ status, run }: Session): boolean {
  return status.state === 'failed' && (run === null || run.pid === null);
}
