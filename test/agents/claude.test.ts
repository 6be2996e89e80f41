import { runScenarios } from './run-scenarios.ts';

/** Root may not skip permissions without this; nothing else changes. */
const common = { IS_SANDBOX: '1' };

runScenarios({
  id: 'claude',
  env: (url) => ({ ...common, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'sk-test-0123456789abcdef0123' }),
  // Only subscriptions have a limit that says when it ends.
  usageLimitEnv: (url) => ({ ...common, ANTHROPIC_BASE_URL: url, CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-test' }),
});
