// How Codex is started: `codex --no-daemon [flags] "prompt"` for its own screen, `codex exec --json` with the prompt on
// standard input for a task.
import type { PermissionLevel } from '../../domain/agent-info.ts';
import type { Launch, LaunchInput } from '../agent.ts';
import { databasesName, historyOf, homeOf, turnsOf } from './home.ts';
import { tomlString, trustOverride } from './toml.ts';

/** What the program may see of its owner's environment, and what a start depends on. */
export const ownerVariables: readonly string[] = [
  'OPENAI_BASE_URL',
  'CODEX_CA_CERTIFICATE',
  'NO_PROXY',
  'no_proxy',
  'TMPDIR',
];

/** The system takes 128 KiB in one argument; some of it is left for what surrounds the prompt. */
const argumentLimitBytes = 100 * 1024;

/** A task cannot ask: what its sandbox forbids is refused. */
const sandboxes: Record<PermissionLevel, readonly string[]> = {
  ask: ['--sandbox', 'read-only'],
  'accept-edits': ['--sandbox', 'workspace-write'],
  full: ['--dangerously-bypass-approvals-and-sandbox'],
};

export function launch(input: LaunchInput): Launch {
  const flags = [
    ...overrides(input),
    ...sandboxes[input.permissions],
    ...(input.model === null ? [] : ['-m', input.model]),
  ];
  const resumed = input.resume === null ? [] : [input.resume.fork === true ? 'fork' : 'resume', which(input.resume)];
  const common = {
    env: environment(input),
    // Codex chooses the id itself; it is learned from the history.
    conversation: input.resume === null || input.resume.fork === true ? null : input.resume.conversation,
  };
  if (input.mode === 'task') {
    const task = ['exec', '--json', '--skip-git-repo-check', ...flags, ...resumed];
    const [program = '', ...rest] = input.binary;
    // The shell gives standard input: the prompt's file, of any length and with any first character. A continued task
    // already has its prompt.
    const argv =
      resumed.length > 0
        ? ['/bin/sh', '-c', 'exec "$@" < /dev/null', 'task', program, ...rest, ...task, 'Continue.']
        : ['/bin/sh', '-c', 'exec "$@" < "$0"', input.promptFile, program, ...rest, ...task, '-'];
    return { ...common, argv, paste: null, sources: [] };
  }
  const prompt = resumed.length > 0 ? '' : input.prompt;
  const isLong = new TextEncoder().encode(prompt).length > argumentLimitBytes;
  const asks = input.permissions === 'full' ? [] : ['--ask-for-approval', 'on-request'];
  return {
    ...common,
    argv: [
      ...input.binary,
      // Without it, it copies 400 MB and leaves processes behind that outlive the session.
      '--no-daemon',
      // Its spinners never rest: then neither its screen settles, nor is it ever silent when it hangs.
      '-c',
      'tui.animations=false',
      ...flags,
      ...asks,
      ...resumed,
      // A copied conversation was held in another directory; without a word it asks which of the two is meant.
      ...(input.resume?.fork === true ? ['--cd', input.worktree] : []),
      ...(prompt === '' || isLong ? [] : [asArgument(prompt)]),
    ],
    paste: isLong ? prompt : null,
    sources: input.ownConfig
      ? []
      : [historyOf(input), turnsOf(input)].map((path) => ({ kind: 'lines', signal: 'file', path })),
  };
}

function which({ conversation }: NonNullable<LaunchInput['resume']>): string {
  // The last one of this directory, which is the session's own worktree.
  return conversation ?? '--last';
}

function overrides(input: LaunchInput): string[] {
  const baseUrl = input.owner['OPENAI_BASE_URL'];
  return [
    '-c',
    trustOverride(input),
    ...(baseUrl === undefined || baseUrl === '' ? [] : ['-c', `openai_base_url=${tomlString(baseUrl)}`]),
  ];
}

function environment(input: LaunchInput): Record<string, string> {
  const { owner } = input;
  // It speaks to itself on the loopback, and would ask a proxy for that.
  const direct = [owner['NO_PROXY'], owner['no_proxy'], '127.0.0.1', 'localhost'].filter((part) => part !== undefined);
  const common = { NO_PROXY: direct.join(',') };
  if (input.ownConfig) return common;
  const home = homeOf(input);
  // Codex refuses to put its tools below the directory for temporary files, and then cannot write any file.
  const temporary = owner['TMPDIR'] ?? '/tmp';
  const inside = `${home}/`.startsWith(`${temporary.replace(/\/+$/, '')}/`);
  const databases = `${home}/${databasesName(input)}`;
  return { ...common, CODEX_HOME: home, CODEX_SQLITE_HOME: databases, ...(inside ? { TMPDIR: `${home}/tmp` } : {}) };
}

/** A leading dash would make it an option; a space in front is no part of what the model reads. */
function asArgument(prompt: string): string {
  return prompt.startsWith('-') ? ` ${prompt}` : prompt;
}
