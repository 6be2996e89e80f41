// Lines that Codex writes: the history of prompts, counts of tokens.
import * as z from 'zod';
import type { Usage } from '../../domain/agent-event.ts';
import { readJsonLine } from '../json-line.ts';

export const TokenUsage = z.object({
  input_tokens: z.number(),
  cached_input_tokens: z.number().default(0),
  output_tokens: z.number(),
});

const HistoryLine = z.object({ session_id: z.string().min(1), ts: z.number(), text: z.string() });
const TokenCount = z.object({
  type: z.literal('event_msg'),
  payload: z.object({ type: z.literal('token_count'), info: z.object({ total_token_usage: TokenUsage }) }),
});

/** The conversation's id. */
export function readHistoryLine(line: string): string | null {
  return readJsonLine(line, HistoryLine)?.session_id ?? null;
}

export function readTokenCount(line: string): Usage | null {
  const count = readJsonLine(line, TokenCount);
  return count === null ? null : usageOf(count.payload.info.total_token_usage);
}

/** OpenAI counts what came from the cache as input too. */
export function usageOf(usage: z.infer<typeof TokenUsage>): Usage {
  return {
    inputTokens: Math.max(0, usage.input_tokens - usage.cached_input_tokens),
    outputTokens: usage.output_tokens,
    cachedTokens: usage.cached_input_tokens,
    cost: null,
  };
}
