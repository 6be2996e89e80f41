// `sesame stop`.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { printSessions } from '../sessions-output.ts';

export function registerStop(program: Command, context: CliContext): void {
  program
    .command('stop')
    .description('end the program of a session; its work stays')
    .argument('<id...>', 'ids, or unique beginnings of titles')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: { json?: true }) => {
      const { call } = await context.connect();
      const sessions = [];
      for (const id of ids) sessions.push((await call('stop', { params: { id } })).session);
      await printSessions(context, sessions, options.json === true);
    });
}
