// What was used, in the words of the model server and in ours.
import type { Usage } from '../../src/domain/agent-event.ts';
import type { RecordedRequest, Tokens } from '../support/model-server/model-server.ts';

export type TokenSums = Omit<Usage, 'cost'>;

export const noTokens: Tokens = { input: 0, cached: 0, output: 0 };

/** What the model server said that it used. `conversation`: without titles and the like. */
export function usedBy(requests: readonly RecordedRequest[], which: 'all' | 'conversation'): Tokens {
  return requests
    .filter(({ turn }) => which === 'all' || turn !== null)
    .map(({ usage }) => usage ?? noTokens)
    .reduce(
      (a, b) => ({ input: a.input + b.input, cached: a.cached + b.cached, output: a.output + b.output }),
      noTokens,
    );
}

/** In our words: the input without what came from the cache. */
export function usageOf({ input, cached, output }: Tokens): TokenSums {
  return { inputTokens: input - cached, outputTokens: output, cachedTokens: cached };
}

export function tokensOf(usage: Usage | null): TokenSums | null {
  if (usage === null) return null;
  const { inputTokens, outputTokens, cachedTokens } = usage;
  return { inputTokens, outputTokens, cachedTokens };
}

export function asTold({ inputTokens, outputTokens, cachedTokens }: TokenSums): Tokens {
  return { input: inputTokens + cachedTokens, cached: cachedTokens, output: outputTokens };
}

export function sumOf(a: TokenSums, b: TokenSums): TokenSums {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
  };
}

export function isSame(usage: Usage | null, expected: TokenSums | null): boolean {
  return JSON.stringify(tokensOf(usage)) === JSON.stringify(expected);
}

/** Null while none of them is known. */
export function addCosts(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}
