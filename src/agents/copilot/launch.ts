// How Copilot is started: `copilot -i "prompt"` for its own screen, with the prompt on standard input for a task.
import type { PermissionLevel } from '../../domain/agent-info.ts';
import type { Launch, LaunchInput } from '../agent.ts';
import { providerVariables } from './credentials.ts';
import { eventsOf, homeOf } from './home.ts';

/** What the program may see of its owner's environment, and what a start depends on. */
export const ownerVariables: readonly string[] = [
  ...providerVariables,
  'COPILOT_MODEL',
  'COPILOT_HOME',
  'GH_HOST',
  'COPILOT_GH_HOST',
  // Other addresses of GitHub for an account, as behind a gateway.
  'COPILOT_API_URL',
  'COPILOT_DEBUG_GITHUB_API_URL',
  'HOME',
];

/**
 * The system takes 128 KiB in one argument, less a byte; one more is for the space in front. Of what is pasted Copilot makes
 * a file, which it shows to its model by name: the longest prompts only.
 */
const argumentLimitBytes = 128 * 1024 - 2;

const permissionFlags: Record<PermissionLevel, readonly string[]> = {
  ask: [],
  'accept-edits': ['--allow-tool', 'write'],
  full: ['--allow-all'],
};

/** The task, then what it used as one more line: only this file tells it. */
const withUsage = 'usage=$1; shift; "$@"; code=$?; [ -f "$usage" ] && tr -d "\\n" <"$usage" && echo; exit $code';

export function launch(input: LaunchInput): Launch {
  const resumed = input.resume?.conversation ?? null;
  const conversation = resumed ?? input.newConversation;
  const flags = [
    // Creates this conversation, or continues it.
    '--session-id',
    conversation,
    '--disable-builtin-mcps',
    ...permissionFlags[input.permissions],
    ...(input.model === null ? [] : ['--model', input.model]),
  ];
  const common = { env: environment(input), conversation };
  if (input.mode === 'task') {
    const [program = '', ...rest] = input.binary;
    const usage = `${input.configDirectory}/usage.json`;
    const task = ['--output-format', 'json', '--no-ask-user', '--usage-output-file', usage, ...flags];
    const argv =
      resumed === null
        ? ['/bin/sh', '-c', `exec <"$0"; ${withUsage}`, input.promptFile, usage, program, ...rest, ...task]
        : ['/bin/sh', '-c', withUsage, 'task', usage, program, ...rest, ...task, '-p', 'Continue.'];
    return { ...common, argv, paste: null, sources: [] };
  }
  const prompt = resumed === null ? input.prompt : '';
  const isLong = new TextEncoder().encode(prompt).length > argumentLimitBytes;
  return {
    ...common,
    argv: [...input.binary, ...flags, ...(prompt === '' || isLong ? [] : ['-i', harmless(prompt)])],
    paste: isLong ? harmless(prompt) : null,
    sources: [{ kind: 'lines', signal: 'file', path: eventsOf(input, conversation) }],
  };
}

function environment(input: LaunchInput): Record<string, string> {
  return {
    ...(input.ownConfig ? {} : { COPILOT_HOME: homeOf(input) }),
    // It unpacks 235 MB on its first start.
    COPILOT_PKG_CACHE_HOME: `${input.sharedDirectory}/packages`,
    COPILOT_AUTO_UPDATE: 'false',
    COPILOT_MULTIPLEXER: 'none',
  };
}

/** A first character that makes an option or a command of it loses that meaning behind a space. */
function harmless(prompt: string): string {
  return /^[-/!#@]/.test(prompt) ? ` ${prompt}` : prompt;
}
