// The lines that our plugin writes.
import * as z from 'zod';
import { readJsonLine } from '../json-line.ts';

const State = z.enum(['idle', 'running', 'awaiting-approval', 'error', 'lost']);
export type State = z.infer<typeof State>;

const Line = z.union([
  z.object({ thread: z.string() }),
  /** `text`: the agent's last words, once it is idle. `lost`: the state is not followed any more. */
  z.object({ state: State, text: z.string().default('') }),
]);
export type Line = z.infer<typeof Line>;

export function readReport(text: string): Line | null {
  return readJsonLine(text, Line);
}
