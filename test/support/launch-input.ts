// What an agent is launched with, for tests of agents: plain values, changed where a test is about them.
import type { LaunchInput } from '../../src/agents/agent.ts';

export function launchInput(change: Partial<LaunchInput>): LaunchInput {
  return {
    binary: ['/opt/bin/program'],
    prompt: 'fix it',
    promptFile: '/state/s7k2/prompt.txt',
    mode: 'interactive',
    permissions: 'ask',
    model: null,
    configDirectory: '/state/s7k2/config',
    worktree: '/home/dev/s7k2',
    session: 's7k2',
    variant: 1,
    newConversation: '0b6c8a8e-6d4c-4d44-9d2b-3d8f6f0d3a11',
    resume: null,
    repository: '/projects/p',
    credential: null,
    ownConfig: false,
    sharedDirectory: '/state/agents/x/shared',
    port: null,
    token: 'token-of-this-run',
    owner: {},
    ...change,
  };
}
