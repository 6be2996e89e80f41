import { runScenarios } from './run-scenarios.ts';

/** A provider on the scripted model. The key is the owner's. */
const provider = (url: string): object => ({
  npm: '@ai-sdk/openai-compatible',
  name: 'Scripted',
  options: { baseURL: `${url}/v1`, apiKey: '{env:OPENAI_API_KEY}' },
  models: { m: { name: 'M', limit: { context: 200_000, output: 8000 }, cost: { input: 1, output: 2 } } },
});

runScenarios({
  id: 'opencode',
  env: (url) => ({
    OPENAI_API_KEY: 'sk-test-0123456789',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_CONFIG_CONTENT: JSON.stringify({
      model: 'scripted/m',
      small_model: 'scripted/m',
      provider: { scripted: provider(url) },
    }),
  }),
  deadlineMs: 120_000,
  // The first asks whether it is meant. In kitty's encoding, which it asks for: two plain ones would be one other key.
  interrupt: ['\u001b[27u', '\u001b[27u'],
  next: '\u001b[C',
  fail: {
    // Nothing in its providers' answers says when a quota is back.
    'usage-limit': { status: 429, message: 'You exceeded your current quota.' },
  },
});
