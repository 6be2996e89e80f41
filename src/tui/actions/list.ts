// Moving in what is longer than its room: help, palette, why. It stops at the last line, so that the way back begins at
// once.
import { helpLast } from '../screens/help/help.ts';
import { whyLast } from '../screens/why/why.ts';
import { paletteItems } from '../state/palette.ts';
import type { ActionContext } from './action.ts';

export function moveList(context: ActionContext, by: number): void {
  context.dispatch({ kind: 'list.moved', by, last: lastOf(context) });
}

function lastOf(context: ActionContext): number {
  const state = context.state();
  if (state.overlay?.kind === 'help') return helpLast(state, state.overlay, context.keymap);
  if (state.overlay?.kind === 'palette') return paletteItems(state, context.keymap).length - 1;
  return state.screen.kind === 'why' ? whyLast(state, state.screen) : 0;
}
