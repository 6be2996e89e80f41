// How Gemini CLI is started: `gemini -i "prompt"` for its own screen, with the prompt on standard input for a task.
import type { PermissionLevel } from '../../domain/agent-info.ts';
import type { Launch, LaunchInput } from '../agent.ts';
import { logPath, temporaryDirectory, usagePath } from './prepare.ts';

/** What the program may see of its owner's environment, besides its credential. */
export const ownerVariables: readonly string[] = [
  'GOOGLE_GEMINI_BASE_URL',
  'GOOGLE_CLOUD_PROJECT',
  'GOOGLE_CLOUD_LOCATION',
];

/** The system takes 128 KiB in one argument; some of it is left for what surrounds the prompt. */
const argumentLimitBytes = 100 * 1024;

const approvalModes: Record<PermissionLevel, string> = {
  ask: 'default',
  'accept-edits': 'auto_edit',
  full: 'yolo',
};

export function launch(input: LaunchInput): Launch {
  const resumed = input.resume?.conversation ?? null;
  const flags = [
    '--approval-mode',
    approvalModes[input.permissions],
    // Without a model the program asks a small one, before each turn, which to take.
    ...(input.model === null ? [] : ['--model', input.model]),
    ...(resumed === null ? ['--session-id', input.newConversation] : ['--resume', resumed]),
  ];
  const common = {
    env: environment(input),
    conversation: resumed ?? input.newConversation,
    sources: [
      { kind: 'lines', signal: 'file', path: logPath(input) },
      { kind: 'lines', signal: 'hook', path: usagePath(input) },
    ] as const,
  };
  if (input.mode === 'task') {
    // The shell gives the prompt's file as standard input: any length, any first character. What it says on its
    // standard error tells of attempts that failed, so the log is not needed.
    const [program = '', ...rest] = input.binary;
    const task = ['--output-format', 'stream-json', ...flags];
    const argv = ['/bin/sh', '-c', 'exec "$@" < "$0"', input.promptFile, program, ...rest, ...task];
    return { ...common, argv, paste: null, sources: [] };
  }
  const prompt = resumed === null ? input.prompt : '';
  const isLong = new TextEncoder().encode(prompt).length > argumentLimitBytes;
  const withPrompt = prompt === '' || isLong ? [] : ['--prompt-interactive', asArgument(prompt)];
  return { ...common, argv: [...input.binary, ...flags, ...withPrompt], paste: isLong ? prompt : null };
}

function environment(input: LaunchInput): Record<string, string> {
  return {
    ...(input.ownConfig ? {} : { GEMINI_CLI_HOME: input.configDirectory, TMPDIR: temporaryDirectory(input) }),
    // The worktree is one that the user asked for.
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
    // One process instead of two, and 145 MB less.
    GEMINI_CLI_NO_RELAUNCH: 'true',
    // The only place that says why a request is tried again.
    ...(input.mode === 'task' ? {} : { GEMINI_DEBUG_LOG_FILE: logPath(input) }),
  };
}

/** A dash would make it an option, a slash a command; a space in front is no part of what the model reads. */
function asArgument(prompt: string): string {
  return /^[-/]/.test(prompt) ? ` ${prompt}` : prompt;
}
