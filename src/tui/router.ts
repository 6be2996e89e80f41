// Who gets what was typed: the program in TERM mode, a text field, or an action.
import type { Key } from '../terminal/keys.ts';
import type { Token } from './input/token.ts';
import { keyName } from './keymap/key-name.ts';
import type { Keymap } from './keymap/keymap.ts';
import type { AppState } from './state/app-state.ts';
import { contextsOf, takesText } from './state/contexts.ts';
import type { Message } from './state/message.ts';
import { selectedSession, takesKeys } from './state/select.ts';

export interface RouterHost {
  state(): AppState;
  dispatch(message: Message): void;
  readonly keymap: Keymap;
  /** Runs an action, or says why not. */
  perform(id: string, key: string): void;
  /** To the selected session's program, encoded for what it asked of its terminal. */
  toPane(token: Token): void;
  mouse(token: Extract<Token, { kind: 'mouse' }>): void;
  /** The outer terminal got or lost the keyboard. */
  focused(focused: boolean): void;
}

export class Router {
  readonly #host: RouterHost;
  readonly #leader: string;
  /** The last key was the leader and left TERM: the same again goes through. */
  #leaderLeft = false;

  constructor(host: RouterHost, leader: string) {
    this.#host = host;
    this.#leader = leader;
  }

  route(token: Token): void {
    switch (token.kind) {
      case 'key':
        this.#key(token.key, token);
        return;
      case 'paste':
        this.#paste(token);
        return;
      case 'mouse':
        this.#host.mouse(token);
        return;
      case 'focus':
        this.#host.focused(token.focused);
        return;
      case 'reply':
        return;
    }
  }

  #key(key: Key, token: Token): void {
    const { mode } = this.#host.state();
    if (mode === 'term' && (key.action === 'release' || keyName(key) !== this.#leader)) {
      this.#leaderLeft = false;
      this.#host.toPane(token);
      return;
    }
    if (key.action === 'release') return;
    const name = keyName(key);
    if (name === this.#leader) {
      this.#pressLeader(token);
      return;
    }
    this.#leaderLeft = false;
    const state = this.#host.state();
    const action = this.#host.keymap.find(contextsOf(state), name);
    if (action !== null) this.#host.perform(action.id, name);
    else if (takesText(state) && key.text !== '') {
      this.#host.dispatch({ kind: 'text.edited', operation: { op: 'insert', text: key.text } });
    }
  }

  #pressLeader(token: Token): void {
    const state = this.#host.state();
    if (state.mode === 'term') {
      this.#leaderLeft = true;
      this.#host.dispatch({ kind: 'mode.set', mode: 'cmd' });
      return;
    }
    const through = this.#leaderLeft;
    this.#leaderLeft = false;
    const atPanes = state.screen.kind === 'panes' && state.overlay === null;
    if (!atPanes || !takesKeys(selectedSession(state))) return;
    this.#host.dispatch({ kind: 'mode.set', mode: 'term' });
    if (through) this.#host.toPane(token);
  }

  #paste(token: Extract<Token, { kind: 'paste' }>): void {
    this.#leaderLeft = false;
    const state = this.#host.state();
    if (state.mode === 'term') this.#host.toPane(token);
    else if (takesText(state)) {
      const text = new TextDecoder().decode(token.bytes);
      this.#host.dispatch({ kind: 'text.edited', operation: { op: 'paste', text } });
    }
  }
}
