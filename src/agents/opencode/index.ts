// OpenCode. Verified with 1.18.33 on Linux.
import { AgentId } from '../../domain/ids.ts';
import type { Agent } from '../agent.ts';
import { opencodeBootstrap } from './bootstrap.ts';
import { answer, readChoices } from './choices.ts';
import { slots, useCredential } from './credentials.ts';
import { opencodeDetector } from './detector.ts';
import { launch, ownerVariables } from './launch.ts';
import { prepare } from './prepare.ts';
import { taskParser } from './task.ts';

export const opencode: Agent = {
  id: AgentId.parse('opencode'),
  name: 'OpenCode',
  vendor: 'Anomaly',
  docs: 'https://opencode.ai/docs',
  // Its copy of a conversation goes on in the directory of the one it comes from: another session's worktree.
  features: { resume: true, fork: false, task: true, model: true, permissions: true, reportsStatus: true, port: true },
  ...opencodeBootstrap,
  environment: ownerVariables,
  slots,
  credentials: useCredential,
  // The hosts of the chosen providers, which are the user's choice, come on top.
  egress: ['models.dev', 'registry.npmjs.org'],
  prepare,
  launch,
  detector: opencodeDetector,
  task: { parser: taskParser, totals: 'run' },
  // What is typed before its composer is drawn is lost.
  submit: { settleMs: 80, retry: true, saysReady: true },
  // Every ten seconds.
  isPulse: (signal) => signal.kind === 'event' && signal.data.includes('"type":"server.heartbeat"'),
  choices: readChoices,
  answer,
};
