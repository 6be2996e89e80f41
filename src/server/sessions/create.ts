// New sessions: one prompt on one or more agents. Everything that can be refused is refused before a row exists.
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Agent } from '../../agents/agent.ts';
import { Failure } from '../../domain/failure.ts';
import { RaceId, type SessionId } from '../../domain/ids.ts';
import { branchName, newSessionId, titleOf, worktreeDirectoryName } from '../../domain/names.ts';
import type { ProjectView } from '../../domain/project.ts';
import type { Session } from '../../domain/session.ts';
import { ensureDirectory, writeFileAtomic } from '../../platform/files.ts';
import type { NewSessions } from '../../protocol/routes.ts';
import type { Context, WorktreePlace } from './context.ts';
import { existingBranch } from './existing-branch.ts';
import { freshRow } from './fresh-row.ts';
import { readProjectFile } from './read-project-file.ts';
import { beginStart } from './start.ts';
import { promptFileOf } from './start-run.ts';

type Request = z.output<typeof NewSessions>;

const agentScrollback = 10_000;
const mostSessions = 64;

/** The rows, all or none of them. What follows is told by events. */
export async function createSessions(context: Context, request: Request): Promise<Session[]> {
  checkPrompt(request.prompt);
  const picks = request.agents.flatMap((pick) =>
    Array.from({ length: pick.count }, () => ({ agent: context.agents.get(pick.agent), model: pick.model ?? null })),
  );
  const agents = picks.map(({ agent }) => agent);
  checkMode(request, agents);
  checkPermissions(request, agents);
  checkModel(picks);
  if (picks.length > mostSessions) {
    throw new Failure({
      code: 'too-many-sessions',
      message: `${picks.length} sessions were asked for at once, the most is ${mostSessions}`,
      remedy: 'start fewer, or start them in several turns',
    });
  }
  checkBranch(request);
  const view = await context.git.inspect(request.repo);
  // Not the lock of the worktrees: rows appear at once, also while a large checkout goes on.
  const sessions = await context.repositories.run(`names ${view.project.path}`, async () => {
    const existing =
      request.branch === undefined ? null : await existingBranch(context, view, request.branch, picks.length);
    // Once for all, so that racers start from the same commit whatever happens to the branch meanwhile.
    const from = existing?.base ?? (await baseOf(context, view, request.base));
    const made: Session[] = [];
    const race = picks.length > 1 ? RaceId.parse(randomUUID()) : null;
    for (const [index, pick] of picks.entries()) {
      const id = freeId(context, made);
      const branch =
        existing?.branch ??
        (await freeBranch(context, view.project.path, made, {
          prompt: request.title ?? request.prompt,
          agent: race === null ? null : pick.agent,
        }));
      const workplace: WorktreePlace = {
        kind: 'worktree',
        path: join(
          context.paths.worktrees,
          view.project.id,
          worktreeDirectoryName(id, request.title ?? request.prompt),
        ),
        branch,
        base: from,
        ...(existing === null ? {} : { existing: true }),
      };
      made.push(newRow(context, { id, request, view, pick, workplace, race, variant: index + 1 }));
    }
    refuseLeaving(context);
    await store(context, made, { request, setup: request.setup ? view.setup : null });
    return made;
  });
  context.records.usedProject(view.project);
  for (const session of sessions) beginStart(context, session.id);
  return sessions;
}

/** What nobody would bring up, and nobody could store, is not made. */
function refuseLeaving({ closing }: Context): void {
  if (!closing.aborted) return;
  throw new Failure({
    code: 'server-stopping',
    message: 'the server is stopping',
    remedy: 'try again: the next command starts another one',
  });
}

async function baseOf(context: Context, view: ProjectView, asked: string | undefined): Promise<WorktreePlace['base']> {
  const base = asked ?? (view.bare ? undefined : (await readProjectFile(view.project.path))?.base);
  if (base === undefined && view.head !== null) return { ref: view.branch ?? 'HEAD', sha: view.head };
  return await context.git.resolveBase(view.project.path, base);
}

function checkPrompt(prompt: string): void {
  if (prompt.trim() === '') {
    throw new Failure({ code: 'empty-prompt', message: 'the prompt is empty', remedy: 'say what the agent should do' });
  }
  if (prompt.includes('\0')) {
    throw new Failure({
      code: 'prompt-has-nul',
      message: 'the prompt holds a NUL character, which no program can be given',
      remedy: 'remove it; binary content belongs in a file the prompt names',
    });
  }
}

