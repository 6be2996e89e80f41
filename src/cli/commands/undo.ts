// `sesame undo`: take back the last archive or rm.
import type { Command } from 'commander';
import { sessionRow } from '../../domain/session-row.ts';
import type { CliContext } from '../context.ts';

export function registerUndo(program: Command, context: CliContext): void {
  program
    .command('undo')
    .description('take back the last archive or rm, or that of one session')
    .argument('[id]', 'id, or a unique beginning of the title')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: { json?: true }) => {
      const { call } = await context.connect();
      const session = id === undefined ? undefined : (await call('session', { params: { id } })).session.id;
      const result = await call('undo', { body: session === undefined ? {} : { session } });
      if (options.json)
        context.printJson({ undone: result.undone, session: result.session && sessionRow(result.session) });
      else context.print(result.undone);
    });
}
