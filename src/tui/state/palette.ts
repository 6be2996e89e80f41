// What the palette offers: sessions first, commands after `>` or when the words fit.

import type { Session } from '../../domain/session.ts';
import type { Action } from '../actions/action.ts';
import type { Keymap } from '../keymap/keymap.ts';
import type { AppState } from './app-state.ts';
import { shownSessions } from './select.ts';

export type PaletteItem =
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'command'; readonly action: Action; readonly disabled: string | null };

export function paletteItems(state: AppState, keymap: Keymap): PaletteItem[] {
  if (state.overlay?.kind !== 'palette') return [];
  const text = state.overlay.query.text;
  const commandsOnly = text.startsWith('>');
  const words = (commandsOnly ? text.slice(1) : text).toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (candidate: string): boolean => words.every((word) => candidate.toLowerCase().includes(word));
  const sessions = commandsOnly
    ? []
    : shownSessions(state).filter(({ id, label, title, status }) => fits(`${id} ${label} ${title} ${status.state}`));
  const commands = keymap.actions.filter(
    (action) =>
      action.palette !== false &&
      action.contexts.includes('panes') &&
      action.id !== 'palette.open' &&
      fits(`${action.title} ${action.id} ${action.description}`),
  );
  return [
    ...sessions.map((session): PaletteItem => ({ kind: 'session', session })),
    ...commands.map((action): PaletteItem => {
      const enabled = action.enabled(state);
      return { kind: 'command', action, disabled: enabled === true ? null : enabled };
    }),
  ];
}
