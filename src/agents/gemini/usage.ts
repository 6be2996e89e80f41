// The lines that the hook of prepare.ts writes: totals of the conversation.
import * as z from 'zod';
import type { Usage } from '../../domain/agent-event.ts';
import { readJsonLine } from '../json-line.ts';

const Totals = z.object({ input: z.number(), output: z.number(), cached: z.number() });

/** Google counts cached tokens as part of the input; we do not. It tells no cost. */
export function usageOf({ input, output, cached }: z.infer<typeof Totals>): Usage {
  return { inputTokens: Math.max(0, input - cached), outputTokens: output, cachedTokens: cached, cost: null };
}

export function readUsage(line: string): Usage | null {
  const totals = readJsonLine(line, Totals);
  return totals === null ? null : usageOf(totals);
}
