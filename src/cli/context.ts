// What a command gets: the world as values, so that commands read no globals.
import type { Client } from '../client/connect.ts';
import { Failure, type FailureBody } from '../domain/failure.ts';
import type { Paths } from '../platform/paths.ts';

export interface CliContext {
  env: NodeJS.ProcessEnv;
  cwd: string;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** Throws a Failure for a work directory that cannot be used. */
  paths(): Paths;
  /**
   * The server, started when there is none and `start` is not false. The client is closed after the command. What a
   * server found wrong while it was started by this goes to `onNotice`, else to stderr.
   */
  connect(options?: { start?: boolean; onNotice?: (notice: FailureBody) => void }): Promise<Client>;
  /** Prints a line on stdout. */
  print(text: string): void;
  printJson(value: unknown): void;
  /** Ends the program with this code when the command returns. */
  exitWith(code: number): void;
  /** Aborted by ctrl+c and SIGTERM. */
  interrupted: AbortSignal;
}

/** What the server takes as a prompt or a text. */
const promptLimitBytes = 4 << 20;

/** The argument, or standard input when it is `-`. */
export async function textArgument(context: CliContext, argument: string): Promise<string> {
  if (argument !== '-') return argument;
  const limit = promptLimitBytes;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of context.stdin as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > limit) {
      throw new Failure({
        code: 'body-too-large',
        message: `standard input is larger than ${limit >> 20} MiB`,
        remedy: 'put it in a file and name the file in the prompt',
      });
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8').replace(/\n$/, '');
}

/** A whole number of an option. Throws a Failure `usage`. */
export function wholeNumber(text: string, option: string, from: number, to: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= from && number <= to) return number;
  throw usage(`${option} takes a whole number from ${from} to ${to}, not ${JSON.stringify(text)}`);
}

export function usage(message: string, remedy = 'run the command with `--help`'): Failure {
  return new Failure({ code: 'usage', message, remedy });
}

/** `120x40`. Throws a Failure `usage`. */
export function terminalSize(text: string): { cols: number; rows: number } {
  const [, cols = '', rows = ''] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  return { cols: wholeNumber(cols || text, '--size', 2, 1000), rows: wholeNumber(rows || text, '--size', 1, 1000) };
}

/** The size to start a program at: that of this terminal, else 80x24. A client that shows it resizes it. */
export function sizeHere(context: CliContext): { cols: number; rows: number } {
  const { columns, rows } = context.stdout;
  return columns > 1 && rows > 0
    ? { cols: Math.min(columns, 1000), rows: Math.min(rows, 1000) }
    : { cols: 80, rows: 24 };
}
