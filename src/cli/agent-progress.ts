// The progress of an installation on stderr: one line that changes on a terminal, one line per step elsewhere.
import type { Client } from '../client/connect.ts';
import { followEvents } from '../client/events.ts';
import { progressText } from '../domain/bootstrap-progress.ts';
import type { CliContext } from './context.ts';

/** Resolves once events are heard; call what it gives to end it. It may be called twice. */
export async function followInstallation(
  { stderr, interrupted }: CliContext,
  client: Client,
  agent: string,
): Promise<() => Promise<void>> {
  const done = new AbortController();
  const redraws = stderr.isTTY === true;
  let step = '';
  let drawn = false;
  let hear = (): void => undefined;
  const heard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  const following = followEvents(
    client,
    {
      after: ({ seq }) => Promise.resolve(seq),
      connected: hear,
      lost: hear,
      event(event) {
        if (event.kind !== 'bootstrap.progress' || event.agent !== agent) return;
        const text = progressText(event.progress);
        if (redraws) {
          drawn = true;
          stderr.write(`\r\u001b[K${agent} ${text}`.slice(0, Math.max(20, (stderr.columns ?? 80) + 4)));
        } else if (event.progress.step !== step) stderr.write(`${agent} ${text}\n`);
        step = event.progress.step;
      },
    },
    AbortSignal.any([done.signal, interrupted]),
  ).finally(hear);
  await Promise.race([heard, following]);
  return async () => {
    done.abort();
    await following.catch(() => undefined);
    if (drawn) stderr.write('\r\u001b[K');
    drawn = false;
  };
}
