// The built-in demo agent: no account, no network. Its program is src/demo-agent.
import { AgentId } from '../../domain/ids.ts';
import type { Agent } from '../agent.ts';
import { anyVersion } from '../distribution.ts';
import { readNumberedQuestion } from '../numbered-choices.ts';
import { plainAgent } from '../plain-agent.ts';
import { reportDetector } from '../report-detector.ts';
import { demoTask } from './task.ts';

export const demo: Agent = {
  id: AgentId.parse('demo'),
  name: 'Demo',
  vendor: 'sesame',
  docs: 'sesame demo --help',
  features: { resume: true, fork: true, task: true, model: false, permissions: true, reportsStatus: true },
  distributions: [{ kind: 'builtin', entry: 'demo-agent' }],
  versionPattern: anyVersion,
  environment: ['SESAME_DEMO_SPEED'],
  ...plainAgent,
  task: { parser: demoTask, totals: 'run' },
  launch(input) {
    const resumed = input.resume?.conversation ?? null;
    const forks = input.resume?.fork === true;
    const conversation = resumed === null || forks ? input.newConversation : resumed;
    const argv = [...input.binary, '--state', input.configDirectory, '--variant', String(input.variant)];
    if (input.permissions !== 'ask') argv.push('--yes');
    if (input.mode === 'task') argv.push('--task');
    if (resumed !== null) argv.push('--resume', resumed, ...(forks ? ['--conversation', conversation] : []));
    else argv.push('--conversation', conversation, '--prompt-file', input.promptFile);
    return { argv, env: {}, paste: null, conversation, sources: [] };
  },
  detector: reportDetector,
  choices: (rows) => readNumberedQuestion(rows)?.choices ?? [],
  answer: (choice) => choice.digit,
};
