// The command line: one file per verb in commands/. What a verb needs is loaded when it runs.
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Command, CommanderError } from 'commander';
import type { Client } from '../client/connect.ts';
import { connectServer } from '../client/connect.ts';
import { ExitCode, type FailureBody, toFailureBody } from '../domain/failure.ts';
import { resolvePaths } from '../platform/paths.ts';
import { builtEntry, version } from '../platform/program.ts';
import { registerCommands } from './commands/commands.ts';
import type { CliContext } from './context.ts';
import { exitCodeOf } from './exit-code.ts';
import { failureText } from './failure-text.ts';

const interruptedExit = 130;

async function main(): Promise<void> {
  const { env, stdin, stdout, stderr } = process;
  const json = wantsJson(process.argv.slice(2));
  const tellNotice = (notice: FailureBody): void =>
    void stderr.write(json ? `${JSON.stringify({ notice })}\n` : failureText(notice));
  const clients: Client[] = [];
  const interrupt = new AbortController();
  const context: CliContext = {
    env,
    cwd: process.cwd(),
    stdin,
    stdout,
    stderr,
    paths: () => resolvePaths(env),
    connect: async ({ start = true, onNotice = tellNotice } = {}) => {
      const client = await connectServer({
        paths: resolvePaths(env),
        start,
        serverCommand: { argv: serverCommand(), env: { ...env, ...compileCache() } },
        interrupted: interrupt.signal,
        onSlow: onNotice,
      });
      clients.push(client);
      for (const notice of client.startedServer ? (client.hello.notices ?? []) : []) onNotice(notice);
      return client;
    },
    print: (text) => void stdout.write(`${text}\n`),
    printJson: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    exitWith: (code) => {
      process.exitCode = code;
    },
    interrupted: interrupt.signal,
  };
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  // The reader of a pipe may leave early (`sesame ls | head -1`): that is no error.
  stdout.on('error', () => process.exit(ExitCode.ok));

  const program = new Command('sesame')
    .description('A terminal workstation for AI coding agents.')
    .version(version, '-V, --version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .showSuggestionAfterError()
    .enablePositionalOptions();
  registerCommands(program, context);

  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    // Nobody waits for the answer any more; what the server was told it does.
    const given = interrupt.signal.aborted && error instanceof Error && error.name === 'AbortError';
    process.exitCode = given ? interruptedExit : report(error, stderr, process.argv.slice(2));
  } finally {
    for (const client of clients) client.close();
  }
}

/** Through a shell that forbids core dumps, which would hold what is in the server's memory, and then becomes the server. */
function serverCommand(): [string, ...string[]] {
  return ['/bin/sh', '-c', 'ulimit -c 0; exec "$@"', 'sesame', process.execPath, builtEntry('server')];
}

/** The server shares the launcher's cache of compiled code; it forgets the variable before it starts anything. */
function compileCache(): NodeJS.ProcessEnv {
  const directory = getCompileCacheDir();
  return directory === undefined ? {} : { NODE_COMPILE_CACHE: dirname(directory) };
}

/** Says what went wrong on stderr, as JSON for those who asked for JSON; returns the exit code. */
function report(error: unknown, stderr: NodeJS.WriteStream, argv: readonly string[]): number {
  if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.ok;
  if (error instanceof CommanderError && error.code === 'commander.help') return ExitCode.usage;
  const failure = error instanceof CommanderError ? usageFailure(error, argv) : toFailureBody(error);
  stderr.write(wantsJson(argv) ? `${JSON.stringify({ error: failure })}\n` : failureText(failure));
  return exitCodeOf(failure.code);
}

/** What stands after `--` is the user's own text. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length).includes('--json');
}

/** What the parser of the arguments complains about. */
function usageFailure({ code, message }: CommanderError, argv: readonly string[]): FailureBody {
  // A word that is no command reaches the default one, which takes none.
  const word = argv.find((argument) => !argument.startsWith('-'));
  if (code === 'commander.excessArguments' && word !== undefined && word !== 'attach' && message.includes("'attach'")) {
    return {
      code: 'usage',
      message: `there is no command ${JSON.stringify(word)}`,
      remedy: 'see `sesame --help`; a prompt is started with `sesame new "<prompt>"`',
    };
  }
  return {
    code: 'usage',
    message: message.replace(/^error: /, '').replace(/\.$/, ''),
    remedy: 'see `sesame --help`; a text that begins with a dash goes after `--`',
  };
}

await main();
