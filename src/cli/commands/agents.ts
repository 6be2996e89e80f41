// `sesame agents`: what can be started, which versions of it are here, and changing that.
import type { Command } from 'commander';
import type { Call } from '../../client/calls.ts';
import type { AgentBinary } from '../../domain/binary.ts';
import { followInstallation } from '../agent-progress.ts';
import type { CliContext } from '../context.ts';
import { createPaint, table } from '../paint.ts';

interface Options {
  json?: true;
}

export function registerAgents(program: Command, context: CliContext): void {
  const agents = program
    .command('agents')
    .description('list the agents, and install, update or choose their programs')
    .option('--json', 'print JSON')
    .option('--offline', 'do not ask for the newest versions')
    .action(async ({ json, offline }: Options & { offline?: true }) => {
      const { call } = await context.connect();
      const [{ agents: infos }, { binaries }] = await Promise.all([
        call('agents'),
        call('binaries', { query: { ask: offline ? '0' : '1' } }),
      ]);
      const rows = infos.map((info) => ({ ...info, binary: binaries.find(({ agent }) => agent === info.id) ?? null }));
      if (json) {
        context.printJson(rows);
        return;
      }
      const paint = await createPaint(context);
      const lines = rows.map(({ id, name, available, binary }) => [
        id,
        name,
        available.ok
          ? binary === null
            ? available.version
            : stateOf(binary)
          : `${binary === null ? '' : `${stateOf(binary)}; `}${available.reason}: ${available.remedy}`,
      ]);
      table(lines).forEach((line, i) => void context.print(rows[i]?.available.ok ? line : paint('quiet', line)));
    });

  const verb = (
    name: string,
    description: string,
    run: (call: Call, agent: string, argument: string | undefined) => Promise<{ binary: AgentBinary }>,
    argument?: [string, string],
  ): void => {
    const command = agents.command(name).description(description).argument('<agent>', 'its id, as in `sesame agents`');
    if (argument !== undefined) command.argument(...argument);
    command.option('--json', 'print JSON').action(async (agent: string, ...rest: unknown[]) => {
      const [first] = rest;
      const { json } = command.optsWithGlobals<Options>();
      const client = await context.connect();
      const stopFollowing = await followInstallation(context, client, agent);
      try {
        const { binary } = await run(client.call, agent, typeof first === 'string' ? first : undefined);
        await stopFollowing();
        if (json) context.printJson(binary);
        else context.print(`${agent}  ${stateOf(binary)}`);
      } finally {
        await stopFollowing();
      }
    });
  };

  verb(
    'install',
    'install an agent, or one version of it, for new sessions',
    (call, agent, version) => call('installAgent', { body: { agent, ...(version === undefined ? {} : { version }) } }),
    ['[version]', 'default: the newest'],
  );
  verb('update', 'install the newest version; sessions keep theirs', (call, agent) =>
    call('updateAgent', { body: { agent } }),
  );
  verb(
    'pin',
    'keep new sessions on one version',
    (call, agent, version) => call('pinAgent', { body: { agent, version: version ?? '' } }),
    ['<version>', 'installed when it is not here'],
  );
  verb('unpin', 'lift the pin', (call, agent) => call('pinAgent', { body: { agent, version: null } }));
  verb('rollback', 'go back to the version before', (call, agent) => call('rollbackAgent', { body: { agent } }));
  verb(
    'use-path',
    'start a program of yours instead; without one, the installed ones again',
    (call, agent, path) => call('useAgentPath', { body: { agent, path: path ?? null } }),
    ['[program]', 'a name in PATH, or an absolute path'],
  );
}

/** `2.1.329, newest 2.1.330, before 2.1.328`. */
function stateOf({ kind, current, installed, pinned, path, latest, latestUnknown }: AgentBinary): string {
  if (kind === 'ours') return 'ready, part of sesame';
  if (kind === 'command') return path === null ? 'ready, a program of yours' : `ready, your ${path}`;
  const now = installed.find(({ key }) => key === current);
  const others = installed.filter(({ key }) => key !== current).map(({ version }) => version);
  const isNewer = latest !== null && latest !== now?.version;
  return [
    now === undefined ? 'installed at the first start' : `ready, ${now.version} (${now.source})`,
    ...(pinned === null ? [] : [`pinned to ${pinned}`]),
    ...(isNewer ? [`latest ${latest}`] : []),
    ...(latestUnknown === null ? [] : [`latest unknown: ${latestUnknown}`]),
    ...(others.length === 0 ? [] : [`also here: ${others.join(', ')}`]),
  ].join(', ');
}
