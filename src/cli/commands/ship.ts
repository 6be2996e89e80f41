// `sesame ship`: commit, with hooks, and push.
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';

export function registerShip(program: Command, context: CliContext): void {
  program
    .command('ship')
    .description('commit what a session made and push its branch')
    .argument('<id>', 'id, or a unique beginning of the title')
    .option('-m, --message <text>', 'the commit message; by default made from the prompt and the diff')
    .option('--no-push', 'only commit')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { message?: string; push: boolean; json?: true }) => {
      const { call } = await context.connect();
      const { message, push } = options;
      const result = await call('ship', {
        params: { id },
        body: { push, ...(message === undefined ? {} : { message }) },
      });
      if (options.json) {
        context.printJson(result);
        return;
      }
      context.print(
        result.commit === null ? 'nothing to commit' : `committed ${result.commit.slice(0, 12)} on ${result.branch}`,
      );
      if (result.pushed) context.print(`pushed to ${result.remote ?? 'the remote'}`);
    });
}
