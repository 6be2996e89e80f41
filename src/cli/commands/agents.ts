// `sesame agents`: what can be started.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { createPaint, table } from '../paint.ts';

export function registerAgents(program: Command, context: CliContext): void {
  program
    .command('agents')
    .description('list the agents and whether they can be started')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const { call } = await context.connect();
      const { agents } = await call('agents');
      if (options.json) {
        context.printJson(agents);
        return;
      }
      const paint = await createPaint(context);
      const rows = agents.map(({ id, name, available }) => [
        id,
        name,
        available.ok ? `ready, ${available.version}` : `${available.reason}; ${available.remedy}`,
      ]);
      table(rows).forEach((line, i) => void context.print(agents[i]?.available.ok ? line : paint('quiet', line)));
    });
}