function checkMode(request: Request, agents: readonly Agent[]): void {
  if (request.mode !== 'task') {
    if (request.ship === undefined) return;
    throw new Failure({
      code: 'ship-needs-task',
      message: 'only a task can be shipped by itself: another session does not end',
      remedy: 'start it as a task, or ship it yourself when it is done',
    });
  }
  const without = agents.find(({ task }) => task === null);
  if (without === undefined) return;
  throw new Failure({
    code: 'no-task-mode',
    message: `${without.name} cannot run a task without its screen`,
    remedy: 'start it interactively, or choose another agent',
  });
}

function checkBranch({ base, branch }: Request): void {
  if (base === undefined || branch === undefined) return;
  throw new Failure({
    code: 'base-and-branch',
    message: 'a session works on a branch that is there, or begins one of its own from a base, not both',
    remedy: 'leave one of them out',
  });
}

/** Levels that an agent would not heed are refused, so that nobody relies on them. */
function checkPermissions({ permissions }: Request, agents: readonly Agent[]): void {
  const without = permissions === 'ask' ? undefined : agents.find(({ features }) => !features.permissions);
  if (without === undefined) return;
  throw new Failure({
    code: 'no-permission-levels',
    message: `${without.name} knows no permission levels: its own configuration decides`,
    remedy: 'start it with `ask`, which changes nothing for it, or choose another agent',
  });
}

function checkModel(picks: ReadonlyArray<{ agent: Agent; model: string | null }>): void {
  const without = picks.find(({ agent, model }) => model !== null && !agent.features.model);
  if (without === undefined) return;
  throw new Failure({
    code: 'no-model-choice',
    message: `${without.agent.name} takes no model`,
    remedy: 'leave the model out, or choose another agent',
  });
}

/** Ids are never given twice, also not after a session was discarded. */
export function freeId(context: Context, made: readonly Session[]): SessionId {
  for (let length = 4; length <= 12; length++) {
    for (let attempt = 0; attempt < 8; attempt++) {
      const id = newSessionId(randomBytes(length));
      if (!context.records.isTaken(id) && made.every((session) => session.id !== id)) return id;
    }
  }
  throw new Error('no free session id');
}

/** Free in git, and not promised to a session whose worktree is still to be made. */
export async function freeBranch(
  context: Context,
  repository: string,
  made: readonly Session[],
  name: { prompt: string; agent: Agent | null },
): Promise<string> {
  const promised = new Set(
    [...context.events.sessions(true), ...made].flatMap(({ project, workplace, trash }) =>
      workplace.kind === 'worktree' && project?.path === repository && trash === null ? [workplace.branch] : [],
    ),
  );
  const agent = name.agent === null ? {} : { agent: name.agent.id };
  for (let n = 1; ; n++) {
    const wanted = branchName(name.prompt, n === 1 ? agent : { ...agent, n });
    if (promised.has(wanted)) continue;
    const free = await context.git.freeBranch(repository, wanted);
    // Beyond the first name numbers are counted here: `x-2` that is taken must not become `x-2-2`.
    if (!promised.has(free) && (n === 1 || free === wanted)) return free;
  }
}

function newRow(
  context: Context,
  given: {
    id: SessionId;
    request: Request;
    view: ProjectView;
    pick: { agent: Agent; model: string | null };
    workplace: WorktreePlace;
    race: RaceId | null;
    variant: number;
  },
): Session {
  const { id, request, pick } = given;
  return {
    id,
    title:
      request.title === undefined || request.title.trim() === '' ? titleOf(request.prompt) : titleOf(request.title),
    agent: pick.agent.id,
    label: pick.agent.id,
    mode: request.mode,
    permissions: request.permissions,
    model: pick.model,
    config: request.config,
    prompt: request.prompt,
    project: given.view.project,
    workplace: given.workplace,
    race: given.race,
    variant: given.variant,
    autoShip: request.ship ?? null,
    ...freshRow(context.clock.now(), 'the session was asked for'),
  };
}

async function store(
  context: Context,
  made: readonly Session[],
  how: { request: Request; setup: string | null },
): Promise<void> {
  const { cols, rows } = how.request;
  const stored: SessionId[] = [];
  try {
    for (const session of made) {
      await ensureDirectory(join(context.paths.sessions, session.id));
      await writeFileAtomic(promptFileOf(context, session.id), session.prompt);
    }
    for (const session of made) {
      const begin = { phase: 'worktree', begun: false, argv: null, scrollback: agentScrollback } as const;
      context.records.set(session.id, { ...begin, setup: how.setup, cols, rows });
      context.events.append({ kind: 'session.created', session: session.id, value: session });
      stored.push(session.id);
    }
  } catch (error) {
    for (const session of stored) context.record({ kind: 'session.forgotten', session });
    throw error;
  }
}
