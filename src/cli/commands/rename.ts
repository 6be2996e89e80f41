// `sesame rename`.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { printSessions } from '../sessions-output.ts';

export function registerRename(program: Command, context: CliContext): void {
  program
    .command('rename')
    .description('give a session another title')
    .argument('<id>', 'id, or a unique beginning of the title')
    .argument('<title>')
    .option('--json', 'print JSON')
    .action(async (id: string, title: string, options: { json?: true }) => {
      const { call } = await context.connect();
      const { session } = await call('rename', { params: { id }, body: { title } });
      await printSessions(context, [session], options.json === true);
    });
}
