// `sesame wait`: return when sessions reach a state. Follows events; nothing is polled.
import type { Command } from 'commander';
import { openMirror } from '../../client/mirror.ts';
import { ExitCode, Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import type { CliContext } from '../context.ts';
import { usage } from '../context.ts';
import { printSessions } from '../sessions-output.ts';
import { type Goal, goals, isGoal, verdict } from '../wait-goal.ts';

export function registerWait(program: Command, context: CliContext): void {
  program
    .command('wait')
    .description(
      `wait until sessions reach a state; exit ${ExitCode.timeout} when time runs out, ${ExitCode.sessionFailed} when one fails`,
    )
    .argument('<id...>', 'ids, or unique beginnings of titles')
    .option('--for <state>', goals.join(', '), 'done')
    .option('--timeout <seconds>', 'give up after this long')
    .option('--json', 'print JSON')
    .action(async (names: string[], options: { for: string; timeout?: string; json?: true }) => {
      const goal = options.for;
      if (!isGoal(goal)) throw usage(`--for takes ${goals.join(', ')}, not ${JSON.stringify(goal)}`);
      const timeoutMs = options.timeout === undefined ? null : seconds(options.timeout);
      const client = await context.connect();
      const ids: SessionId[] = [];
      for (const id of names) ids.push((await client.call('session', { params: { id } })).session.id);

      const mirror = openMirror(client, Date.now);
      const outcome = await new Promise<Outcome>((resolve) => {
        const look = (): void => {
          if (mirror.state.kind === 'refused') resolve({ kind: 'refused', failure: new Failure(mirror.state.failure) });
          else if (mirror.seq >= 0 && ids.every((id) => verdict(mirror.sessions.get(id), goal) !== 'wait'))
            resolve({ kind: 'over' });
        };
        mirror.onChange(look);
        look();
        if (timeoutMs !== null) setTimeout(() => resolve({ kind: 'timeout' }), timeoutMs).unref();
        context.interrupted.addEventListener('abort', () => resolve({ kind: 'interrupted' }));
      });
      mirror.close();
      if (outcome.kind === 'refused') throw outcome.failure;
      if (outcome.kind === 'interrupted') {
        context.exitWith(130);
        return;
      }
      await tell(context, goal, ids, mirror.sessions, outcome.kind === 'timeout', options);
    });
}

type Outcome = { kind: 'over' | 'timeout' | 'interrupted' } | { kind: 'refused'; failure: Failure };

async function tell(
  context: CliContext,
  goal: Goal,
  ids: readonly SessionId[],
  sessions: ReadonlyMap<SessionId, Session>,
  timedOut: boolean,
  options: { timeout?: string; json?: true },
): Promise<void> {
  await printSessions(
    context,
    ids.flatMap((id) => sessions.get(id) ?? []),
    options.json === true,
  );
  const failed = ids.filter((id) => verdict(sessions.get(id), goal) === 'failed');
  if (failed.length > 0) {
    throw new Failure({
      code: 'session-failed',
      message: `${failed.join(', ')} ended or failed before it was ${goal}`,
      remedy: `\`sesame show ${failed[0]}\` says why, \`sesame resume ${failed[0]}\` starts it again`,
    });
  }
  if (timedOut) {
    throw new Failure({
      code: 'timeout',
      message: `not ${goal} after ${options.timeout} s: ${ids.filter((id) => verdict(sessions.get(id), goal) === 'wait').join(', ')}`,
      remedy: 'wait again, or look with `sesame read`',
    });
  }
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && value <= 2_000_000) return value * 1000;
  throw usage(`--timeout takes seconds, not ${JSON.stringify(text)}`);
}
