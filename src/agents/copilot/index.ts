// GitHub Copilot CLI. Verified with 1.0.102 on Linux.
import { AgentId } from '../../domain/ids.ts';
import type { Agent } from '../agent.ts';
import { copilotBootstrap } from './bootstrap.ts';
import { answer, readChoices } from './choices.ts';
import { slots, useCredential } from './credentials.ts';
import { copilotDetector } from './detector.ts';
import { launch, ownerVariables } from './launch.ts';
import { prepare } from './prepare.ts';
import { taskParser } from './task.ts';

export const copilot: Agent = {
  id: AgentId.parse('copilot'),
  name: 'GitHub Copilot',
  vendor: 'GitHub',
  docs: 'https://docs.github.com/copilot/how-tos/copilot-cli',
  features: { resume: true, fork: false, task: true, model: true, permissions: true, reportsStatus: true },
  ...copilotBootstrap,
  environment: ownerVariables,
  slots,
  credentials: useCredential,
  egress: ['github.com', 'api.github.com', 'api.githubcopilot.com', '*.githubcopilot.com'],
  prepare,
  launch,
  detector: () => copilotDetector(),
  task: { parser: () => taskParser(), totals: 'run' },
  submit: { settleMs: 150, retry: true },
  choices: readChoices,
  answer,
};
