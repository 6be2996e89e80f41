// `sesame rm`: discard sessions. Everything is kept under a safety ref first; `sesame undo` brings it back.
import type { Command } from 'commander';
import { ignoredFilesText } from '../../domain/ignored-files.ts';
import type { CliContext } from '../context.ts';
import { failureText } from '../failure-text.ts';

export function registerRm(program: Command, context: CliContext): void {
  program
    .command('rm')
    .description('remove worktree and branch of a session; `undo` brings them back for 30 days')
    .argument('<id...>', 'ids, or unique beginnings of titles')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: { json?: true }) => {
      const { call } = await context.connect();
      const removed = [];
      for (const id of ids) {
        const { session, trash, ignored, warning } = await call('discard', { params: { id } });
        if (warning !== null) context.stderr.write(failureText(warning));
        removed.push({ id: session?.id ?? id, trash, ignored });
      }
      if (options.json) context.printJson(removed);
      else
        for (const { id, trash, ignored } of removed) {
          context.print(trash === null ? `${id} removed` : `${id} removed, kept as ${trash}`);
          if (ignored !== null) context.print(`  not kept: ${ignoredFilesText(ignored)}`);
        }
    });
}
