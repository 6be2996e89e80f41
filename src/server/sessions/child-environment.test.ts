// Rule C3: an agent gets its own provider's credential, never another one's. Rule I5: no socket of the host inside.
import { expect, test } from 'vitest';
import { agentEnvironment, programEnvironment } from './child-environment.ts';

const owner = {
  PATH: '/bin',
  HOME: '/home/u',
  LC_ALL: 'C.UTF-8',
  LC_TERMINAL: 'iTerm2',
  https_proxy: 'http://proxy',
  MY_TOKEN: 'mine',
  ANTHROPIC_API_KEY: 'secret-a',
  OPENAI_API_KEY: 'secret-b',
  GITHUB_TOKEN: 'secret-c',
  SSH_AUTH_SOCK: '/run/ssh',
  TMUX: '/tmp/tmux',
  TMUX_PANE: '%1',
  STY: '1.pts',
  ZELLIJ: '0',
  SESAME_WORK_DIR: '/w',
  SESAME_SESSION: 'outer',
  TERM: 'screen',
  TERM_PROGRAM: 'other',
  TERM_PROGRAM_VERSION: '9',
  COLUMNS: '10',
  NODE_OPTIONS: '--inspect',
};
const options = { owner, version: '1.2.3', session: 's7k2', names: [], extra: {} };

test('an agent sees the common names, its own, and what its launch asks for', () => {
  expect(
    agentEnvironment({ ...options, names: ['MY_TOKEN', 'NOT_SET'], extra: { MODE: 'x', PATH: '/agent/bin' } }),
  ).toEqual({
    PATH: '/agent/bin',
    HOME: '/home/u',
    LC_ALL: 'C.UTF-8',
    https_proxy: 'http://proxy',
    MY_TOKEN: 'mine',
    MODE: 'x',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    TERM_PROGRAM: 'sesame',
    TERM_PROGRAM_VERSION: '1.2.3',
    SESAME_SESSION: 's7k2',
  });
});

test('a program of the user’s keeps their environment, without other terminals and without ours', () => {
  const env = programEnvironment(options);
  expect(env['GITHUB_TOKEN']).toBe('secret-c');
  expect(env['SSH_AUTH_SOCK']).toBe('/run/ssh');
  expect(env['TERM_PROGRAM']).toBe('sesame');
  expect(env['SESAME_SESSION']).toBe('s7k2');
  for (const name of ['TMUX', 'TMUX_PANE', 'STY', 'ZELLIJ', 'SESAME_WORK_DIR', 'COLUMNS', 'LC_TERMINAL']) {
    expect(env[name]).toBeUndefined();
  }
});
