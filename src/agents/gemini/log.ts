// The program's log (GEMINI_DEBUG_LOG_FILE), as far as it tells of requests. An entry may go on over several lines:
//
//   [2026-11-21T01:54:00.329Z] [WARN] Attempt 1 failed: Resource has been exhausted (e.g. check quota).
//   Suggested retry after 5s.. Retrying after 5381ms...
//   [2026-11-21T01:54:24.149Z] [WARN] Attempt 1 failed with status 503. Retrying with backoff... _ApiError: {...}
//   [2026-11-21T01:53:53.491Z] [ERROR] Error when talking to Gemini API Full report available at: ... _ApiError: {...}
import { readTrouble, type Trouble } from './trouble.ts';

export type LogEntry =
  /** `at`: milliseconds since the epoch of the next attempt, null where it does not say. */
  | { kind: 'retry'; trouble: Trouble; at: number | null; rule: string }
  /** The turn ends with it. */
  | { kind: 'fatal'; trouble: Trouble }
  /** The model has answered: a tool is looked at, or another request begins. */
  | { kind: 'progress' };

const head = /^\[(\d{4}-[^\]]+)\] \[(DEBUG|LOG|WARN|ERROR)\] (.*)$/s;
const attempt = /^(Attempt \d+ failed)( with status \d+)?(?:\. Retrying with backoff\.\.\.|:)\s*(.*)$/s;

/** A reader for the lines of one log. */
export function readLog(): (line: string) => LogEntry | null {
  /** An attempt that failed at `since`; when the next one is, follows. */
  let pending: { trouble: Trouble; since: number; rule: string } | null = null;
  return (line) => {
    const match = head.exec(line.slice(0, 8000));
    if (match === null) return continued(line);
    pending = null;
    const [, time = '', level, text = ''] = match;
    if (level === 'ERROR' && text.startsWith('Error when talking to Gemini API')) {
      return { kind: 'fatal', trouble: readTrouble(text.replace(/^.*?Full report available at: \S+ /, '')) };
    }
    if (level === 'DEBUG' && /^\[(?:PolicyEngine\.check|Routing)\]/.test(text)) return { kind: 'progress' };
    const failed = level === 'WARN' ? attempt.exec(text) : null;
    if (failed === null) return null;
    const [, rule = '', status = '', said = ''] = failed;
    const trouble = readTrouble(`${status} ${said}`);
    if (text.includes('Retrying with backoff')) return { kind: 'retry', trouble, at: null, rule: `${rule}${status}` };
    pending = { trouble, since: Date.parse(time), rule };
    return null;
  };

  function continued(line: string): LogEntry | null {
    const after = pending === null ? null : /Retrying after (\d+)ms/.exec(line.slice(0, 1000));
    if (pending === null || after === null) return null;
    const { trouble, since, rule } = pending;
    pending = null;
    const at = since + Number(after[1]);
    return { kind: 'retry', trouble, at: Number.isFinite(at) ? at : null, rule };
  }
}
