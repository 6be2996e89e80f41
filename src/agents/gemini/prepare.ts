// The session's own GEMINI_CLI_HOME: no first-run dialogs, no updates, two small hooks.
import type { LaunchInput, PreparedFile } from '../agent.ts';

type Where = Pick<LaunchInput, 'configDirectory'>;

/** The program's log. It tells of each attempt that failed, which its screen does not. */
export function logPath({ configDirectory }: Where): string {
  return `${configDirectory}/gemini.log`;
}

/** Totals of tokens, one line after each turn, written by a hook. */
export function usagePath({ configDirectory }: Where): string {
  return `${configDirectory}/usage.jsonl`;
}

/** Reports of failed requests go there, with what the conversation held. */
export function temporaryDirectory({ configDirectory }: Where): string {
  return `${configDirectory}/temporary`;
}

export function prepare(input: LaunchInput): PreparedFile[] {
  if (input.ownConfig) return [];
  return [
    { path: '.gemini/settings.json', content: `${JSON.stringify(settings(input), null, 2)}\n`, mode: 0o600 },
    { path: 'temporary/.keep', content: '', mode: 0o600 },
    // What an earlier run wrote says nothing of this one.
    { path: 'gemini.log', content: '', mode: 0o600 },
  ];
}

function settings(input: LaunchInput): object {
  return {
    security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
    // A repository's .env could name another server for the key.
    advanced: { ignoreLocalEnv: true },
    general: {
      enableAutoUpdate: false,
      enableAutoUpdateNotification: false,
      enableNotifications: true,
      notificationMethod: 'osc9',
    },
    ui: {
      hideBanner: true,
      hideTips: true,
      // The main screen garbles when its pane is resized, and draws twenty times as much.
      useAlternateBuffer: true,
      errorVerbosity: 'full',
    },
    privacy: { usageStatisticsEnabled: false },
    hooksConfig: { notifications: false },
    hooks: {
      AfterTool: [hook('keep the log short', `: > ${quoted(logPath(input))}; echo '{}'`)],
      AfterAgent: [hook('count tokens', countTokens(usagePath(input)))],
    },
  };
}

function hook(name: string, command: string): object {
  return { hooks: [{ type: 'command', name, command, timeout: 5000 }] };
}

/**
 * Sums the tokens of the conversation's file. A message stands there once more when its tools are done, so the last of
 * each id counts. Quotes inside of texts are escaped there, so that `"tokens":{` is always the field.
 */
function countTokens(path: string): string {
  const program = [
    'function n(k) { return match(t, "\\"" k "\\":[0-9]+") ? substr(t, RSTART + length(k) + 3, RLENGTH - length(k) - 3) : 0 }',
    '/"type":"gemini"/ && match($0, /"tokens":{[^}]*}/) {',
    '  t = substr($0, RSTART, RLENGTH); match($0, /"id":"[^"]*"/); id = substr($0, RSTART, RLENGTH)',
    '  i[id] = n("input"); o[id] = n("output") + n("thoughts"); c[id] = n("cached") }',
    'END { for (id in i) { a += i[id]; b += o[id]; d += c[id] }',
    '  printf "{\\"input\\":%d,\\"output\\":%d,\\"cached\\":%d}\\n", a, b, d }',
  ].join('\n');
  const file = `$(sed -n 's/.*"transcript_path":"\\([^"]*\\)".*/\\1/p')`;
  return `awk ${quoted(program)} "${file}" >> ${quoted(path)}; echo '{}'`;
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
