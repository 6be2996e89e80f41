// Codex's home: configuration, sign-in, conversations. Each session has its own.
import type { LaunchInput } from '../agent.ts';

/** Below the session's configuration directory. */
export const homeName = 'codex';

export function homeOf(input: LaunchInput): string {
  return `${input.configDirectory}/${homeName}`;
}

/** What its prompts are written to: one JSON per line with the conversation's id. */
export function historyOf(input: LaunchInput): string {
  return `${homeOf(input)}/history.jsonl`;
}

/** What the notifier of `prepare.ts` appends after each turn. */
export function turnsOf(input: LaunchInput): string {
  return `${homeOf(input)}/turns.jsonl`;
}

/**
 * Its databases, below the home. They hold the home's own path: a fork, whose home is a copy, begins with none, and
 * Codex fills them again from the conversations' files.
 */
export function databasesName({ session }: Pick<LaunchInput, 'session'>): string {
  return `databases-${session}`;
}
