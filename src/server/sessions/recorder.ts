// Records what happens out of anybody's call: the end of a program, a new status. When the disk refuses, nothing may be
// lost: what could not be stored waits, bounded, and goes before the next event.
import type { EventBody, SesameEvent } from '../../domain/event.ts';
import type { Log } from '../../platform/log.ts';

const waitingLimit = 500;

export function createRecorder(append: (body: EventBody) => SesameEvent, log: Log): (body: EventBody) => void {
  let waiting: EventBody[] = [];
  return (body) => {
    const due = [...waiting, body];
    waiting = [];
    for (const [index, next] of due.entries()) {
      try {
        append(next);
      } catch (error) {
        waiting = withoutSuperseded(due.slice(index));
        log.error('an event could not be stored and waits', {
          kind: next.kind,
          waiting: waiting.length,
          error: String(error),
        });
        return;
      }
    }
  };
}

/** Of the statuses of one session only the last matters. */
function withoutSuperseded(bodies: readonly EventBody[]): EventBody[] {
  const kept = bodies.filter(
    (body, index) =>
      body.kind !== 'run.status' ||
      !bodies.slice(index + 1).some((later) => later.kind === 'run.status' && later.session === body.session),
  );
  return kept.slice(-waitingLimit);
}
