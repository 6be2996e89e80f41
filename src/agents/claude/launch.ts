// How Claude Code is started: `claude [flags] "prompt"` for its own screen, `claude -p` with the prompt on standard
// input for a task.
import type { PermissionLevel } from '../../domain/agent-info.ts';
import type { Launch, LaunchInput } from '../agent.ts';
import { transcriptPath } from './transcript.ts';

/**
 * What the program may see of its owner's environment: where the model is, limits, switches. Credentials are not among
 * them. CLAUDE_CODE_DISABLE_TERMINAL_TITLE is left out on purpose: it also silences the program's own status report.
 */
export const ownerVariables: readonly string[] = [
  'HOME',
  'CLAUDE_CONFIG_DIR',
  'ANTHROPIC_BASE_URL',
  'ANTHROPIC_CUSTOM_HEADERS',
  'ANTHROPIC_MODEL',
  'ANTHROPIC_SMALL_FAST_MODEL',
  'ANTHROPIC_DEFAULT_OPUS_MODEL',
  'ANTHROPIC_DEFAULT_SONNET_MODEL',
  'ANTHROPIC_DEFAULT_HAIKU_MODEL',
  'API_TIMEOUT_MS',
  'BASH_DEFAULT_TIMEOUT_MS',
  'BASH_MAX_TIMEOUT_MS',
  'CLAUDE_CODE_MAX_OUTPUT_TOKENS',
  'CLAUDE_CODE_MAX_RETRIES',
  'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
  'DISABLE_ERROR_REPORTING',
  'DISABLE_TELEMETRY',
  'IS_SANDBOX',
  'MAX_THINKING_TOKENS',
];

/** The system takes 128 KiB in one argument, with what ends it. */
const argumentLimitBytes = 120 * 1024;

const permissionModes: Record<PermissionLevel, string> = {
  ask: 'default',
  'accept-edits': 'acceptEdits',
  full: 'bypassPermissions',
};

export function launch(input: LaunchInput): Launch {
  const resumed = input.resume?.conversation ?? null;
  const conversation = resumed === null || input.resume?.fork === true ? input.newConversation : resumed;
  const flags = [
    ...(resumed === null ? [] : ['--resume', resumed]),
    ...(resumed !== null && conversation !== resumed ? ['--fork-session'] : []),
    ...(conversation === resumed ? [] : ['--session-id', conversation]),
    '--permission-mode',
    permissionModes[input.permissions],
    ...(input.model === null ? [] : ['--model', input.model]),
    '--settings',
    JSON.stringify(settings(input)),
  ];
  const common = {
    env: environment(input),
    conversation,
    sources: [{ kind: 'lines', signal: 'file', path: transcriptPath(input, conversation) } as const],
  };
  if (input.mode === 'task') {
    // The shell gives the prompt's file as standard input: any length, any first character.
    const [program = '', ...rest] = input.binary;
    const task = ['-p', '--output-format', 'stream-json', '--verbose', ...flags];
    const argv = ['/bin/sh', '-c', 'exec "$@" < "$0"', input.promptFile, program, ...rest, ...task];
    return { ...common, argv, paste: null };
  }
  const prompt = resumed === null ? input.prompt : '';
  const isLong = new TextEncoder().encode(prompt).length > argumentLimitBytes;
  return {
    ...common,
    argv: [...input.binary, ...flags, ...(prompt === '' || isLong ? [] : [asArgument(prompt)])],
    paste: isLong ? prompt : null,
  };
}

/** Given by argument, so that nothing is written into a configuration that is the user's own. */
function settings(input: LaunchInput): object {
  return {
    // Unset, it depends on switches of the vendor; on the main screen the pane's own scrollback works.
    tui: 'default',
    ...(input.permissions === 'full' ? { skipDangerousModePermissionPrompt: true } : {}),
  };
}

function environment(input: LaunchInput): Record<string, string> {
  return {
    ...(input.ownConfig ? {} : { CLAUDE_CONFIG_DIR: input.configDirectory }),
    DISABLE_AUTOUPDATER: '1',
    DISABLE_INSTALLATION_CHECKS: '1',
    CLAUDE_CODE_DISABLE_FEEDBACK_SURVEY: '1',
    // The left arrow at an empty prompt would leave the conversation.
    CLAUDE_CODE_DISABLE_AGENT_VIEW: '1',
  };
}

/**
 * A leading dash would make it an option, a slash that begins no command's name an unknown command. A space in front
 * keeps both what they are; the model does not read it.
 */
function asArgument(prompt: string): string {
  return /^-|^\/(?![a-z][\w:-]*(?:\s|$))/.test(prompt) ? ` ${prompt}` : prompt;
}
