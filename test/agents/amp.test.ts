import { runScenarios } from './run-scenarios.ts';

runScenarios({
  id: 'amp',
  env: (url) => ({ AMP_URL: url, AMP_API_KEY: 'sgamp_user_test' }),
  deadlineMs: 90_000,
  // Within a third of a second.
  interrupt: ['\u001b', '\u001b'],
  fail: {
    // Amp tells no time at which a quota is back.
    'usage-limit': { status: 429, message: "You've exceeded your usage quota of $10 for this period." },
  },
  skip: { 'question-answer': 'Amp has no tool that asks the user: it asks in its answer, and the turn ends' },
});
