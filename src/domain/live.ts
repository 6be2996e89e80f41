// Whether a status means that a program may be running. Free of zod (see failure.ts).
import type { FailReason, Status } from './status.ts';

/** True while an agent's process may be running. */
export function isLive(status: Status): boolean {
  return status.state !== 'exited' && !(status.state === 'failed' && endsRun(status.reason));
}

/** True while a text with an enter after it would choose something: only a question without choices waits for words. */
export function asksFirst(status: Status): boolean {
  return status.state === 'waiting' && !(status.kind === 'question' && status.question === null);
}

/** Reasons after which nothing runs any more. The others are the agent's own words in a live pane. */
export function endsRun(reason: FailReason): boolean {
  switch (reason) {
    case 'bootstrap':
    case 'setup':
    case 'worktree':
    case 'crash':
      return true;
    case 'auth':
    case 'rate-limit':
    case 'token-expired':
    case 'network':
    case 'overloaded':
    case 'stalled':
    case 'agent':
      return false;
  }
}
