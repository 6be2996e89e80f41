// How Amp is started. The prompt comes through standard input, of any length and with any first character; keys are
// then read from the terminal itself. Amp chooses the conversation's id (`T-<uuid>`): it is learned.
import type { Launch, LaunchInput } from '../agent.ts';
import { configHome, dataHome, reportPath, settingsPath } from './prepare.ts';

/** What the program may see of its owner's environment, besides its credential. */
export const ownerVariables: readonly string[] = ['AMP_URL', 'AMP_RIPGREP_PATH', 'RIVET_PUBLIC_ENDPOINT'];

export function launch(input: LaunchInput): Launch {
  const resumed = input.resume?.conversation ?? null;
  const isTask = input.mode === 'task';
  const argv = [
    ...input.binary,
    ...(resumed === null ? [] : ['threads', 'continue', resumed]),
    ...(isTask ? ['--execute', '--stream-json', '--no-archive-after-execute'] : []),
    '--no-ide',
    // A mode instead of a model: low, medium, high, ultra.
    ...(input.model === null ? [] : ['--mode', input.model]),
    // Without settings of ours the level can only be raised.
    ...(input.ownConfig && input.permissions === 'full' ? ['--dangerously-allow-all'] : []),
  ];
  const takesPrompt = isTask || (resumed === null && input.prompt !== '');
  return {
    // The prompt's file is `$0`, so that it needs no quoting.
    argv: takesPrompt ? ['/bin/sh', '-c', 'exec "$@" < "$0"', input.promptFile, ...argv] : argv,
    env: environment(input),
    paste: null,
    conversation: resumed,
    sources: isTask || input.ownConfig ? [] : [{ kind: 'lines', signal: 'hook', path: reportPath(input) }],
  };
}

function environment(input: LaunchInput): Record<string, string> {
  const always = {
    AMP_SKIP_UPDATE_CHECK: '1',
    // Hundreds of frames less; the title still turns while it works.
    NO_ANIMATION: '1',
  };
  if (input.ownConfig) return always;
  return {
    ...always,
    XDG_CONFIG_HOME: configHome(input),
    XDG_DATA_HOME: dataHome(input),
    XDG_CACHE_HOME: `${input.sharedDirectory}/cache`,
    AMP_SETTINGS_FILE: settingsPath(input),
  };
}
