// Homes of people who have used each of the six before: where its model is and who they are stand in the program's own
// files. And the scenario that a session with such a home works and leaves there what the program alone would leave.
import { dirname, join } from 'node:path';
import type { Watched, World } from '../support/agent-world.ts';
import { changedNames, commandLineOf, type Home, openHome } from '../support/home.ts';
import { type ModelServer, startModelServer } from '../support/model-server/model-server.ts';
import type { Script } from '../support/model-server/script.ts';
import { OuterPty } from '../support/outer-pty.ts';
import type { RealAgent } from './real-agents.ts';

export interface OwnConfig {
  /** Files of the home, by their path in it. `repository`: one that its owner has worked in before. */
  files(modelUrl: string, repository: string): Record<string, string>;
  /** What the agent has no file for. */
  env?(modelUrl: string): Record<string, string>;
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

export const ownConfigs: Record<RealAgent, OwnConfig> = {
  claude: {
    files: (url, repository) => ({
      '.claude.json': json({
        hasCompletedOnboarding: true,
        projects: { [repository]: { hasTrustDialogAccepted: true } },
      }),
      '.claude/settings.json': json({
        env: { ANTHROPIC_BASE_URL: url, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
      }),
      '.claude/.credentials.json': json({
        claudeAiOauth: {
          accessToken: 'sk-ant-oat01-test',
          refreshToken: 'sk-ant-ort01-test',
          expiresAt: Date.now() + 86_400_000,
          scopes: ['user:inference', 'user:profile'],
          subscriptionType: 'max',
          rateLimitTier: null,
        },
      }),
    }),
  },
  codex: {
    files: (url, repository) => ({
      '.codex/config.toml': [
        `openai_base_url = "${url}/v1"`,
        'cli_auth_credentials_store = "file"',
        'check_for_update_on_startup = false',
        '[analytics]',
        'enabled = false',
        `[projects."${repository}"]`,
        'trust_level = "trusted"',
        '',
      ].join('\n'),
      '.codex/auth.json': json({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-test-0123456789abcdef0123' }),
    }),
  },
  copilot: {
    files: (_url, repository) => ({
      '.copilot/settings.json': json({ banner: 'never', tabs: { enabled: false }, showTipsOnStartup: false }),
      '.copilot/config.json': json({ trustedFolders: [repository] }),
    }),
    // It takes another provider from its environment only.
    env: (url) => ({
      COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
      COPILOT_PROVIDER_API_KEY: 'sk-test-0123456789abcdef0123',
      COPILOT_MODEL: 'scripted-model',
      COPILOT_OFFLINE: 'true',
    }),
  },
  gemini: {
    files: (url) => ({
      '.gemini/settings.json': json({
        security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      }),
      '.gemini/.env': `GEMINI_API_KEY=test-0123456789\nGOOGLE_GEMINI_BASE_URL=${url}\n`,
    }),
  },
  opencode: {
    files: (url) => ({
      '.config/opencode/opencode.json': json({
        model: 'scripted/m',
        small_model: 'scripted/m',
        autoupdate: false,
        provider: {
          scripted: {
            npm: '@ai-sdk/openai-compatible',
            name: 'Scripted',
            options: { baseURL: `${url}/v1` },
            models: { m: { name: 'M', limit: { context: 200_000, output: 8000 } } },
          },
        },
      }),
      '.local/share/opencode/auth.json': json({ scripted: { type: 'api', key: 'sk-test-0123456789' } }),
    }),
    env: () => ({ OPENCODE_DISABLE_MODELS_FETCH: '1' }),
  },
  amp: {
    files: (url) => ({
      '.config/amp/settings.json': json({ 'amp.url': url, 'amp.updates.mode': 'disabled' }),
      '.local/share/amp/secrets.json': json({ [`apiKey@${url}`]: 'sgamp_user_test' }),
      '.local/share/amp/session.json': json({ neoWelcomeDismissed: true }),
    }),
    // Its own server's address is no setting.
    env: (url) => ({ AMP_URL: url }),
  },
};

/** The environment of somebody whose home is this one; no credential is in it. */
export function environmentOf(agent: RealAgent, home: Home, modelUrl: string): Record<string, string> {
  return { ...ownConfigs[agent].env?.(modelUrl), HOME: home.path, TMPDIR: home.temporary };
}

export interface Alone {
  worktree: string;
  argv: string[];
  input: string | null;
}

/** How the program of this running session would be started in a worktree beside its own. */
export function aloneBeside({ row }: Watched): Alone {
  const worktree = join(dirname(row.workplace.path), 'alone');
  return { worktree, ...commandLineOf(row.run?.pid ?? 0, row.workplace.path, worktree) };
}

/**
 * The same command line with a home of the same content, in another worktree of the repository, without sesame. Returns
 * which files it changed there.
 */
export async function runAlone(
  agent: RealAgent,
  world: World,
  { worktree, argv, input }: Alone,
  script: Script,
  wait: number,
): Promise<Set<string>> {
  const model: ModelServer = await startModelServer({ script });
  const home = openHome(ownConfigs[agent].files(model.url, world.repository.path));
  try {
    const before = home.files();
    await world.repository.git('worktree', 'add', '-q', '--detach', worktree);
    const terminal = await OuterPty.open({
      argv: input === null ? argv : ['/bin/sh', '-c', 'exec "$@" < "$0"', input, ...argv],
      cols: 100,
      rows: 30,
      cwd: worktree,
      env: { ...environmentOf(agent, home, model.url), SESAME_WORK_DIR: undefined },
    });
    const isOver = (): boolean => model.requests.some(({ turn, endedAt }) => turn === 'over' && endedAt !== null);
    await terminal.until(isOver, 'the end of the turn', wait);
    await rest();
    await terminal.close();
    return changedNames(before, home.files(), worktree);
  } finally {
    await model.close();
    home.end();
  }
}

/** What a program writes a while after its turn is written by both. */
export async function rest(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 4000));
}
