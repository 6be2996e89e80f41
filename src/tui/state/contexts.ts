// Which keys count now, from the state alone.
import type { Context } from '../actions/action.ts';
import type { AppState } from './app-state.ts';
import { focusedOption } from './composer-options.ts';
import { typedSearch } from './select.ts';

/** The first context that binds a key gets it. In TERM mode nothing but the leader is a key of ours. */
export function contextsOf(state: AppState): readonly Context[] {
  switch (state.overlay?.kind) {
    case 'help':
      return ['help', 'text'];
    case 'palette':
      return ['palette', 'text'];
    case 'broadcast':
      return ['broadcast', 'text'];
    case 'ship':
      return ['ship-dialog', 'text'];
    case 'rename':
      return ['rename', 'text'];
    case 'fork':
      return ['fork', 'text'];
    case undefined:
      break;
  }
  switch (state.screen.kind) {
    case 'composer':
      if (state.composer.field === 'agents') return ['composer.agents', 'composer'];
      return focusedOption(state.composer) === null ? ['composer', 'text'] : ['composer.choice'];
    case 'diff':
      return ['diff'];
    case 'inbox':
      return ['inbox'];
    case 'why':
      return ['why'];
    case 'ship':
      return ['ship'];
    case 'panes':
      if (typedSearch(state) !== null) return ['search', 'text'];
      return state.copy === null || state.copy.mouse ? ['panes'] : ['copy'];
  }
}

/** True where a key that is not bound types itself. */
export function takesText(state: AppState): boolean {
  return contextsOf(state).includes('text');
}
