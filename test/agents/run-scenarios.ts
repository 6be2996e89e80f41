// The scenarios of scenarios.ts, each against the real program in the real product.
import { describe } from 'vitest';
import type { AgentUnderTest } from './agents-under-test.ts';
import { playConversations } from './conversations.ts';
import { openStage } from './stage.ts';
import { playTroubles } from './troubles.ts';
import { playTurns } from './turns.ts';

export function runScenarios(agent: AgentUnderTest): void {
  describe(agent.id, () => {
    const stage = openStage(agent);
    playTurns(stage);
    playConversations(stage);
    playTroubles(stage);
  });
}
