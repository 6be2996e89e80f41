// The contract of every agent: what holds for one holds for all, whoever wrote it.
import { describe, expect, test } from 'vitest';
import { launchInput } from '../../test/support/launch-input.ts';
import { CustomAgent } from '../domain/config.ts';
import { Failure } from '../domain/failure.ts';
import { noColors } from '../terminal/screen-colors.ts';
import type { AgentSignal, LaunchInput } from './agent.ts';
import { createRegistry } from './registry.ts';

const custom = {
  plain: CustomAgent.parse({ argv: ['plain'] }),
  typed: CustomAgent.parse({ argv: ['typed', '--model', '{model}'], prompt: 'paste' }),
  filed: CustomAgent.parse({
    argv: ['filed', '{promptFile}'],
    prompt: 'file',
    resume: ['filed', '--resume', '{conversation}'],
  }),
};
const registry = createRegistry(custom);

const prompts = [
  'fix it',
  '-rf /',
  '--help',
  'zeile eins\nzeile zwei',
  '日本語 🙂 émoji',
  'x'.repeat(1 << 20),
  '{promptFile} {model}',
  "it's $HOME `id`",
];

const input = (change: Partial<LaunchInput>): LaunchInput => launchInput({ variant: 2, ...change });

describe.each(registry.all.map((agent) => [agent.id, agent] as const))('%s', (_, agent) => {
  test('is started with any prompt, whole, and never by more than the system takes in one argument', () => {
    for (const prompt of prompts) {
      const { argv, paste } = agent.launch(input({ prompt }));
      // First, or behind a shell that gives it the prompt's file.
      expect(argv).toContain('/opt/bin/program');
      const inFile = argv.some((part) => part.includes('/state/s7k2/prompt.txt'));
      const inArgument = argv.some((part) => part.trimStart() === prompt);
      expect([inFile, inArgument, paste === prompt].filter(Boolean)).toHaveLength(1);
      for (const part of argv) expect(Buffer.byteLength(part)).toBeLessThan(128 * 1024);
    }
  });

  test('a prompt never becomes an option', () => {
    for (const prompt of ['-rf /', '--help']) expect(agent.launch(input({ prompt })).argv).not.toContain(prompt);
  });

  test('launching is pure: the same input gives the same program', () => {
    expect(agent.launch(input({}))).toEqual(agent.launch(input({})));
    expect(agent.prepare(input({}))).toEqual(agent.prepare(input({})));
  });

  test('prepared files stay inside the session’s own directory', () => {
    for (const file of agent.prepare(input({}))) {
      expect(file.path).not.toMatch(/^\/|(^|\/)\.\.(\/|$)/);
      expect(file.mode & 0o077).toBe(0);
    }
  });

  test('an agent that can resume continues the conversation it was given', () => {
    const { conversation } = agent.launch(input({}));
    const again = agent.launch(input({ resume: { conversation: conversation ?? 'learned-id' } }));
    if (!agent.features.resume) return;
    expect(again.argv.join(' ')).toContain(conversation ?? 'learned-id');
    expect(again.paste).toBeNull();
  });

  test('argv and env carry no secret of the server’s owner', () => {
    const { argv, env } = agent.launch(input({}));
    expect(`${argv.join(' ')} ${JSON.stringify(env)}`).not.toMatch(/api[_-]?key|token|secret/i);
  });

  test('its detector survives anything and says the same for the same signals', () => {
    const signals: AgentSignal[] = [
      { kind: 'report', text: '' },
      { kind: 'report', text: 'state=working' },
      { kind: 'report', text: '\u0000:=:=' },
      { kind: 'title', text: '' },
      { kind: 'title', text: '⠋ x' },
      { kind: 'notification', text: '' },
      { kind: 'progress', state: 9, percent: -1 },
      { kind: 'bell' },
      { kind: 'activity' },
      { kind: 'input', submitted: true },
      { kind: 'screen', rows: [] },
      { kind: 'screen', rows: ['❯ 1. Yes', '  2. No'] },
      { kind: 'report', text: 'state=done' },
    ];
    const conclusions = () => {
      const detector = agent.detector({ resumes: false });
      return signals.flatMap((signal) => detector.push(signal));
    };
    expect(conclusions()).toEqual(conclusions());
    expect(conclusions().at(-1)).toMatchObject({ state: 'done', evidence: { signal: 'report' } });
  });

  test('the answer to a choice is typed, never entered for the user', () => {
    for (const choice of agent.choices(['Allow?', '❯ 1. Yes', '  2. No'], noColors))
      expect(agent.answer(choice, [], noColors)).not.toMatch(/[\r\n]/);
  });
});

test('an unknown agent is refused with the known ones named', () => {
  expect(() => registry.get('nope')).toThrow(Failure);
  try {
    registry.get('nope');
  } catch (error) {
    expect((error as Failure).remedy).toContain('plain, typed, filed');
  }
});

test('a custom agent whose name cannot be used is refused, the others work', () => {
  const partly = createRegistry({ 'My Agent': custom.plain, good: custom.plain });
  expect(partly.refused).toHaveLength(1);
  expect(partly.get('good').name).toBe('good');
});
