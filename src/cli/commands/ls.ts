// `sesame ls`: the sessions.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { printSessions } from '../sessions-output.ts';
import { usageText } from '../usage-text.ts';

export function registerLs(program: Command, context: CliContext): void {
  program
    .command('ls')
    .description('list the sessions')
    .option('--all', 'archived and discarded ones too')
    .option('--json', 'print JSON')
    .action(async (options: { all?: true; json?: true }) => {
      const { call } = await context.connect();
      const { sessions, usageToday } = await call('sessions', { query: options.all ? { all: '1' } : {} });
      await printSessions(context, sessions, options.json === true);
      if (!options.json && usageToday !== null) context.print(`today: ${usageText(usageToday)}`);
    });
}
