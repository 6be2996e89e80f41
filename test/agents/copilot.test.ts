import { runScenarios } from './run-scenarios.ts';

runScenarios({
  id: 'copilot',
  env: (url) => ({
    COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
    COPILOT_PROVIDER_API_KEY: 'sk-test-0123456789abcdef0123',
    COPILOT_MODEL: 'scripted-model',
    COPILOT_OFFLINE: 'true',
  }),
  // Escape twice only before the first word; this always.
  interrupt: '\u0003',
  // It unpacks itself on its first start, and tries a request again five times.
  deadlineMs: 60_000,
  // Used up is 402 for it; 429 is a limit of the rate.
  fail: { 'usage-limit': { status: 402, message: 'You have used up your premium requests.' } },
});
