// First-run dialogs answered beforehand. All of them default to "No" and one ends the program, so none may appear:
// onboarding and theme, trust in the repository, the API key from the environment, the warning about full permissions.
import type { LaunchInput, PreparedFile } from '../agent.ts';

/** A key is approved by its end. */
const approvedCharacters = 20;

export function prepare(input: LaunchInput): PreparedFile[] {
  if (input.ownConfig) return [];
  // Trust in the main repository's top level covers its linked worktrees.
  const trusted = [...new Set([input.repository, input.worktree])].filter((path) => path !== null);
  const key = input.credential?.values.get('ANTHROPIC_API_KEY')?.reveal();
  const state = {
    hasCompletedOnboarding: true,
    customApiKeyResponses: { approved: key === undefined ? [] : [key.slice(-approvedCharacters)], rejected: [] },
    projects: Object.fromEntries(trusted.map((path) => [path, { hasTrustDialogAccepted: true }])),
  };
  return [{ path: '.claude.json', content: `${JSON.stringify(state, null, 2)}\n`, mode: 0o600 }];
}
