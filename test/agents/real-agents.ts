/** Ids of the agents this suite runs, in the order of the matrix. */
export const realAgents = ['claude', 'codex', 'copilot', 'gemini', 'opencode', 'amp'] as const;
export type RealAgent = (typeof realAgents)[number];
