// `sesame archive`.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { printSessions } from '../sessions-output.ts';

export function registerArchive(program: Command, context: CliContext): void {
  program
    .command('archive')
    .description('hide a session; nothing is removed')
    .argument('<id...>', 'ids, or unique beginnings of titles')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: { json?: true }) => {
      const { call } = await context.connect();
      const sessions = [];
      for (const id of ids) sessions.push((await call('archive', { params: { id } })).session);
      await printSessions(context, sessions, options.json === true);
    });
}
