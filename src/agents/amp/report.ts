// The lines that our plugin writes.
import { z } from 'zod';

const State = z.enum(['idle', 'running', 'awaiting-approval', 'error', 'lost']);
export type State = z.infer<typeof State>;

const Line = z.union([
  z.object({ thread: z.string() }),
  /** `text`: the agent's last words, once it is idle. `lost`: the state is not followed any more. */
  z.object({ state: State, text: z.string().default('') }),
]);
export type Line = z.infer<typeof Line>;

export function readReport(text: string): Line | null {
  try {
    const line = Line.safeParse(JSON.parse(text));
    return line.success ? line.data : null;
  } catch {
    // A line that was cut off: the next state comes whole.
    return null;
  }
}
