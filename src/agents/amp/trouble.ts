// What went wrong, from the title of Amp's error box and its words. The same words stand in a task's result and in what
// it prints before it ends. Texts of 0.0.1790142911.
import { plainLine } from '../../domain/plain-text.ts';
import type { FailReason } from '../../domain/status.ts';

export interface Trouble {
  reason: FailReason;
  message: string;
}

const rules: ReadonlyArray<readonly [RegExp, FailReason]> = [
  [/token (?:is |has )?expired|AUTHORIZATION_EXPIRED/i, 'token-expired'],
  [
    /rate.?limit|usage quota|usage limit|free usage|no usage available|out of credits|low credit balance|insufficient credit|\b402\b|\b429\b/i,
    'rate-limit',
  ],
  [/unauthorized|API key|log ?in|access denied|auth-required|\b40[13]\b/i, 'auth'],
  [/overloaded|internal server error|error from (?:model|upstream) provider|\b5\d\d\b/i, 'overloaded'],
  [
    /network error|couldn't connect|cannot reach|reconnecting|disconnected|stream timed out|stream stalled|ECONN|ENOTFOUND|ETIMEDOUT|fetch failed|socket hang up/i,
    'network',
  ],
];

export function readTrouble(text: string): Trouble {
  const bounded = text.slice(0, 4000);
  const reason = rules.find(([words]) => words.test(bounded))?.[1] ?? 'agent';
  const inner = /"message":\s*"((?:[^"\\]|\\.)+)"/.exec(bounded)?.[1];
  const said = inner === undefined ? bounded : inner.replace(/\\n/g, ' ').replace(/\\(.)/g, '$1');
  return { reason, message: plainLine(said.replace(/^Error: /, '')).slice(0, 300) };
}
