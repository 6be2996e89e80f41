// Claude Code. Verified with 2.1.329 on Linux.
import { AgentId } from '../../domain/ids.ts';
import type { Agent } from '../agent.ts';
import { claudeBootstrap } from './bootstrap.ts';
import { readChoices } from './choices.ts';
import { slots, useCredential } from './credentials.ts';
import { claudeDetector } from './detector.ts';
import { launch, ownerVariables } from './launch.ts';
import { prepare } from './prepare.ts';
import { taskParser } from './task.ts';

export const claude: Agent = {
  id: AgentId.parse('claude'),
  name: 'Claude Code',
  vendor: 'Anthropic',
  docs: 'https://code.claude.com/docs',
  features: { resume: true, fork: true, task: true, model: true, permissions: true, reportsStatus: true },
  ...claudeBootstrap,
  environment: ownerVariables,
  slots,
  credentials: useCredential,
  egress: ['api.anthropic.com', 'platform.claude.com', 'claude.ai', 'claude.com'],
  prepare,
  launch,
  detector: claudeDetector,
  task: { parser: taskParser, totals: 'run' },
  submit: { settleMs: 150, retry: true, saysReady: true },
  choices: readChoices,
  // Its dialogs take a digit as the whole answer.
  answer: (choice) => choice.digit,
};
