// `sesame read`: the text on a session's screen.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';

/** More than any pane keeps. */
const allHistory = 1_000_000;

export function registerRead(program: Command, context: CliContext): void {
  program
    .command('read')
    .description('print the text on the screen of a session')
    .argument('<id>', 'id, or a unique beginning of the title')
    .option('--scrollback', 'the lines above the screen too')
    .option('--json', 'print JSON, with the cursor and the digest an answer is bound to')
    .action(async (id: string, options: { scrollback?: true; json?: true }) => {
      const { call } = await context.connect();
      const query = options.scrollback ? { history: String(allHistory) } : {};
      const screen = await call('screen', { params: { id }, query });
      if (options.json) context.printJson(screen);
      else context.print(screen.lines.join('\n').trimEnd());
    });
}
