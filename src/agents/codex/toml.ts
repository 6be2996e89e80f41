// Values of Codex's configuration as it reads them, from its file and from `-c key=value`.
import type { LaunchInput } from '../agent.ts';

export function tomlString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007f');
}

/** Directories that need no question about trust: an entry for the main checkout covers its linked worktrees. */
export function trusted(input: LaunchInput): string[] {
  return [...new Set([input.repository ?? input.worktree, input.worktree])];
}

/** The same as one value for `-c`. */
export function trustOverride(input: LaunchInput): string {
  const entries = trusted(input).map((path) => `${tomlString(path)}={trust_level="trusted"}`);
  return `projects={${entries.join(',')}}`;
}
