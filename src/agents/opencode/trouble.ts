// An error of OpenCode as a reason: `{name, data}` of its events, or the message of an attempt that is tried again.
import * as z from 'zod';
import { plainLine } from '../../domain/plain-text.ts';
import type { FailReason } from '../../domain/status.ts';

export const ErrorInfo = z.object({
  name: z.string(),
  data: z
    .object({
      message: z.string().optional(),
      statusCode: z.number().optional(),
      responseBody: z.string().optional(),
    })
    .optional(),
});
export type ErrorInfo = z.infer<typeof ErrorInfo>;

export interface Trouble {
  reason: FailReason;
  message: string;
}

const words: ReadonlyArray<readonly [RegExp, FailReason]> = [
  [/\bexpired\b|refresh token|invalid_grant/i, 'token-expired'],
  [/api[ _-]?key|unauthori[sz]ed|authenticat|forbidden|permission_denied/i, 'auth'],
  [/rate.?limit|quota|usage limit|too many requests|credit|billing|exhausted/i, 'rate-limit'],
  [/overloaded|unavailable|server (?:had an )?error|internal error|bad gateway/i, 'overloaded'],
  [/cannot connect|connection|socket|network|unable to connect|fetch failed|timed? ?out|ECONN/i, 'network'],
];

/** The user stopped the turn: no failure. */
export function isAbort({ name }: ErrorInfo): boolean {
  return name === 'MessageAbortedError';
}

export function readError(error: ErrorInfo): Trouble {
  const message = plainLine(error.data?.message ?? error.name).slice(0, 300);
  return { message, reason: reasonOf(error, message) };
}

/** What is said while a request is tried again. */
export function readRetry(said: string): Trouble {
  const message = plainLine(said).slice(0, 300);
  return { message, reason: wordsOf(message) };
}

function reasonOf({ name, data }: ErrorInfo, message: string): FailReason {
  // A status tells an expired credential from a wrong one as little as a name.
  if (wordsOf(message) === 'token-expired') return 'token-expired';
  if (name === 'ProviderAuthError') return 'auth';
  const status = data?.statusCode;
  if (status === 401 || status === 403) return 'auth';
  if (status === 429 || status === 402) return 'rate-limit';
  if (status !== undefined && status >= 500) return 'overloaded';
  // Without a status nobody answered.
  if (name === 'APIError' && status === undefined) return 'network';
  return status === 400 ? 'agent' : wordsOf(message);
}

function wordsOf(message: string): FailReason {
  return words.find(([pattern]) => pattern.test(message))?.[1] ?? 'agent';
}
