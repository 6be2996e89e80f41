// Ending a program and what it started: the terminal's own way first, then ever firmer.
import { kill } from 'node:process';

const steps = [
  { signal: 'SIGTERM', afterMs: 2000 },
  { signal: 'SIGKILL', afterMs: 5000 },
] as const;

/** Sends to the whole group; false when nobody is left. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

/** HUP, after 2 s TERM, after 5 s KILL. Resolves when the group is gone or was killed. `exited` is the leader's. */
export async function endGroup(leader: number, exited: Promise<unknown>): Promise<void> {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  if (!signalGroup(leader, 'SIGHUP')) return;
  // A stopped program would not notice.
  signalGroup(leader, 'SIGCONT');
  const timers = steps.map(({ signal, afterMs }) =>
    setTimeout(() => {
      if (!signalGroup(leader, signal) || signal === 'SIGKILL') resolve();
    }, afterMs),
  );
  const look = (): void => {
    if (!signalGroup(leader, 0)) resolve();
  };
  void exited.then(() => {
    look();
    // What the leader started usually dies with it, a moment later.
    timers.push(...[20, 200].map((afterMs) => setTimeout(look, afterMs)));
  });
  await gone;
  for (const timer of timers) clearTimeout(timer);
}
