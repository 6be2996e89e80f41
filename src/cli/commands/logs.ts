// `sesame logs`: what happened to a session.
import type { Command } from 'commander';
import type { SesameEvent } from '../../domain/event.ts';
import type { CliContext } from '../context.ts';
import { wholeNumber } from '../context.ts';
import { eventLine } from '../event-line.ts';

export function registerLogs(program: Command, context: CliContext): void {
  program
    .command('logs')
    .description('what happened to a session, oldest first')
    .argument('<id>', 'id, or a unique beginning of the title')
    .option('--limit <n>', 'the last n events', '200')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { limit: string; json?: true }) => {
      const limit = wholeNumber(options.limit, '--limit', 1, 5000);
      const { call } = await context.connect();
      const events = (await call('log', { params: { id }, query: { limit: String(limit) } })).events as SesameEvent[];
      if (options.json) context.printJson(events);
      else for (const event of events) context.print(eventLine(event));
    });
}
