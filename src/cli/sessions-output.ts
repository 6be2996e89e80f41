// Sessions as the command line prints them.

import type { Usage } from '../domain/agent-event.ts';
import { plainLine, plainText } from '../domain/plain-text.ts';
import type { Session } from '../domain/session.ts';
import { sessionRow } from '../domain/session-row.ts';
import type { Status } from '../domain/status.ts';
import type { CliContext } from './context.ts';
import { createPaint, type Paint, type Role, table } from './paint.ts';
import { sumOfUsage, usageText } from './usage-text.ts';

/** An array of rows with `json`, else a table. */
export async function printSessions(context: CliContext, sessions: readonly Session[], json: boolean): Promise<void> {
  if (json) {
    context.printJson(sessions.map(sessionRow));
    return;
  }
  if (sessions.length === 0) {
    context.print('no sessions; start one with `sesame new "<prompt>"`');
    return;
  }
  const paint = await createPaint(context);
  const lines = table(
    sessions.map((session) => [
      session.id,
      session.label,
      stateText(session),
      session.diff === null ? '' : `+${session.diff.insertions} -${session.diff.deletions}`,
      session.usage === null ? '' : usageText(session.usage),
      session.title,
    ]),
  );
  lines.forEach((line, i) => void context.print(paintState(line, sessions[i], paint)));
  for (const line of sums(sessions)) context.print(paint('quiet', line));
}

/** What races used, one line each. */
function sums(sessions: readonly Session[]): string[] {
  const races = Map.groupBy(
    sessions.filter(({ race }) => race !== null),
    ({ race }) => race,
  );
  return [...races.values()].flatMap((race) => {
    const usage = race.length > 1 ? sumOfUsage(race) : null;
    return usage === null ? [] : [`race ${plainLine(race[0]?.title ?? '')}: ${usageText(usage)}`];
  });
}

/** One session in full, with the history of its status. */
export async function printSession(
  context: CliContext,
  session: Session,
  why: { status: Status; history: Status[] },
  raceUsage: Usage | null,
  json: boolean,
): Promise<void> {
  if (json) {
    context.printJson({
      ...sessionRow(session),
      status: why.status,
      history: why.history,
      ship: session.ship,
      raceUsage,
    });
    return;
  }
  const paint = await createPaint(context);
  const { workplace, run, problem } = session;
  const facts: Array<[string, string]> = [
    ['title', session.title],
    ['agent', session.label],
    ['status', `${stateText(session)}  since ${new Date(why.status.since).toISOString()}`],
    ['because', `${why.status.evidence.rule} (${why.status.evidence.signal})`],
    ...(why.status.message === null ? [] : [['says', why.status.message] as [string, string]]),
    ...(problem === null ? [] : [['problem', `${problem.message}; ${problem.remedy}`] as [string, string]]),
    ...(workplace.kind === 'worktree'
      ? ([
          ['branch', workplace.branch],
          ['base', `${workplace.base.ref} ${workplace.base.sha.slice(0, 12)}`],
          ['worktree', workplace.path],
        ] as Array<[string, string]>)
      : [['directory', workplace.path] as [string, string]]),
    ...(session.config === 'own' ? [['config', 'your own'] as [string, string]] : []),
    ...(session.usage === null ? [] : [['used', usageText(session.usage)] as [string, string]]),
    ...(raceUsage === null ? [] : [['race', usageText(raceUsage)] as [string, string]]),
    ['pid', String(run?.pid ?? '-')],
    ['prompt', session.prompt.length > 500 ? `${session.prompt.slice(0, 500)}…` : session.prompt],
  ];
  for (const [name, text] of facts) context.print(`${paint('quiet', name.padEnd(10))}${plainText(text)}`);
}

function stateText({ status, problem, trash, archivedAt, run }: Session): string {
  if (trash !== null) return 'discarded';
  if (archivedAt !== null) return 'archived';
  if (problem !== null) return problem.kind;
  if (run?.paused === true) return `paused (${status.state})`;
  if (status.state === 'waiting') return `waiting: ${status.kind}`;
  if (status.state === 'failed') return `failed: ${status.reason}`;
  if (status.state === 'exited' && status.evidence.signal === 'user') return 'stopped';
  if (status.state === 'exited')
    return status.exitSignal
      ? `exited: signal ${status.exitSignal}`
      : status.code === null
        ? 'exited'
        : `exited: ${status.code}`;
  return status.state;
}

function paintState(line: string, session: Session | undefined, paint: Paint): string {
  const role = session === undefined ? undefined : roles[session.status.state];
  return role === undefined ? line : paint(role, line);
}

const roles: Partial<Record<Status['state'], Role>> = {
  waiting: 'warning',
  failed: 'bad',
  exited: 'quiet',
  done: 'good',
};
