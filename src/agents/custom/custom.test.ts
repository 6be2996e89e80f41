import { expect, test } from 'vitest';
import { launchInput } from '../../../test/support/launch-input.ts';
import { CustomAgent } from '../../domain/config.ts';
import type { LaunchInput } from '../agent.ts';
import { customAgent } from './index.ts';

const input = launchInput({
  binary: ['/usr/bin/mine'],
  prompt: 'do it',
  promptFile: '/p/prompt.txt',
  configDirectory: '/c',
  worktree: '/w',
  newConversation: 'uuid-1',
});

function launch(custom: unknown, change: Partial<LaunchInput> = {}) {
  return customAgent('mine', CustomAgent.parse(custom)).launch({ ...input, ...change });
}

test('the prompt stands where the template says, else at the end', () => {
  expect(launch({ argv: ['mine', '-p', '{prompt}', '--go'] }).argv).toEqual(['/usr/bin/mine', '-p', 'do it', '--go']);
  expect(launch({ argv: ['mine'] }).argv).toEqual(['/usr/bin/mine', 'do it']);
  expect(launch({ argv: ['mine', '--prompt={prompt}', '{worktree}'] }).argv).toEqual([
    '/usr/bin/mine',
    '--prompt=do it',
    '/w',
  ]);
});

test('a file or the terminal carries the prompt where the config says so', () => {
  expect(launch({ argv: ['mine', '{promptFile}'], prompt: 'file' })).toMatchObject({
    argv: ['/usr/bin/mine', '/p/prompt.txt'],
    paste: null,
  });
  expect(launch({ argv: ['mine'], prompt: 'paste' })).toMatchObject({ argv: ['/usr/bin/mine'], paste: 'do it' });
});

test('a prompt too long for an argument is pasted', () => {
  const prompt = 'x'.repeat(1 << 20);
  expect(launch({ argv: ['mine', '{prompt}'] }, { prompt })).toMatchObject({ argv: ['/usr/bin/mine'], paste: prompt });
});

test('a prompt that begins with a dash is not read as an option', () => {
  expect(launch({ argv: ['mine', '{prompt}'] }, { prompt: '--help' }).argv).toEqual(['/usr/bin/mine', ' --help']);
  expect(launch({ argv: ['mine', '--prompt={prompt}'] }, { prompt: '-x' }).argv).toEqual([
    '/usr/bin/mine',
    '--prompt=-x',
  ]);
});

test('places inside the prompt itself are left alone', () => {
  expect(launch({ argv: ['mine', '{prompt}'] }, { prompt: 'explain {model} and $&' }).argv[1]).toBe(
    'explain {model} and $&',
  );
});

test('a model that was not chosen takes its option with it', () => {
  expect(launch({ argv: ['mine', '--model', '{model}', '{prompt}'] }).argv).toEqual(['/usr/bin/mine', 'do it']);
  expect(launch({ argv: ['mine', '--model', '{model}'] }, { model: 'big' }).argv).toEqual([
    '/usr/bin/mine',
    '--model',
    'big',
    'do it',
  ]);
});

test('a conversation is named by us when the template has a place for it, and continued by the resume template', () => {
  const custom = {
    argv: ['mine', '--id', '{conversation}', '{prompt}'],
    resume: ['mine', '--resume', '{conversation}'],
  };
  expect(launch(custom)).toMatchObject({ argv: ['/usr/bin/mine', '--id', 'uuid-1', 'do it'], conversation: 'uuid-1' });
  expect(launch(custom, { resume: { conversation: 'uuid-1' } })).toMatchObject({
    argv: ['/usr/bin/mine', '--resume', 'uuid-1'],
    paste: null,
    conversation: 'uuid-1',
  });
});
