// Tokens as OpenCode counts them: the cache apart from the input, as we do; reasoning apart from the output.
import type { Usage } from '../../domain/agent-event.ts';
import type { Tokens } from './events.ts';

/** `cost`: US dollars by the prices it knows. */
export function usageOf(tokens: Tokens, cost: number | null): Usage {
  return {
    inputTokens: tokens.input + tokens.cache.write,
    outputTokens: tokens.output + tokens.reasoning,
    cachedTokens: tokens.cache.read,
    cost,
  };
}
