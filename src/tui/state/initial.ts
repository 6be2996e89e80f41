// The state before anything is known.
import type { ComposerDefaults } from '../../domain/config.ts';
import type { AppState, Arrangement, Size } from './app-state.ts';
import { createComposer } from './composer-form.ts';

export interface InitialOptions {
  size: Size;
  now: number;
  /** Where the user stands: the composer's repository. */
  cwd: string;
  theme: string;
  leader: string;
  bare?: boolean;
  arrangement?: Arrangement;
  composer?: ComposerDefaults;
}

export function initialState(options: InitialOptions): AppState {
  return {
    size: options.size,
    now: options.now,
    mode: 'cmd',
    connection: { state: 'connecting' },
    arrangement: options.arrangement ?? 'grid',
    unzoomed: 'grid',
    bare: options.bare ?? false,
    screen: { kind: 'panes' },
    overlay: null,
    sessions: null,
    cost: null,
    unsent: null,
    installing: new Map(),
    selected: null,
    lastSelected: null,
    marks: new Set(),
    agents: [],
    composer: createComposer(options.cwd, options.composer ?? {}),
    copy: null,
    lastSearch: '',
    scroll: new Map(),
    toasts: [],
    clipboard: null,
    theme: options.theme,
    leader: options.leader,
  };
}
