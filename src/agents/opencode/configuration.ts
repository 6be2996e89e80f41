// The configuration that OpenCode reads from OPENCODE_CONFIG_CONTENT: what the owner gives there, and on top of it what
// a session needs.
import type { PermissionLevel } from '../../domain/agent-info.ts';
import type { LaunchInput } from '../agent.ts';

type Json = { [key: string]: unknown };

/** Its default allows everything. */
const permissions: Record<PermissionLevel, Json> = {
  ask: { edit: 'ask', bash: 'ask', webfetch: 'ask' },
  'accept-edits': { edit: 'allow', bash: 'ask', webfetch: 'ask' },
  full: { edit: 'allow', bash: 'allow', webfetch: 'allow', external_directory: 'allow' },
};

/** Other servers for a provider, by the variable that its own programs read. The path is what OpenCode expects at the end. */
const baseUrls: ReadonlyArray<readonly [name: string, provider: string, path: string]> = [
  ['ANTHROPIC_BASE_URL', 'anthropic', '/v1'],
  ['OPENAI_BASE_URL', 'openai', ''],
  ['GOOGLE_GEMINI_BASE_URL', 'google', '/v1beta'],
];

export function configuration(input: LaunchInput): string {
  const own = parse(input.owner['OPENCODE_CONFIG_CONTENT']);
  const config: Json = {
    autoupdate: false,
    share: 'disabled',
    // It keeps a copy of every file in a repository of its own and compares it before and after each step: a big
    // worktree is copied once more per session, and a turn is over seconds after its last word. The session's worktree
    // is under git anyway. What is lost: its /undo takes back messages, not files.
    ...(input.ownConfig ? {} : { snapshot: false }),
    ...merge({ provider: providers(input.owner) }, own),
    permission: { ...object(own['permission']), ...permissions[input.permissions] },
  };
  if (input.model !== null) config['model'] = input.model;
  const model = typeof config['model'] === 'string' ? config['model'] : '';
  // Without credentials its own provider offers hosted models: a prompt would go there unasked.
  const disabled = Array.isArray(own['disabled_providers']) ? own['disabled_providers'] : [];
  const hosted = model.startsWith('opencode/') || input.credential?.values.has('OPENCODE_API_KEY') === true;
  config['disabled_providers'] = hosted || input.ownConfig ? disabled : [...new Set([...disabled, 'opencode'])];
  return JSON.stringify(config);
}

function providers(owner: Readonly<Record<string, string>>): Json {
  const found: Json = {};
  for (const [name, provider, path] of baseUrls) {
    const url = owner[name]?.replace(/\/+$/, '');
    if (url === undefined || url === '') continue;
    found[provider] = { options: { baseURL: url.endsWith(path) ? url : `${url}${path}` } };
  }
  return found;
}

function parse(text: string | undefined): Json {
  if (text === undefined) return {};
  try {
    return object(JSON.parse(text));
  } catch {
    // The program itself would refuse it; without it the session can start.
    return {};
  }
}

/** `over` wins; objects are merged. */
function merge(under: Json, over: Json): Json {
  const merged: Json = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const both = isObject(value) && isObject(merged[key]);
    merged[key] = both ? merge(object(merged[key]), object(value)) : value;
  }
  return merged;
}

function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
