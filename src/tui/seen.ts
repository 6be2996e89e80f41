// A finished session that the user looks at is no news any more: the server is told, once per finish.
import type { Backend } from './backend.ts';
import type { AppState } from './state/app-state.ts';
import { selectedSession } from './state/select.ts';

export class SeenTeller {
  #told = '';

  /** `focused`: the outer terminal has the keyboard. */
  tell(state: AppState, focused: boolean, backend: Backend): void {
    const session = selectedSession(state);
    if (session === null || session.status.state !== 'done' || !looksAtPane(state) || !focused) return;
    const finish = `${session.id} ${session.status.since}`;
    if (finish === this.#told || state.connection.state !== 'ready') return;
    this.#told = finish;
    backend.call('seen', { params: { id: session.id } }).catch(() => {
      // The mark stays; looking again tells it again.
      this.#told = '';
    });
  }
}

/** In the grid many panes are in view, so only typing into one counts as looking at it. */
function looksAtPane(state: AppState): boolean {
  if (state.screen.kind !== 'panes' || state.overlay !== null) return false;
  return state.mode === 'term' || state.arrangement !== 'grid';
}
