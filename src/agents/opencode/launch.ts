// How OpenCode is started: `opencode --prompt "text"` with its server on a port of ours, `opencode run` with the prompt
// on standard input for a task (a message given as an argument reaches the model in quotes).
import type { Launch, LaunchInput, SignalSource } from '../agent.ts';
import { configuration } from './configuration.ts';

/** What the program may see of its owner's environment, besides its credentials. */
export const ownerVariables: readonly string[] = [
  'ANTHROPIC_BASE_URL',
  'OPENAI_BASE_URL',
  'GOOGLE_GEMINI_BASE_URL',
  'OPENCODE_CONFIG_CONTENT',
  'OPENCODE_DISABLE_MODELS_FETCH',
  'OPENCODE_MODELS_URL',
  'AZURE_RESOURCE_NAME',
  'AWS_REGION',
];

/** The system takes 128 KiB in one argument; some of it is left for what surrounds the prompt. */
const argumentLimitBytes = 100 * 1024;

/** The name that its server expects. */
const user = 'opencode';

export function launch(input: LaunchInput): Launch {
  const resumed = input.resume?.conversation ?? null;
  const flags = [
    ...(input.model === null ? [] : ['--model', input.model]),
    ...(resumed === null ? [] : ['--session', resumed]),
  ];
  // A new id is its own choice; it is learned from its events.
  const common = { env: environment(input), conversation: resumed };
  if (input.mode === 'task') {
    const [program = '', ...rest] = input.binary;
    const task = ['run', '--format', 'json', ...(input.permissions === 'full' ? ['--auto'] : []), ...flags];
    const argv = ['/bin/sh', '-c', 'exec "$@" < "$0"', input.promptFile, program, ...rest, ...task];
    return { ...common, argv, paste: null, sources: [] };
  }
  const prompt = resumed === null ? input.prompt : '';
  const isLong = new TextEncoder().encode(prompt).length > argumentLimitBytes;
  const withPrompt = prompt === '' || isLong ? [] : ['--prompt', asArgument(prompt)];
  const port = input.port === null ? [] : ['--port', String(input.port)];
  return {
    ...common,
    argv: [...input.binary, ...port, ...flags, ...withPrompt],
    paste: isLong ? prompt : null,
    sources: input.port === null ? [] : [server(input.port, input.token)],
  };
}

function server(port: number, password: string): SignalSource {
  const base = `http://127.0.0.1:${port}`;
  return {
    kind: 'events',
    url: `${base}/event`,
    snapshots: [`${base}/session/status`, `${base}/permission`, `${base}/question`],
    user,
    password,
  };
}

function environment(input: LaunchInput): Record<string, string> {
  const own = input.configDirectory;
  return {
    ...(input.ownConfig
      ? {}
      : {
          XDG_CONFIG_HOME: `${own}/config`,
          XDG_DATA_HOME: `${own}/data`,
          XDG_STATE_HOME: `${own}/state`,
          XDG_CACHE_HOME: `${own}/cache`,
          // Each start unpacks 19 MB of libraries there and leaves them.
          TMPDIR: `${own}/temporary`,
        }),
    OPENCODE_CONFIG_CONTENT: configuration(input),
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    // Its list of mouse modes would make every motion over the pane a message.
    OPENCODE_DISABLE_MOUSE: '1',
    // Open to every user of the machine without one.
    ...(input.port === null ? {} : { OPENCODE_SERVER_USERNAME: user, OPENCODE_SERVER_PASSWORD: input.token }),
  };
}

/** A leading dash would make it an option; a space in front is no part of what the model reads. */
function asArgument(prompt: string): string {
  return prompt.startsWith('-') ? ` ${prompt}` : prompt;
}
