// A failure in few words, and what to press. The agent's own words follow where there is room.
import type { Session } from '../../domain/session.ts';
import type { FailReason, Status } from '../../domain/status.ts';

type Failed = Extract<Status, { state: 'failed' }>;

const titles: Record<FailReason, string> = {
  auth: 'authentication failed',
  'rate-limit': 'rate limited',
  'token-expired': 'token expired',
  network: 'network down',
  overloaded: 'model overloaded',
  bootstrap: 'bootstrap failed',
  setup: 'setup failed',
  worktree: 'no worktree',
  crash: 'crashed',
  stalled: 'agent hangs',
  agent: 'failed',
};

/** `rate limited until 14:05`. */
export function failureTitle(status: Failed): string {
  const until = status.retryAt === null ? '' : ` until ${clockTime(status.retryAt)}`;
  return `${titles[status.reason]}${until}`;
}

/** What to press. Keys of a program that still runs are others than those of one that has ended. */
export function failureKeys(session: Session, status: Failed): string {
  const runs = session.run !== null && session.run.pid !== null;
  if (!runs) return 'r tries again, w says why';
  switch (status.reason) {
    case 'auth':
    case 'token-expired':
      return 'enter to sign in there, or x, then r with another credential';
    case 'rate-limit':
      return 'wait, then enter and go on; x stops it';
    case 'stalled':
      return 'enter to look, x stops it, then r';
    case 'network':
    case 'overloaded':
      return 'enter to try again there, w says why';
    default:
      return 'enter to look, w says why';
  }
}

/** The title once, also when the agent's words begin with it. */
export function failureSentence(status: Failed): string {
  const title = failureTitle(status);
  const { message } = status;
  if (message === null || message === '') return title;
  return message.toLowerCase().startsWith(titles[status.reason]) ? message : `${title}: ${message}`;
}

function clockTime(at: number): string {
  const time = new Date(at);
  return `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
}
