// Ending what a session runs, and putting it out of sight. The work stays where it is.
import type { SessionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import { type Context, rowOf, waitForExit } from './context.ts';

/** HUP, TERM and KILL take at most 7 s; past this the caller is not kept waiting. */
const patienceMs = 15_000;

/** Returns when the program has ended, or its start was called off. */
export async function stopSession(context: Context, id: SessionId): Promise<Session> {
  rowOf(context, id);
  const starting = context.starting.get(id);
  if (starting !== undefined) {
    starting.stop.abort();
    await starting.over;
  }
  const run = context.runs.get(id);
  if (run !== null && run.exit === null) {
    run.end();
    await Promise.race([waitForExit(context, run), timeout(context)]);
  }
  return rowOf(context, id);
}

/** Ends the program first: what nobody sees must not go on working. */
export async function archiveSession(context: Context, id: SessionId): Promise<Session> {
  const session = await stopSession(context, id);
  if (session.archivedAt === null) {
    context.events.append({ kind: 'session.archived', session: id, at: context.clock.now() });
  }
  return rowOf(context, id);
}

function timeout(context: Context): Promise<void> {
  return new Promise((resolve) => void context.schedule(patienceMs, resolve));
}
