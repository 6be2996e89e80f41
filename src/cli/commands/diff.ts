// `sesame diff`: what a session changed against its base.
import type { Command } from 'commander';
import { visibleText } from '../../domain/plain-text.ts';
import type { CliContext } from '../context.ts';
import { createPaint, type Paint, table } from '../paint.ts';

export function registerDiff(program: Command, context: CliContext): void {
  program
    .command('diff')
    .description('what a session changed, the uncommitted too, as a patch')
    .argument('<id>', 'id, or a unique beginning of the title')
    .option('--stat', 'only the files and their counts')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { stat?: true; json?: true }) => {
      const { call } = await context.connect();
      const params = { id };
      if (options.json) {
        const summary = await call('diff', { params });
        context.printJson(options.stat ? summary : { ...summary, ...(await call('patch', { params })) });
        return;
      }
      const paint = await createPaint(context);
      if (!options.stat) {
        const { patch } = await call('patch', { params });
        // To a file or another program it goes as it is.
        const shown = context.stdout.isTTY ? patch.split('\n').map(visibleText).join('\n') : patch;
        if (patch !== '') context.print(paintPatch(shown.trimEnd(), paint));
        return;
      }
      const { stat, files } = await call('diff', { params });
      const rows = files.map(({ path, from, change, insertions, deletions, binary, large }) => [
        change,
        binary ? (large ? 'large' : 'binary') : `+${insertions ?? 0} -${deletions ?? 0}`,
        from === null ? path : `${from} -> ${path}`,
      ]);
      for (const line of table(rows)) context.print(line);
      context.print(`${stat.files} ${stat.files === 1 ? 'file' : 'files'}, +${stat.insertions} -${stat.deletions}`);
    });
}

function paintPatch(patch: string, paint: Paint): string {
  let inHunk = false;
  return patch
    .split('\n')
    .map((line) => {
      if (line.startsWith('diff ')) inHunk = false;
      if (line.startsWith('@@')) inHunk = true;
      if (line.startsWith('@@')) return paint('quiet', line);
      if (!inHunk) return paint('heading', line);
      return line.startsWith('+') ? paint('added', line) : line.startsWith('-') ? paint('deleted', line) : line;
    })
    .join('\n');
}
