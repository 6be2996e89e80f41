// The environment git runs in: what the user's git needs, from an allow-list, and settings that keep a repository from
// running programs of its own or from changing what the user did not ask for.

/** Names taken over as they are. Nothing that points git at another repository, index or exec path. */
const allowed = new Set(
  `PATH HOME USER LOGNAME SHELL TMPDIR TZ EMAIL
   XDG_CONFIG_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY
   SSH_AUTH_SOCK SSH_AGENT_PID SSH_ASKPASS SSH_ASKPASS_REQUIRE
   HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy
   SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE NIX_SSL_CERT_FILE
   GNUPGHOME GPG_AGENT_INFO GPG_TTY
   GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
   GIT_SSH GIT_SSH_COMMAND GIT_SSH_VARIANT GIT_ASKPASS GIT_SSL_CAINFO GIT_SSL_CAPATH GIT_SSL_NO_VERIFY
   GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM`.split(/\s+/),
);

/** A larger file is binary to git: it is not compared line by line. */
export const largeFileBytes = 16 << 20;

/** For every call. Each line stops one way in which git runs something or changes something unasked. */
const settings: ReadonlyArray<readonly [string, string]> = [
  ['core.fsmonitor', 'false'],
  ['core.alternateRefsCommand', 'true'],
  ['protocol.ext.allow', 'never'],
  ['safe.bareRepository', 'explicit'],
  ['submodule.recurse', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['push.followTags', 'false'],
  ['push.autoSetupRemote', 'false'],
  ['branch.autoSetupMerge', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['core.quotePath', 'true'],
  ['color.ui', 'false'],
  ['diff.noprefix', 'false'],
  ['diff.mnemonicPrefix', 'false'],
  ['diff.suppressBlankEmpty', 'false'],
  ['diff.submodule', 'short'],
  ['core.bigFileThreshold', String(largeFileBytes)],
];

const noHooks: ReadonlyArray<readonly [string, string]> = [['core.hooksPath', '/dev/null']];

export interface EnvironmentChoice {
  /** Run the user's hooks: the commit and the push of a ship, nothing else. */
  hooks: boolean;
  /** Names of filter drivers to switch off, so that neither `clean` nor `smudge` runs. */
  withoutFilters: readonly string[];
  /** Settings of this call alone. */
  settings: ReadonlyArray<readonly [string, string]>;
  /** Take no lock that is only there to save work later, such as refreshing the index. */
  readOnly: boolean;
  extra: Readonly<Record<string, string>>;
}

/** The complete environment of one call. `inherited` is the environment of the server. */
export function gitEnvironment(inherited: NodeJS.ProcessEnv, choice: EnvironmentChoice): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && allowed.has(name)) env[name] = value;
  }
  const config = [
    ...inheritedSettings(inherited),
    ...settings,
    ...(choice.hooks ? [] : noHooks),
    ...choice.withoutFilters.flatMap((name) => [
      // An empty command is no command; an empty `process` also keeps the other two from being looked at.
      [`filter.${name}.process`, ''] as const,
      [`filter.${name}.clean`, ''] as const,
      [`filter.${name}.smudge`, ''] as const,
      [`filter.${name}.required`, 'false'] as const,
    ]),
    ...choice.settings,
  ];
  config.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return {
    ...env,
    GIT_CONFIG_COUNT: String(config.length),
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GCM_INTERACTIVE: 'never',
    GIT_EDITOR: ':',
    GIT_PAGER: 'cat',
    GIT_HTTP_LOW_SPEED_LIMIT: '100',
    GIT_HTTP_LOW_SPEED_TIME: '60',
    ...(choice.readOnly ? { GIT_OPTIONAL_LOCKS: '0' } : {}),
    ...choice.extra,
  };
}

/** Settings the user gave the server in the same way, such as safe.directory in a container. Ours come later and win. */
function inheritedSettings(env: NodeJS.ProcessEnv): Array<readonly [string, string]> {
  const count = Math.min(Number.parseInt(env['GIT_CONFIG_COUNT'] ?? '0', 10) || 0, 100);
  const found: Array<readonly [string, string]> = [];
  for (let index = 0; index < count; index++) {
    const key = env[`GIT_CONFIG_KEY_${index}`];
    const value = env[`GIT_CONFIG_VALUE_${index}`];
    if (key !== undefined && value !== undefined) found.push([key, value]);
  }
  return found;
}
