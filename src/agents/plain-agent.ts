// What most of a contract is for an agent that needs no credential, has no task mode and tells its state in the terminal.
import type { Agent } from './agent.ts';

export const plainAgent: Pick<Agent, 'slots' | 'credentials' | 'egress' | 'prepare' | 'task' | 'submit'> = {
  slots: [],
  credentials: () => ({ env: {}, unset: [], files: [] }),
  egress: [],
  prepare: () => [],
  task: null,
  submit: { settleMs: 80 },
};
