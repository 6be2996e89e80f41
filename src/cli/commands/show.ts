// `sesame show`: everything about one session.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { printSession } from '../sessions-output.ts';
import { sumOfUsage } from '../usage-text.ts';

export function registerShow(program: Command, context: CliContext): void {
  program
    .command('show')
    .description('show one session, with the reason for its status')
    .argument('<id>', 'id, or a unique beginning of the title')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: true }) => {
      const { call } = await context.connect();
      const [{ session }, why] = await Promise.all([
        call('session', { params: { id } }),
        call('why', { params: { id } }),
      ]);
      const race = session.race === null ? [] : (await call('sessions', { query: { all: '1' } })).sessions;
      const raceUsage = sumOfUsage(race.filter((other) => other.race === session.race));
      await printSession(context, session, why, raceUsage, options.json === true);
    });
}
