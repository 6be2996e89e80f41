// `sesame resume`: start the agent again, on its conversation where it can.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { printSessions } from '../sessions-output.ts';

export function registerResume(program: Command, context: CliContext): void {
  program
    .command('resume')
    .description('start the agent again, on its conversation where it can; retries a failed setup')
    .argument('<id...>', 'ids, or unique beginnings of titles')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: { json?: true }) => {
      const { call } = await context.connect();
      const sessions = [];
      for (const id of ids) sessions.push((await call('resume', { params: { id }, body: {} })).session);
      await printSessions(context, sessions, options.json === true);
    });
}
