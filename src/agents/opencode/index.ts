// OpenCode. Verified with 1.18.33 on Linux.
import { AgentId } from '../../domain/ids.ts';
import type { Agent } from '../agent.ts';
import { opencodeBootstrap } from './bootstrap.ts';
import { answer, readChoices } from './choices.ts';
import { slots, useCredential } from './credentials.ts';
import { opencodeDetector } from './detector.ts';
import { launch, ownerVariables } from './launch.ts';
import { taskParser } from './task.ts';

export const opencode: Agent = {
  id: AgentId.parse('opencode'),
  name: 'OpenCode',
  vendor: 'Anomaly',
  docs: 'https://opencode.ai/docs',
  features: { resume: true, fork: true, task: true, model: true, permissions: true, reportsStatus: true, port: true },
  ...opencodeBootstrap,
  environment: ownerVariables,
  slots,
  credentials: useCredential,
  // The hosts of the chosen providers, which are the user's choice, come on top.
  egress: ['models.dev', 'registry.npmjs.org'],
  // Everything is told by the environment; the directory for temporary files must be there.
  prepare: (input) => (input.ownConfig ? [] : [{ path: 'temporary/.keep', content: '', mode: 0o600 }]),
  launch,
  detector: opencodeDetector,
  task: { parser: taskParser },
  // What is typed before its composer is drawn is lost.
  submit: { settleMs: 80, saysReady: true },
  // Every ten seconds.
  isPulse: (signal) => signal.kind === 'event' && signal.data.includes('"type":"server.heartbeat"'),
  choices: readChoices,
  answer,
};
