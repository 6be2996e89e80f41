import { runScenarios } from './run-scenarios.ts';

runScenarios({
  id: 'gemini',
  env: (url) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: 'test-0123456789' }),
  deadlineMs: 60_000,
  fail: {
    // No answer says when a day's quota is back.
    'usage-limit': { status: 429, message: 'You exceeded your daily quota.' },
  },
  skip: { 'broken-stream': 'it ends the turn when a stream breaks; shown as failed: network' },
});
