// `sesame server`: the process behind the screen.

import { existsSync, watch } from 'node:fs';
import type { Command } from 'commander';
import { createCall } from '../../client/calls.ts';
import { Failure } from '../../domain/failure.ts';
import { lockOwner } from '../../platform/lock.ts';
import type { Paths } from '../../platform/paths.ts';
import type { CliContext } from '../context.ts';

export function registerServer(program: Command, context: CliContext): void {
  const server = program.command('server').description('the process behind the screen');

  server
    .command('start')
    .description('start it, if there is none')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      const { hello } = await context.connect();
      if (options.json) context.printJson(hello);
      else context.print(`running, pid ${hello.pid}`);
    });

  server
    .command('stop')
    .description('stop it; agents keep running and the next server takes them over')
    .option('--all', 'end the agents too')
    .option('--json', 'print JSON')
    .action(async (options: { all?: true; json?: true }) => {
      const paths = context.paths();
      // Agents whose server was killed: only the next server knows which sessions they are.
      if (options.all && (await isHolderAlone(paths))) await context.connect();
      const ended = await stopServer(paths, options.all === true);
      if (options.json) context.printJson({ ended });
      else if (options.all) context.print(`stopped; ${ended.length} programs ended`);
      else context.print('stopped; agents keep running');
    });

  server
    .command('status')
    .description('which server runs; exit 5 when none does')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      // Without the version check: this is how one looks at a server of another version.
      const hello = await createCall(context.paths().serverSocket)('hello');
      if (options.json) context.printJson(hello);
      else {
        const holder = hello.holder === null ? 'no holder' : `holder pid ${hello.holder.pid}`;
        context.print(`running, version ${hello.version}, pid ${hello.pid}, ${holder}, in ${hello.workDir}`);
      }
    });

  server
    .command('pids')
    .description("process ids: the server's, then the holder's")
    .option('--json', 'print JSON, with the programs')
    .action(async (options: { json?: true }) => {
      const pids = await createCall(context.paths().serverSocket)('pids');
      if (options.json) context.printJson(pids);
      else for (const pid of [pids.server, pids.holder]) if (pid !== null) context.print(String(pid));
    });

  server
    .command('run', { hidden: true })
    .description('run it in the foreground')
    .action(async () => {
      const { runServer } = await import('../../server/server.ts');
      context.exitWith(await runServer(context.env));
    });
}

async function isHolderAlone({ serverLock, holderLock }: Paths): Promise<boolean> {
  return (await lockOwner(serverLock)) === null && (await lockOwner(holderLock)) !== null;
}

const stopTimeoutMs = 15_000;

/** Stops the server and resolves when it has given up its lock. Throws a Failure when none runs. */
export async function stopServer(paths: Paths, all: boolean): Promise<string[]> {
  const call = createCall(paths.serverSocket);
  const { pid } = await call('hello');
  const watcher = watch(paths.run);
  const deadline = AbortSignal.timeout(stopTimeoutMs);
  try {
    const gone = new Promise<void>((resolve, reject) => {
      watcher.on('change', () => {
        if (!existsSync(paths.serverLock)) resolve();
      });
      deadline.addEventListener('abort', () =>
        reject(
          new Failure({
            code: 'server-busy',
            message: `the server (pid ${pid}) did not stop within ${stopTimeoutMs / 1000} s`,
            remedy: `end it with \`kill -9 ${pid}\`: agents keep running`,
          }),
        ),
      );
    });
    const [{ ended }] = await Promise.all([call('stopServer', { body: { all } }), gone]);
    return ended;
  } finally {
    watcher.close();
  }
}
