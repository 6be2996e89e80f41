// `sesame pause` and `sesame unpause`: a program is stopped for a while, and let go on.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { printSessions } from '../sessions-output.ts';

export function registerPause(program: Command, context: CliContext): void {
  register(program, context, 'pause', true, 'stop the programs of sessions for a while, with all they are doing');
  register(program, context, 'unpause', false, 'let paused sessions go on');
}

function register(program: Command, context: CliContext, verb: string, paused: boolean, description: string): void {
  program
    .command(verb)
    .description(description)
    .argument('<id...>', 'ids, or unique beginnings of titles')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: { json?: true }) => {
      const { call } = await context.connect();
      const sessions = [];
      for (const id of ids) sessions.push((await call('pause', { params: { id }, body: { paused } })).session);
      await printSessions(context, sessions, options.json === true);
    });
}
