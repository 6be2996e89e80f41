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
  '401',
  '429',
  'usage-limit',
  '500',
  '529',
  'network-down',
  'hang',
  'broken-stream',
  'ship',
] as const;
export type Scenario = (typeof scenarios)[number];
