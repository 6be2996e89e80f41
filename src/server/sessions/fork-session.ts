// A fork: another session that begins where one stands now, its commits and what is not committed yet, on a copy of its
// conversation. The session it comes from is not touched and may go on working.
import { cp, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import { titleOf, worktreeDirectoryName } from '../../domain/names.ts';
import type { Session } from '../../domain/session.ts';
import { ensureDirectory, exists, writeFileAtomic } from '../../platform/files.ts';
import { type Context, rowOf } from './context.ts';
import { freeBranch, freeId } from './create.ts';
import { freshRow } from './fresh-row.ts';
import { beginStart } from './start.ts';
import { promptFileOf } from './start-run.ts';

export interface ForkRequest {
  /** Typed once the agent is ready; empty: it waits for the user. */
  prompt: string;
  size: { cols: number; rows: number } | null;
}

/** Returns when the row exists. Throws Failures: `cannot-fork` and those of git. */
export async function forkSession(context: Context, id: SessionId, request: ForkRequest): Promise<Session> {
  const source = rowOf(context, id);
  const { project, workplace, conversation } = source;
  const agent = source.agent === null ? null : context.agents.find(source.agent);
  const record = context.records.get(id);
  if (agent === null || !agent.features.fork) throw cannotFork(source, `${source.label} cannot fork a conversation`);
  if (conversation === null || record === null || record.phase !== 'done') {
    throw cannotFork(source, 'it has no conversation yet');
  }
  if (project === null || workplace.kind !== 'worktree' || source.trash !== null || !(await exists(workplace.path))) {
    throw cannotFork(source, 'its worktree is gone');
  }
  const prompt = request.prompt.trim() === '' ? '' : request.prompt;
  const session = await context.repositories.run(`names ${project.path}`, async () => {
    const fork = freeId(context, []);
    const title = prompt === '' ? `${source.title} (fork)` : titleOf(prompt);
    const branch = await freeBranch(context, project.path, [], { prompt: title, agent: null });
    const { ref } = await context.git.saveTrash({
      repository: project.path,
      worktree: workplace.path,
      branch: workplace.branch,
      id: `fork-${fork}`,
    });
    const row = forkRow(context, source, {
      id: fork,
      title,
      prompt,
      workplace: {
        kind: 'worktree',
        base: workplace.base,
        path: join(context.paths.worktrees, project.id, worktreeDirectoryName(fork, title)),
        branch,
      },
    });
    await ensureDirectory(join(context.paths.sessions, fork));
    await copyConfig(context, id, fork);
    await writeFileAtomic(promptFileOf(context, fork), prompt);
    const { cols, rows } = request.size ?? record;
    const begin = { phase: 'worktree', begun: false, argv: null, scrollback: record.scrollback } as const;
    context.records.set(fork, { ...begin, setup: record.setup, cols, rows, restores: ref, forks: conversation });
    context.events.append({ kind: 'session.created', session: fork, value: row });
    context.spending.forked(id, fork);
    return row;
  });
  beginStart(context, session.id);
  return session;
}

function forkRow(
  context: Context,
  source: Session,
  own: Pick<Session, 'id' | 'title' | 'prompt' | 'workplace'>,
): Session {
  return {
    ...source,
    ...own,
    mode: 'interactive',
    autoShip: null,
    race: null,
    variant: 1,
    ...freshRow(context.clock.now(), `you forked ${source.id}`),
  };
}

/** Conversations are kept in the session's own configuration by most agents. Sockets and the like stay behind. */
async function copyConfig(context: Context, from: SessionId, to: SessionId): Promise<void> {
  const source = join(context.paths.sessions, from, 'config');
  if (!(await exists(source))) return;
  await cp(source, join(context.paths.sessions, to, 'config'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: async (path) => {
      const found = await lstat(path).catch(() => null);
      return found !== null && (found.isFile() || found.isDirectory() || found.isSymbolicLink());
    },
  });
}

function cannotFork(source: Session, why: string): Failure {
  return new Failure({
    code: 'cannot-fork',
    message: `${source.title} cannot be forked: ${why}`,
    remedy: `start a new session from its branch instead`,
  });
}
