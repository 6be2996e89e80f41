// Codex. Verified with 0.169.0 on Linux.
import { AgentId } from '../../domain/ids.ts';
import type { Agent } from '../agent.ts';
import { readNumberedQuestion } from '../numbered-choices.ts';
import { codexBootstrap } from './bootstrap.ts';
import { slots, useCredential } from './credentials.ts';
import { codexDetector } from './detector.ts';
import { launch, ownerVariables } from './launch.ts';
import { prepare } from './prepare.ts';
import { taskParser } from './task.ts';

export const codex: Agent = {
  id: AgentId.parse('codex'),
  name: 'Codex',
  vendor: 'OpenAI',
  docs: 'https://developers.openai.com/codex/cli',
  features: { resume: true, fork: true, task: true, model: true, permissions: true, reportsStatus: true },
  ...codexBootstrap,
  environment: ownerVariables,
  slots,
  credentials: useCredential,
  egress: ['api.openai.com', 'chatgpt.com', 'auth.openai.com'],
  prepare,
  launch,
  detector: () => codexDetector(),
  task: { parser: () => taskParser(), totals: 'conversation' },
  // Keys that come in one burst are a paste to it, and an enter among them a new line.
  submit: { settleMs: 200, retry: true, saysReady: true },
  choices: (rows) => readNumberedQuestion(rows)?.choices ?? [],
  answer: (choice) => choice.digit,
};
