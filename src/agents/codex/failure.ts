// Why a turn failed, read from the sentence Codex shows. The sentences are those of version 0.169.
import type { FailReason } from '../../domain/status.ts';

export interface CodexFailure {
  reason: FailReason;
  /** Milliseconds since the epoch. */
  retryAt: number | null;
}

const rules: ReadonlyArray<readonly [RegExp, FailReason]> = [
  [/could not be refreshed|refresh token|log out and sign in again|\bexpired\b/i, 'token-expired'],
  [/status 40[13]\b|\b401 Unauthorized|\b403 Forbidden|not signed in|api key/i, 'auth'],
  [/usage limit|rate limit|status:? 429\b|\b429 Too Many|quota/i, 'rate-limit'],
  [/high demand|at capacity|overloaded|status:? 5\d\d\b/i, 'overloaded'],
  [
    /waiting for network|stream disconnected|error sending request|connection (?:failed|refused)|timed? ?out|dns error/i,
    'network',
  ],
];

/** `now`: milliseconds since the epoch; a time of day in the sentence is one of this day. */
export function readFailure(message: string, now: number): CodexFailure {
  const reason = rules.find(([pattern]) => pattern.test(message))?.[1] ?? 'agent';
  return { reason, retryAt: reason === 'rate-limit' ? retryTime(message, now) : null };
}

const months = 'janfebmaraprmayjunjulaugsepoctnovdec';
const timePattern =
  /again at (?:([A-Z][a-z]{2})[a-z]* (\d{1,2})(?:st|nd|rd|th)?,? (\d{4}),? )?(\d{1,2}):(\d{2})\s*([AP]M)/i;

/** `try again at 2:57 AM.` or `try again at Nov 23rd, 2026 2:57 AM.`, in the machine's time zone. */
function retryTime(message: string, now: number): number | null {
  const match = timePattern.exec(message);
  if (match === null) return null;
  const [, month, day, year, hour, minute, half] = match;
  const at = new Date(now);
  if (month !== undefined) {
    const index = months.indexOf(month.toLowerCase()) / 3;
    if (!Number.isInteger(index) || index < 0) return null;
    at.setFullYear(Number(year), index, Number(day));
  }
  at.setHours((Number(hour) % 12) + (half?.toUpperCase() === 'PM' ? 12 : 0), Number(minute), 0, 0);
  return at.getTime();
}
