// Calls to the server on behalf of an action: what goes wrong becomes a toast, never an unhandled rejection.
import { toFailureBody } from '../../domain/failure.ts';
import type { Session } from '../../domain/session.ts';
import type { AppState } from '../state/app-state.ts';
import { selectedSession } from '../state/select.ts';
import type { ActionContext } from './action.ts';

/** The value, or null after telling the user what went wrong. */
export async function attempt<T>(context: ActionContext, work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    const failure = toFailureBody(error);
    context.toast('error', failure.message, failure.remedy);
    return null;
  }
}

/** For `enabled`: a connected server and a selected session that `check` accepts. */
export function onSelected(
  check: (session: Session) => true | string = () => true,
): (state: AppState) => true | string {
  return (state) => {
    const session = selectedSession(state);
    if (session === null) return 'no session is selected';
    if (state.connection.state !== 'ready') return 'the server is not connected';
    return check(session);
  };
}

export function connected(state: AppState): true | string {
  return state.connection.state === 'ready' ? true : 'the server is not connected';
}

export function anySession(state: AppState): true | string {
  return state.selected === null ? 'there is no session yet: n starts one' : true;
}
