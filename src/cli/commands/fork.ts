// `sesame fork`: another session from where one stands, on a copy of its conversation.
import type { Command } from 'commander';
import { type CliContext, sizeHere, textArgument } from '../context.ts';
import { printSessions } from '../sessions-output.ts';

export function registerFork(program: Command, context: CliContext): void {
  program
    .command('fork')
    .description('start another session from where one stands: its files and a copy of its conversation')
    .argument('<id>', 'id, or a unique beginning of the title')
    .argument('[prompt]', 'what to do next; `-` reads standard input', '')
    .option('--json', 'print JSON')
    .action(async (id: string, argument: string, options: { json?: true }) => {
      const prompt = argument === '' ? '' : await textArgument(context, argument);
      const { call } = await context.connect();
      const { session } = await call('fork', { params: { id }, body: { prompt, ...sizeHere(context) } });
      await printSessions(context, [session], options.json === true);
    });
}
