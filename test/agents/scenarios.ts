// What every agent must do, the same for all. An agent's test says how it is reached and what does not apply to it.
export const scenarios = [
  'interactive-write-file',
  'task-write-file',
  'long-prompt',
  'permission-answer',
  'permission-refuse',
  'question-answer',
  'interrupt',
  'resume',
  'fork',
  'my-config',
  'usage',
  '401',
  'token-expired',
  '429',
  'usage-limit',
  '500',
  '529',
  'network-down',
  'hang',
  'silence',
  'broken-stream',
  'crash',
  'exit',
  'ship',
] as const;
export type Scenario = (typeof scenarios)[number];

/** The reason of those that were not chosen: the matrix keeps what is known of them. */
export const notChosen = 'not chosen';

/** `SESAME_TEST_SCENARIOS`: names with commas between them; all without it. */
export function isChosen(name: Scenario): boolean {
  const chosen = process.env['SESAME_TEST_SCENARIOS'] ?? '';
  return chosen === '' || chosen.split(',').includes(name);
}
