// The configuration of a session's own home. Codex adds to this file as it runs; it is written anew at each start.
import type { LaunchInput, PreparedFile } from '../agent.ts';
import { databasesName, homeName, turnsOf } from './home.ts';
import { tomlString, trusted } from './toml.ts';

/**
 * Codex calls this after each turn, its last argument tells which conversation. What was used stands only in that
 * conversation's own file, whose name is not known beforehand: its last count is copied to where it is read.
 */
const notifier = `id=$(printf '%s' "$2" | sed -n 's/^{"type":"agent-turn-complete","thread-id":"\\([0-9a-f-]*\\)".*/\\1/p')
[ -n "$id" ] || exit 0
for file in "$CODEX_HOME"/sessions/*/*/*/rollout-*-"$id".jsonl; do
  [ -f "$file" ] && grep '"type":"token_count"' "$file" | tail -n 1 >>"$1"
done
exit 0`;

export function prepare(input: LaunchInput): PreparedFile[] {
  if (input.ownConfig) return [];
  const notify = ['/bin/sh', '-c', notifier, 'turn', turnsOf(input)].map(tomlString);
  const content = `check_for_update_on_startup = false
cli_auth_credentials_store = "file"
notify = [${notify.join(', ')}]

[analytics]
enabled = false

[features]
daemon_auto_start = false

[history]
persistence = "save-all"

${trusted(input)
  .map((path) => `[projects.${tomlString(path)}]\ntrust_level = "trusted"\n`)
  .join('\n')}`;
  return [
    { path: `${homeName}/config.toml`, content, mode: 0o600 },
    // A place for temporary files, for when the session lies below the usual one: see launch.ts.
    { path: `${homeName}/tmp/.keep`, content: '', mode: 0o600 },
    { path: `${homeName}/${databasesName(input)}/.keep`, content: '', mode: 0o600 },
  ];
}
