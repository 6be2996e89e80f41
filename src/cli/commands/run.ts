// `sesame run`: any program in a pane, without a worktree.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { sizeHere, terminalSize, wholeNumber } from '../context.ts';
import { printSessions } from '../sessions-output.ts';

export function registerRun(program: Command, context: CliContext): void {
  program
    .command('run')
    .description('run any program in a pane, without a worktree; print its session')
    .argument('<argv...>', 'the program and its arguments, after `--`')
    .option('--size <CxR>', 'columns and rows, `120x40`; by default those of this terminal')
    .option('--scrollback <lines>', 'lines kept above the screen', '10000')
    .option('--json', 'print JSON')
    .passThroughOptions()
    .action(async (argv: string[], options: { size?: string; scrollback: string; json?: true }) => {
      const size = options.size === undefined ? sizeHere(context) : terminalSize(options.size);
      const scrollback = wholeNumber(options.scrollback, '--scrollback', 0, 1_000_000);
      const { call } = await context.connect();
      const { session } = await call('run', { body: { argv, cwd: context.cwd, scrollback, ...size } });
      await printSessions(context, [session], options.json === true);
    });
}
