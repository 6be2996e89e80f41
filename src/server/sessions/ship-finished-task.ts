// A task that was asked to ship by itself: when its agent says that it went well, commit, push where wanted, and put the
// session away. On anything else everything is kept as it is.

import { Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import { type Context, isBusy, reportFailure } from './context.ts';
import { archiveSession } from './end-session.ts';
import { type Shipping, shipInterrupted } from './ship-session.ts';

/** Does nothing for a session that is not such a task, has not finished well, or was shipped before. Never throws. */
export async function shipFinishedTask(context: Context, id: SessionId, shipping: Shipping): Promise<void> {
  // A short task can end before its start is noted.
  await context.starting.get(id)?.over;
  const session = context.events.session(id);
  if (session === null || session.autoShip === null || session.mode !== 'task') return;
  if (session.status.state !== 'done' || session.archivedAt !== null || session.trash !== null) return;
  // A ship that failed is the user's to repeat; one that a killed server left is not over.
  const interrupted = session.ship?.state === 'failed' && session.ship.failure.code === shipInterrupted;
  if (isBusy(context, session) || (session.ship !== null && !interrupted)) return;
  try {
    const result = await shipping.ship(id, { message: undefined, push: session.autoShip === 'push' });
    if (result.commit === null && !result.pushed) return;
    await archiveSession(context, id);
  } catch (error) {
    // The failed step is in the session's row already.
    if (!(error instanceof Failure)) reportFailure(context, id, error);
  }
}
