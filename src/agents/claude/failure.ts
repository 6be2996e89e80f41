// What went wrong, from Claude Code's own words. The same words stand in its report, on its screen, in the transcript
// and in a task's output. Texts of 2.1.329.
import type { FailReason } from '../../domain/status.ts';

const rules: ReadonlyArray<readonly [RegExp, FailReason]> = [
  [/\bexpired\b/i, 'token-expired'],
  [/API key|\/login\b|authenticat|\b40[13]\b|credit balance|organization has been disabled/i, 'auth'],
  [/\b429\b|rate.?limit|usage limit|hit your .*limit|limit reached|limit · resets/i, 'rate-limit'],
  [/\b529\b|overloaded|\b5\d\d\b|server-side issue/i, 'overloaded'],
  [
    /connection|refused|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|network|firewall|proxy|certificate|timed? ?out|unable to connect/i,
    'network',
  ],
];

/** `agent` when the words are none we know. */
export function reasonOf(text: string): FailReason {
  return rules.find(([words]) => words.test(text))?.[1] ?? 'agent';
}

/** The names of `error` in the transcript and of a task's `api_retry`; null for `unknown` and new ones. */
export function reasonOfName(name: string | null): FailReason | null {
  switch (name) {
    case 'authentication_failed':
    case 'billing_error':
      return 'auth';
    case 'rate_limit':
      return 'rate-limit';
    case 'overloaded':
    case 'server_error':
      return 'overloaded';
    default:
      return null;
  }
}
