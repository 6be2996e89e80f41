// Files of a session's own configuration. What OpenCode is to do is told by the environment (see launch.ts).
import type { LaunchInput, PreparedFile } from '../agent.ts';

/**
 * OpenCode installs a package for plugins into each of its configuration directories: 63 MB, from the network, beside
 * the first turn. It looks whether `node_modules` is there and the lock file names the package; a session has no
 * plugins of its own, so both are there, and empty. Seen with 1.18.33; a version that looks elsewhere installs again.
 */
const noPlugins: readonly PreparedFile[] = [
  { path: 'config/opencode/node_modules/.keep', content: '', mode: 0o600 },
  {
    path: 'config/opencode/package-lock.json',
    content: `${JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies: { '@opencode-ai/plugin': '*' } } } })}\n`,
    mode: 0o600,
  },
];

export function prepare(input: LaunchInput): PreparedFile[] {
  if (input.ownConfig) return [];
  // The directory for temporary files must be there.
  return [...noPlugins, { path: 'temporary/.keep', content: '', mode: 0o600 }];
}
