// The environment of what runs in a pane. Agents: an allow-list, their own names, what their launch asks for. Programs
// of the user (`sesame run`): the user's environment without what describes another terminal or ours.

/** Names an agent sees of the environment of the server's owner, besides LC_*. No credential and no socket is among them. */
const common = new Set(
  `PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR EDITOR VISUAL PAGER
   XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME
   HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy
   SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS CURL_CA_BUNDLE REQUESTS_CA_BUNDLE NIX_SSL_CERT_FILE
   GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM`.split(
    /\s+/,
  ),
);

/** Variables by which another terminal or multiplexer is recognised, and ours. */
const foreign =
  /^(?:SESAME_.*|TMUX.*|STY|WINDOW|ZELLIJ.*|TERM_PROGRAM.*|TERM_SESSION_ID|TERMINFO.*|TERMCAP|COLORFGBG|VTE_VERSION|WT_.*|KITTY_.*|WEZTERM_.*|ITERM_.*|LC_TERMINAL.*|ALACRITTY_.*|GHOSTTY_.*|KONSOLE_.*|WINDOWID|VSCODE_.*|LINES|COLUMNS|NODE_CHANNEL_FD|NODE_UNIQUE_ID|NODE_COMPILE_CACHE|_)$/;

export interface ChildEnvironment {
  /** The environment of the server's owner. */
  owner: NodeJS.ProcessEnv;
  /** Version of sesame. */
  version: string;
  session: string;
  /** Further names of the owner's environment this agent may see. */
  names: readonly string[];
  /** Values that win over everything else. */
  extra: Readonly<Record<string, string>>;
}

export function agentEnvironment(options: ChildEnvironment): Record<string, string> {
  const names = new Set(options.names);
  return pick(
    options,
    (name) => common.has(name) || (name.startsWith('LC_') && !foreign.test(name)) || names.has(name),
  );
}

export function programEnvironment(options: ChildEnvironment): Record<string, string> {
  return pick(options, (name) => !foreign.test(name));
}

function pick(options: ChildEnvironment, isAllowed: (name: string) => boolean): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.owner)) {
    if (value !== undefined && isAllowed(name)) env[name] = value;
  }
  return {
    ...env,
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    TERM_PROGRAM: 'sesame',
    TERM_PROGRAM_VERSION: options.version,
    SESAME_SESSION: options.session,
    ...options.extra,
  };
}
