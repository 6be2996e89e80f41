// `sesame` and `sesame attach`: the full screen.
import type { Command } from 'commander';
import type { Client } from '../../client/connect.ts';
import { Failure } from '../../domain/failure.ts';
import { isLive } from '../../domain/live.ts';
import { readConfig, writePreferences } from '../../platform/config.ts';
import { yieldEngineThreads } from '../../platform/threads.ts';
import type { CliContext } from '../context.ts';

export function registerAttach(program: Command, context: CliContext): void {
  program
    .command('attach', { isDefault: true })
    .description('open the full screen (also what `sesame` alone does)')
    .option('--zoom <n>', 'one pane without anything around it: its position in the list, or its id')
    .action(async (options: { zoom?: string }) => {
      checkTerminal(context);
      await checkNotNested(context);
      context.exitWith(await openScreen(context, options.zoom));
    });
}

/** Runs the TUI until it is left; returns the exit code. The screen is drawn before `connect` has resolved. */
export async function openScreen(
  context: CliContext,
  zoom: string | undefined,
  connect: (slow: () => void) => Promise<Client> = (slow) =>
    context.connect({ onNotice: ({ code }) => code === 'server-hangs' && slow() }),
): Promise<number> {
  yieldEngineThreads();
  const { stdin, stdout, cwd, env } = context;
  const paths = context.paths();
  const [{ runTui }, { config, problems }] = await Promise.all([import('../../tui/main.ts'), readConfig(paths)]);
  return await runTui({
    stdin,
    stdout,
    connect,
    // Most never need it.
    killServer: async () => (await import('../../client/kill-server.ts')).killServer(paths),
    options: {
      cwd,
      env,
      config,
      problems,
      zoom: zoom ?? null,
      savePreferences: (preferences) => writePreferences(paths, preferences),
    },
  });
}

/**
 * Throws a Failure in a pane of the same server: the screen would show itself, in itself, smaller and smaller. In one of
 * another server it is let be.
 */
async function checkNotNested(context: CliContext): Promise<void> {
  const id = context.env['SESAME_SESSION'];
  if (id === undefined || id === '') return;
  const { call } = await context.connect();
  const { sessions } = await call('sessions');
  const around = sessions.find((session) => session.id === id);
  if (around === undefined || !isLive(around.status)) return;
  throw new Failure({
    code: 'nested',
    message: `this terminal is a pane of sesame already (session ${id})`,
    remedy:
      'commands work here, such as `sesame new` and `sesame ls`; `env -u SESAME_SESSION sesame` opens a screen all the same',
  });
}

/** Throws a Failure when there is no terminal the screen could be drawn on. */
export function checkTerminal({ stdin, stdout, env }: CliContext): void {
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new Failure({
      code: 'no-terminal',
      message: 'the full screen needs a terminal, and this is not one',
      remedy:
        'run it in a terminal; for scripts there is `sesame ls --json`, `sesame new` and the others of `sesame --help`',
    });
  }
  if (env['TERM'] === 'dumb') {
    throw new Failure({
      code: 'dumb-terminal',
      message: 'this terminal (TERM=dumb) cannot draw a screen',
      remedy: 'use another terminal, or set TERM to what yours is, such as xterm-256color',
    });
  }
}
