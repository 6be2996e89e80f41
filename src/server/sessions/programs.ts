// `sesame run`: any program in a pane, in a directory of the user's. No worktree, no branch, nothing of ours in it.
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { titleOf } from '../../domain/names.ts';
import type { Session } from '../../domain/session.ts';
import type { NewProgram } from '../../protocol/routes.ts';
import { commandNotFound, findCommand } from '../bootstrap/command.ts';
import { type Context, rowOf } from './context.ts';
import { freeId } from './create.ts';
import { freshRow } from './fresh-row.ts';
import { beginStart } from './start.ts';

/** Returns once the program was started. Throws a Failure, and leaves no row, when it cannot be. */
export async function runProgram(context: Context, request: z.output<typeof NewProgram>): Promise<Session> {
  const { argv, cwd, title, cols, rows, scrollback } = request;
  const [command = ''] = argv;
  if (argv.some((part) => part.includes('\0'))) {
    throw new Failure({
      code: 'argument-has-nul',
      message: 'an argument holds a NUL character, which no program can be given',
      remedy: 'remove it',
    });
  }
  await requireDirectory(cwd);
  if ((await findCommand(command, context.env, cwd)) === null) throw commandNotFound(command);
  const session = programRow(context, argv, cwd, title ?? argv.join(' '));
  context.records.set(session.id, { phase: 'agent', begun: false, setup: null, argv, cols, rows, scrollback });
  context.events.append({ kind: 'session.created', session: session.id, value: session });
  beginStart(context, session.id);
  await context.starting.get(session.id)?.over;
  const row = rowOf(context, session.id);
  if (row.run !== null || row.status.state !== 'failed') return row;
  context.records.forget(session.id);
  context.record({ kind: 'session.forgotten', session: session.id });
  throw new Failure({
    code: 'cannot-start',
    message: row.status.message ?? `${command} could not be started`,
    remedy: 'see `sesame doctor`, or end some sessions first',
  });
}

function programRow(context: Context, argv: readonly string[], cwd: string, title: string): Session {
  return {
    id: freeId(context, []),
    title: titleOf(title),
    agent: null,
    label: titleOf(basename(argv[0] ?? '')),
    mode: 'interactive',
    permissions: 'ask',
    model: null,
    config: 'session',
    prompt: '',
    project: null,
    workplace: { kind: 'directory', path: cwd },
    race: null,
    variant: 1,
    autoShip: null,
    ...freshRow(context.clock.now(), 'the program was asked for'),
  };
}

async function requireDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) return;
  throw new Failure({
    code: 'no-such-directory',
    message: `${path} is no directory`,
    remedy: 'name one that exists',
  });
}
