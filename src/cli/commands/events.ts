// `sesame events`: one line per event as it happens.
import type { Command } from 'commander';
import { followEvents } from '../../client/events.ts';
import type { CliContext } from '../context.ts';
import { wholeNumber } from '../context.ts';
import { eventLine } from '../event-line.ts';

export function registerEvents(program: Command, context: CliContext): void {
  program
    .command('events')
    .description('print events as they happen, until ctrl+c')
    .option('--after <seq>', 'begin after this event; 0 for all')
    .option('--json', 'one JSON object per line')
    .action(async (options: { after?: string; json?: true }) => {
      let last = options.after === undefined ? -1 : wholeNumber(options.after, '--after', 0, Number.MAX_SAFE_INTEGER);
      const client = await context.connect();
      await followEvents(
        client,
        {
          after: (hello) => {
            if (last < 0) last = hello.seq;
            return Promise.resolve(last);
          },
          connected: () => undefined,
          event: (event) => {
            last = event.seq;
            context.print(options.json ? JSON.stringify(event) : eventLine(event));
          },
          lost: ({ message }) => void context.stderr.write(`sesame: ${message}\n`),
        },
        context.interrupted,
      );
    });
}
