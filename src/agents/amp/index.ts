// Amp. Verified with 0.0.1790142911-g7618fb on Linux. Its agent loop runs on Amp's server: the program draws, and runs
// tools here on the server's orders. Without the network there is no agent, and all of a thread is kept at ampcode.com.
import { AgentId } from '../../domain/ids.ts';
import type { Agent } from '../agent.ts';
import { ampBootstrap } from './bootstrap.ts';
import { answerChoice, readChoices } from './choices.ts';
import { slots, useCredential } from './credentials.ts';
import { ampDetector } from './detector.ts';
import { launch, ownerVariables } from './launch.ts';
import { prepare } from './prepare.ts';
import { taskParser } from './task.ts';

export const amp: Agent = {
  id: AgentId.parse('amp'),
  name: 'Amp',
  vendor: 'Sourcegraph',
  docs: 'https://ampcode.com/docs',
  features: { resume: true, fork: false, task: true, model: true, permissions: true, reportsStatus: true },
  ...ampBootstrap,
  environment: ownerVariables,
  slots,
  credentials: useCredential,
  egress: ['ampcode.com', 'static.ampcode.com', 'storage.googleapis.com'],
  prepare,
  launch,
  detector: () => ampDetector(),
  task: { parser: taskParser, totals: 'run' },
  submit: { settleMs: 150, retry: true },
  // Three glyphs turn on their own while it works or asks, in synchronized updates.
  restless: true,
  choices: readChoices,
  answer: answerChoice,
};
