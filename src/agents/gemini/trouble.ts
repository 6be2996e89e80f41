// What Gemini CLI says when a request fails, as a reason. The text is Google's answer or what Node says of the network.
import { plainLine } from '../../domain/plain-text.ts';
import type { FailReason } from '../../domain/status.ts';

export interface Trouble {
  reason: FailReason;
  message: string;
}

const rules: ReadonlyArray<readonly [RegExp, FailReason]> = [
  [/invalid_grant|\bexpired\b|token (?:has been |is )?revoked/i, 'token-expired'],
  [/API[ _]key|API_KEY_INVALID|UNAUTHENTICATED|PERMISSION_DENIED|"code":40[13]|status 40[13]/i, 'auth'],
  [/RESOURCE_EXHAUSTED|quota|rate limit|Resource has been exhausted|"code":429|status 429/i, 'rate-limit'],
  [/UNAVAILABLE|overloaded|INTERNAL|"code":5\d\d|status 5\d\d/i, 'overloaded'],
  [/fetch failed|terminated|ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|socket|network|timed? ?out/i, 'network'],
];

/** `text`: what follows `API Error:` or an attempt that failed. */
export function readTrouble(text: string): Trouble {
  const bounded = text.slice(0, 4000);
  const reason = rules.find(([pattern]) => pattern.test(bounded))?.[1] ?? 'agent';
  const inner = /"message":\s*"((?:[^"\\]|\\.)+)"/.exec(bounded)?.[1];
  const said = inner === undefined ? bounded : inner.replace(/\\n/g, ' ').replace(/\\(.)/g, '$1');
  const message = plainLine(said.replace(/^(?:_?\w*Error|exception \w+): /, '')).slice(0, 300);
  return { reason, message };
}
