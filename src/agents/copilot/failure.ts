// Why a turn failed: Copilot's own kind of error, its status, and what it says.
import type { FailReason } from '../../domain/status.ts';

export interface CopilotFailure {
  reason: FailReason;
  /** Milliseconds since the epoch. */
  retryAt: number | null;
}

const rules: ReadonlyArray<readonly [RegExp, FailReason]> = [
  [/expired/i, 'token-expired'],
  [/HTTP 40[13]|\b40[13] |auth_error|authenticat|authoriz|not logged in|must be logged in|\/login/i, 'auth'],
  [/rate.?limit|\b429\b|quota|too many requests|\b402\b|used up/i, 'rate-limit'],
  [/overloaded|\b5(?:0[0234]|29)\b|server_error|server had an error/i, 'overloaded'],
  [
    /ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|fetch failed|connect|network|socket|timed? ?out|terminated|streaming_error/i,
    'network',
  ],
];

const kinds: Record<string, FailReason> = {
  authentication: 'auth',
  authorization: 'auth',
  quota: 'rate-limit',
  rate_limit: 'rate-limit',
};

/** `now`: milliseconds since the epoch, from which a span in the message counts. */
export function readFailure(
  { errorType, statusCode, message }: { errorType: string | null; statusCode: number | null; message: string },
  now: number,
): CopilotFailure {
  const text = `${statusCode ?? ''} ${message}`;
  const reason = kinds[errorType ?? ''] ?? rules.find(([pattern]) => pattern.test(text))?.[1] ?? 'agent';
  return { reason, retryAt: reason === 'rate-limit' ? afterSpan(message, now) : null };
}

const units: Record<string, number> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `Please wait for your limit to reset in 2 hours 5 minutes.` */
function afterSpan(message: string, now: number): number | null {
  const span = /reset in ([^.]*)/i.exec(message)?.[1];
  if (span === undefined) return null;
  const parts = [...span.matchAll(/(\d+) (second|minute|hour|day)s?/gi)];
  if (parts.length === 0) return null;
  return now + parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit?.toLowerCase() ?? ''] ?? 0), 0);
}
