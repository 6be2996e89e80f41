import { runScenarios } from './run-scenarios.ts';

runScenarios({
  id: 'codex',
  env: (url) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'sk-test-0123456789abcdef0123' }),
  // It tries again for up to half a minute before it says that it failed.
  deadlineMs: 60_000,
  skip: { 'question-answer': 'it asks only in its plan mode, or with a feature that is under development' },
});
