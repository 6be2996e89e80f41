// First-run dialogs answered beforehand, in the session's own home.
import type { LaunchInput, PreparedFile } from '../agent.ts';
import { homeName } from './home.ts';

/** Copilot notes in the conversation's file when a hook runs, and why. That note is what counts: the hooks do nothing. */
const noted = ['notification', 'agentStop'];

export function prepare(input: LaunchInput): PreparedFile[] {
  if (input.ownConfig) return [];
  const file = (name: string, content: object): PreparedFile => ({
    path: `${homeName}/${name}`,
    content: `${JSON.stringify(content, null, 2)}\n`,
    mode: 0o600,
  });
  return [
    file('settings.json', {
      banner: 'never',
      showTipsOnStartup: false,
      tabs: { enabled: false },
      autoUpdate: false,
      storeTokenPlaintext: true,
    }),
    // Trust in the main checkout covers its linked worktrees.
    file('config.json', { trustedFolders: [...new Set([input.repository ?? input.worktree, input.worktree])] }),
    file('hooks/sesame.json', {
      version: 1,
      hooks: Object.fromEntries(noted.map((event) => [event, [{ type: 'command', bash: ':', timeoutSec: 5 }]])),
    }),
  ];
}
