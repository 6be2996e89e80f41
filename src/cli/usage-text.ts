// Tokens and cost in a few words, and their sums.
import type { Usage } from '../domain/agent-event.ts';
import type { Session } from '../domain/session.ts';

/** `88k tokens, $0.09`; the cost only where it is known. */
export function usageText(usage: Usage): string {
  const tokens = usage.inputTokens + usage.outputTokens + usage.cachedTokens;
  return usage.cost === null ? `${short(tokens)} tokens` : `${short(tokens)} tokens, ${costText(usage.cost)}`;
}

function costText(cost: number): string {
  return `$${cost.toFixed(cost > 0 && cost < 0.01 ? 4 : 2)}`;
}

/** Null when none of the sessions told anything. */
export function sumOfUsage(sessions: readonly Session[]): Usage | null {
  return sessions.reduce<Usage | null>((sum, { usage }) => {
    if (usage === null || sum === null) return usage ?? sum;
    return {
      inputTokens: sum.inputTokens + usage.inputTokens,
      outputTokens: sum.outputTokens + usage.outputTokens,
      cachedTokens: sum.cachedTokens + usage.cachedTokens,
      cost: sum.cost === null || usage.cost === null ? (sum.cost ?? usage.cost) : sum.cost + usage.cost,
    };
  }, null);
}

function short(tokens: number): string {
  if (tokens < 1000) return String(tokens);
  return tokens < 1_000_000 ? `${Math.round(tokens / 1000)}k` : `${(tokens / 1_000_000).toFixed(1)}M`;
}
