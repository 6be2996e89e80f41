// Ship, as events. One ship of a session at a time: a second call waits for the same result.
import { Failure, toFailureBody } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { ShipResult, ShipStep } from '../../domain/ship.ts';
import { type Context, rowOf } from './context.ts';

/** The failure of a ship whose server was killed. */
export const shipInterrupted = 'ship-interrupted';

/**
 * A step's output is told at once when the step changes, then at most this often; the longer the step takes, the
 * longer the pause, because every telling is stored: a hook may print for an hour.
 */
const outputMs = 150;
const slowestOutputMs = 5000;

export interface Shipping {
  ship(id: SessionId, options: { message: string | undefined; push: boolean }): Promise<ShipResult>;
  /** Ends what runs; resolves when nothing does. */
  close(): Promise<void>;
}

export function createShipping(context: Context): Shipping {
  const running = new Map<SessionId, Promise<ShipResult>>();
  const stop = new AbortController();
  return {
    ship(id, options) {
      const already = running.get(id);
      if (already !== undefined) return already;
      const work = shipSession(context, id, options, stop.signal).finally(() => running.delete(id));
      running.set(id, work);
      return work;
    },
    async close() {
      stop.abort();
      await Promise.allSettled(running.values());
    },
  };
}

async function shipSession(
  context: Context,
  id: SessionId,
  options: { message: string | undefined; push: boolean },
  signal: AbortSignal,
): Promise<ShipResult> {
  const { project, workplace, title, prompt, trash } = rowOf(context, id);
  if (workplace.kind !== 'worktree' || project === null || trash !== null) {
    throw new Failure({
      code: 'nothing-to-ship',
      message: trash === null ? `${title} has no branch of its own` : `${title} was discarded`,
      remedy: trash === null ? 'ship works for sessions with a worktree' : 'undo that first, then ship it',
    });
  }
  const steps = tellSteps(context, id);
  try {
    const result = await context.ship.ship(
      {
        worktree: workplace.path,
        repository: project.path,
        branch: workplace.branch,
        base: workplace.base.sha,
        title,
        prompt,
        message: options.message,
        push: options.push,
      },
      steps,
      signal,
    );
    steps.end();
    context.record({ kind: 'ship.done', session: id, result, at: context.clock.now() });
    return result;
  } catch (error) {
    steps.end();
    const step = context.ship.stepOf(error);
    context.record({ kind: 'ship.failed', session: id, step, failure: toFailureBody(error), at: context.clock.now() });
    throw error;
  }
}

function tellSteps(context: Context, id: SessionId): { step(step: ShipStep, output: string): void; end(): void } {
  let last: { step: ShipStep; output: string } | null = null;
  let told: ShipStep | null = null;
  let callOff: (() => void) | null = null;
  let since = context.clock.elapsed();
  const pauseMs = (): number => Math.min(slowestOutputMs, outputMs + (context.clock.elapsed() - since) / 50);
  const tell = (): void => {
    callOff = null;
    if (last === null) return;
    told = last.step;
    context.record({ kind: 'ship.step', session: id, ...last });
    last = null;
  };
  return {
    step(step, output) {
      last = { step, output };
      if (step !== told) {
        since = context.clock.elapsed();
        callOff?.();
        tell();
      } else callOff ??= context.schedule(pauseMs(), tell);
    },
    end() {
      callOff?.();
      callOff = null;
    },
  };
}
