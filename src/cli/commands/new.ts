// `sesame new`: one prompt on one or more agents.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { AgentInfo, PermissionLevel } from '../../domain/agent-info.ts';
import { Failure } from '../../domain/failure.ts';
import { readConfig } from '../../platform/config.ts';
import { type CliContext, sizeHere, textArgument, usage, wholeNumber } from '../context.ts';
import { printSessions } from '../sessions-output.ts';

interface NewOptions {
  agent: string[];
  count: string;
  repo?: string;
  base?: string;
  title?: string;
  model?: string;
  permissions: string;
  setup: boolean;
  json?: true;
}

const permissionLevels = ['ask', 'accept-edits', 'full'] as const satisfies readonly PermissionLevel[];

export function registerNew(program: Command, context: CliContext): void {
  program
    .command('new')
    .description('start one prompt on one or more agents, each in its own worktree')
    .argument('<prompt>', 'what to do; `-` reads standard input')
    .option(
      '-a, --agent <id>',
      'an agent; may be given more than once',
      (id: string, all: string[]) => [...all, id],
      [],
    )
    .option('--count <n>', 'sessions of each agent', '1')
    .option('--repo <path>', 'a path in the repository; by default the current directory')
    .option('--base <ref>', 'branch, tag or commit to start from; by default HEAD')
    .option('--title <text>', 'by default made from the prompt')
    .option('--model <name>', 'model the agents use')
    .option('--permissions <level>', permissionLevels.join(', '), 'ask')
    .option('--no-setup', "do not run the repository's setup command")
    .option('--json', 'print JSON')
    .action(async (argument: string, options: NewOptions) => {
      const count = wholeNumber(options.count, '--count', 1, 16);
      const permissions = permissionLevels.find((level) => level === options.permissions);
      if (permissions === undefined) {
        throw usage(`--permissions takes ${permissionLevels.join(', ')}, not ${JSON.stringify(options.permissions)}`);
      }
      const prompt = await textArgument(context, argument);
      const { call } = await context.connect();
      const ids =
        options.agent.length > 0
          ? options.agent
          : await defaultAgents(context, async () => (await call('agents')).agents);
      const { base, title, model } = options;
      const { sessions } = await call('create', {
        body: {
          prompt,
          agents: ids.map((agent) => ({ agent, count, ...(model === undefined ? {} : { model }) })),
          repo: resolve(context.cwd, options.repo ?? '.'),
          permissions,
          setup: options.setup,
          ...(base === undefined ? {} : { base }),
          ...(title === undefined ? {} : { title }),
          ...sizeHere(context),
        },
      });
      await printSessions(context, sessions, options.json === true);
    });
}

/** Those of the preferences, else the first that can be started. */
async function defaultAgents(context: CliContext, list: () => Promise<AgentInfo[]>): Promise<string[]> {
  const { config } = await readConfig(context.paths());
  if (config.defaultAgents.length > 0) return config.defaultAgents;
  const first = (await list()).find(({ available }) => available.ok);
  if (first !== undefined) return [first.id];
  throw new Failure({
    code: 'no-agent',
    message: 'no agent can be started on this machine',
    remedy: '`sesame agents` says what each one needs',
  });
}
