// A command of the project (setup, teardown) in a session's worktree: how it is started, what it sees.
import type { Session } from '../../domain/session.ts';
import { agentEnvironment } from './child-environment.ts';
import type { Context } from './context.ts';

export interface ProjectCommand {
  argv: [file: string, ...args: string[]];
  cwd: string;
  env: Record<string, string>;
}

/** `repository` is the user's checkout. */
export function projectCommand(
  { env, version }: Pick<Context, 'env' | 'version'>,
  { id, workplace }: Pick<Session, 'id' | 'workplace'>,
  repository: string,
  command: string,
): ProjectCommand {
  const extra = { SESAME_REPOSITORY: repository, SESAME_WORKTREE: workplace.path };
  return {
    argv: ['/bin/sh', '-c', command],
    cwd: workplace.path,
    env: agentEnvironment({ owner: env, version, session: id, names: [], extra }),
  };
}
