// `sesame send`: paste a text into a session and submit it.
import type { Command } from 'commander';
import { Failure } from '../../domain/failure.ts';
import type { CliContext } from '../context.ts';
import { textArgument } from '../context.ts';

const words = {
  accepted: 'accepted',
  typed: 'typed; nothing shows yet that it was taken',
  refused: 'refused',
} as const;

export function registerSend(program: Command, context: CliContext): void {
  program
    .command('send')
    .description('paste a text into a session and press enter')
    .argument('<id>', 'id, or a unique beginning of the title')
    .argument('<text>', '`-` reads standard input')
    .option('--no-submit', 'do not press enter after it')
    .option('--answer', 'the text answers what the session asks; otherwise nothing is sent while it asks')
    .option('--json', 'print JSON')
    .action(async (id: string, argument: string, options: { submit: boolean; answer?: true; json?: true }) => {
      const text = await textArgument(context, argument);
      const { call } = await context.connect();
      const receipt = await call('input', {
        params: { id },
        body: { text, submit: options.submit, answer: options.answer === true },
      });
      if (options.json) context.printJson(receipt);
      if (!receipt.accepted) {
        throw new Failure({
          code: 'not-accepted',
          message: `the program of ${id} does not read its input (${receipt.queued} bytes are waiting)`,
          remedy: `look at it with \`sesame read ${id}\``,
        });
      }
      if (!options.json) context.print(options.submit ? words[receipt.receipt] : 'typed');
    });
}
