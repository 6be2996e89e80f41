// Gemini CLI. Verified with 0.61.0 on Linux.
import { AgentId } from '../../domain/ids.ts';
import type { Agent } from '../agent.ts';
import { geminiBootstrap } from './bootstrap.ts';
import { readChoices } from './choices.ts';
import { slots, useCredential } from './credentials.ts';
import { geminiDetector } from './detector.ts';
import { launch, ownerVariables } from './launch.ts';
import { prepare } from './prepare.ts';
import { taskParser } from './task.ts';

export const gemini: Agent = {
  id: AgentId.parse('gemini'),
  name: 'Gemini CLI',
  vendor: 'Google',
  docs: 'https://geminicli.com/docs',
  features: { resume: true, fork: false, task: true, model: true, permissions: true, reportsStatus: true },
  ...geminiBootstrap,
  environment: ownerVariables,
  slots,
  credentials: useCredential,
  egress: ['generativelanguage.googleapis.com'],
  prepare,
  launch,
  detector: geminiDetector,
  task: { parser: taskParser, totals: 'run' },
  // An enter within 30 ms of the text is taken as part of a paste; a long paste needs longer to be drawn.
  // What is typed before its composer is drawn is lost.
  submit: { settleMs: 300, retry: true, saysReady: true },
  choices: readChoices,
  // Its dialogs take a digit as the whole answer.
  answer: (choice) => choice.digit,
};
