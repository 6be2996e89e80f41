// `sesame server`: the process behind the screen.

import { existsSync, watch } from 'node:fs';
import type { Command } from 'commander';
import { createCall } from '../../client/calls.ts';
import { askHello, lookPatienceMs } from '../../client/hello.ts';
import { Failure } from '../../domain/failure.ts';
import { lockOwner } from '../../platform/lock.ts';
import type { Paths } from '../../platform/paths.ts';
import type { CliContext } from '../context.ts';

type Asking = Pick<CliContext, 'paths'> & Partial<Pick<CliContext, 'interrupted'>>;

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
      const killed = await killSilent(context);
      // Agents whose server was killed: only the next server knows which sessions they are.
      if (options.all && (killed !== null || (await isHolderAlone(paths)))) await context.connect();
      const ended = killed !== null && !options.all ? [] : await stopServer(context, options.all === true);
      if (options.json) context.printJson({ ended, killed });
      else {
        const stopped = killed === null ? 'stopped' : `pid ${killed} did not answer and was killed`;
        context.print(`${stopped}; ${options.all ? `${ended.length} programs ended` : 'agents keep running'}`);
      }
    });

  server
    .command('status')
    .description('which server runs; exit 5 when none does')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => {
      // Without the version check: this is how one looks at a server of another version.
      const hello = await look(context);
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
      await look(context);
      const pids = await createCall(context.paths().serverSocket, context.interrupted)('pids');
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

function look({ paths, interrupted }: Asking): ReturnType<typeof askHello> {
  return askHello(paths(), { patienceMs: lookPatienceMs, interrupted });
}

/** The pid of a server that was ended because it did not answer; null when one answers, or none runs. */
async function killSilent(context: Asking): Promise<number | null> {
  try {
    await look(context);
  } catch (error) {
    const code = error instanceof Failure ? error.code : '';
    if (code === 'server-hangs') {
      const { killServer } = await import('../../client/kill-server.ts');
      return await killServer(context.paths());
    }
    if (code !== 'no-server' && code !== 'server-lost') throw error;
  }
  return null;
}

async function isHolderAlone({ serverLock, holderLock }: Paths): Promise<boolean> {
  return (await lockOwner(serverLock)) === null && (await lockOwner(holderLock)) !== null;
}

const stopTimeoutMs = 15_000;

/** Stops the server and resolves when it has given up its lock. Throws a Failure when none runs. */
export async function stopServer(context: Asking, all: boolean): Promise<string[]> {
  const paths = context.paths();
  const call = createCall(paths.serverSocket, context.interrupted);
  const { pid } = await look(context);
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
