// What a user can do, as records. The key table, help, the hints in the bar, the palette and docs/keys.md are all read
// from them; no key is compared anywhere else.
import type { Backend } from '../backend.ts';
import type { Keymap } from '../keymap/keymap.ts';
import type { PaneSource } from '../pane-source.ts';
import type { AppState, Toast } from '../state/app-state.ts';
import type { Message } from '../state/message.ts';

/** Where the keys go. The first context of the list that binds a key wins. */
export type Context =
  | 'panes'
  | 'copy'
  /** A search in a pane is being typed. */
  | 'search'
  | 'composer'
  | 'composer.agents'
  /** A field of the composer that is one of a few values. */
  | 'composer.choice'
  | 'diff'
  | 'inbox'
  | 'why'
  | 'ship'
  | 'help'
  | 'palette'
  | 'broadcast'
  | 'ship-dialog'
  | 'rename'
  | 'fork'
  /** Every place where one edits text. */
  | 'text';

export interface Action {
  /** Stable: the name in the configuration's `keys`. */
  readonly id: string;
  /** A few words, as shown in the bar and the palette. */
  readonly title: string;
  readonly description: string;
  readonly keys: readonly string[];
  readonly contexts: readonly Context[];
  /** Place in the bottom bar; smaller comes first. Absent: not in the bar. */
  readonly bar?: number;
  /** False: typed keys and movements that nobody looks for in a list of commands. */
  readonly palette?: false;
  /** True, or why not in one clause. */
  enabled(state: AppState): true | string;
  run(context: ActionContext, key: string): void | Promise<void>;
}

/** What actions may touch. */
export interface ActionContext {
  state(): AppState;
  dispatch(message: Message): void;
  readonly backend: Backend;
  readonly panes: PaneSource;
  now(): number;
  toast(kind: Toast['kind'], text: string, remedy?: string | null): void;
  /** Puts the text on the outer terminal's clipboard with OSC 52. */
  copyText(text: string): void;
  /** A question before what cannot be undone; resolves to false on escape. */
  confirm(question: Confirmation): Promise<boolean>;
  /** The index of one of a few; null on escape. */
  choose(list: ChoiceList): Promise<number | null>;
  /** Keeps preferences for the next time, by dotted keys of config.json. Says what went wrong itself. */
  remember(preferences: Readonly<Record<string, unknown>>): void;
  readonly themes: readonly string[];
  /** Runs another action, as if its key had been pressed. */
  perform(id: string): void;
  /** The user's shell, for a new pane. */
  readonly shell: string;
  /** The user's editor: a command line, for a new pane. */
  readonly editor: string;
  readonly keymap: Keymap;
  /** Ends a server that does not answer, so that another takes its place. Rejects with a Failure when it cannot be ended. */
  killServer(): Promise<unknown>;
  /** Stops the process as ctrl+z does, until the shell continues it. */
  suspend(): void;
  exit(reason: ExitReason): void;
}

export interface ChoiceList {
  readonly title: string;
  /** `hint` stands at the right; `disabled` says why an item cannot be chosen. */
  readonly items: ReadonlyArray<{ readonly label: string; readonly hint?: string; readonly disabled?: string }>;
  readonly selected?: number;
  /** Typing narrows the list down. */
  readonly filterable?: boolean;
  /** Said when there are no items. */
  readonly empty?: string;
}

export interface Confirmation {
  title: string;
  lines: readonly string[];
  yes: string;
}

/** Why the TUI ended; `stopped`: the user stopped the server too. */
export type ExitReason = 'detached' | 'stopped' | 'ended' | 'signal';

/** Shortens a record to what differs from one that is always possible. */
export const always = (): true => true;
