// `sesame new`: one prompt on one or more agents.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { AgentInfo, AgentMode, PermissionLevel } from '../../domain/agent-info.ts';
import { Failure } from '../../domain/failure.ts';
import type { AutoShip } from '../../domain/session.ts';
import { readConfig } from '../../platform/config.ts';
import { type CliContext, sizeHere, textArgument, usage, wholeNumber } from '../context.ts';
import { printSessions } from '../sessions-output.ts';

interface NewOptions {
  agent: string[];
  count: string;
  repo?: string;
  base?: string;
  branch?: string;
  title?: string;
  model?: string;
  permissions: string;
  setup: boolean;
  myConfig?: true;
  mode: string;
  ship?: string;
  json?: true;
}

const modes = ['interactive', 'task'] as const satisfies readonly AgentMode[];
const shipping = ['commit', 'push'] as const satisfies readonly AutoShip[];
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
    .option('--branch <name>', 'work on this local or remote branch itself, instead of on a new one')
    .option('--title <text>', 'by default made from the prompt')
    .option('--model <name>', 'model the agents use')
    .option('--permissions <level>', permissionLevels.join(', '), 'ask')
    .option('--my-config', 'the agents use your own configuration: settings, MCP servers, memory, sign-in')
    .option('--mode <mode>', `${modes.join(', ')}; a task runs to its end without questions`, 'interactive')
    .option('--ship <how>', `${shipping.join(', ')}: when a task finishes well, then archive it`)
    .option('--no-setup', "do not run the repository's setup command")
    .option('--json', 'print JSON')
    .action(async (argument: string, options: NewOptions) => {
      const count = wholeNumber(options.count, '--count', 1, 16);
      const permissions = oneOf(permissionLevels, '--permissions', options.permissions);
      const mode = oneOf(modes, '--mode', options.mode);
      const ship = options.ship === undefined ? undefined : oneOf(shipping, '--ship', options.ship);
      if (ship !== undefined && mode !== 'task') throw usage('--ship needs --mode task: another session does not end');
      const prompt = await textArgument(context, argument);
      const { call } = await context.connect();
      const ids =
        options.agent.length > 0
          ? options.agent
          : await defaultAgents(context, async () => (await call('agents')).agents);
      const { base, branch, title, model } = options;
      const { sessions } = await call('create', {
        body: {
          prompt,
          agents: ids.map((agent) => ({ agent, count, ...(model === undefined ? {} : { model }) })),
          repo: resolve(context.cwd, options.repo ?? '.'),
          permissions,
          mode,
          config: options.myConfig === true ? 'own' : 'session',
          ...(ship === undefined ? {} : { ship }),
          setup: options.setup,
          ...(base === undefined ? {} : { base }),
          ...(branch === undefined ? {} : { branch }),
          ...(title === undefined ? {} : { title }),
          ...sizeHere(context),
        },
      });
      await printSessions(context, sessions, options.json === true);
    });
}

function oneOf<T extends string>(known: readonly T[], option: string, given: string): T {
  const found = known.find((one) => one === given);
  if (found !== undefined) return found;
  throw usage(`${option} takes ${known.join(', ')}, not ${JSON.stringify(given)}`);
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
