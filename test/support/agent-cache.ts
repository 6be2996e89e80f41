// The agents' programs for the suite of real agents: one directory that is filled once and shared by all worlds.
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** `$SESAME_TEST_AGENTS`, else a directory beside the other caches of this checkout. */
export function agentCache(): string {
  return resolve(process.env['SESAME_TEST_AGENTS'] ?? 'node_modules/.cache/agents');
}

/** Makes what the cache holds of an agent visible below a work directory's `agents`; what is written there stays its own. */
export function linkAgent(agentsDirectory: string, agent: string): void {
  const from = join(agentCache(), agent);
  const to = join(agentsDirectory, agent);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of namesIn(from))
    if (name !== 'shared' && !name.startsWith('.')) symlinkSync(join(from, name), join(to, name));
}

/** PATH with the programs of `<cache>/bin` first. */
export function agentPath(): string {
  return [join(agentCache(), 'bin'), process.env['PATH']].join(delimiter);
}

export function isCached(agent: string): boolean {
  return namesIn(join(agentCache(), agent)).length > 0;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // An agent that was not installed: starting it says what is missing.
    return [];
  }
}
