// Copilot's home: settings, hooks, conversations. Each session has its own, unless it uses the user's.
import type { LaunchInput } from '../agent.ts';

/** Below the session's configuration directory. */
export const homeName = 'copilot';

export function homeOf(input: LaunchInput): string {
  if (!input.ownConfig) return `${input.configDirectory}/${homeName}`;
  return input.owner['COPILOT_HOME'] ?? `${input.owner['HOME'] ?? ''}/.copilot`;
}

/** The conversation's own file: one event per line, also for each hook that runs. */
export function eventsOf(input: LaunchInput, conversation: string): string {
  return `${homeOf(input)}/session-state/${conversation}/events.jsonl`;
}
