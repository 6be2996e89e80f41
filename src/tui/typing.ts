// From what the user types to the programs in the panes. What does not arrive whole is told, and nothing more is sent until
// the user has looked (`unsent` of the state).
import type { SessionId } from '../domain/ids.ts';
import type { KeyOptions } from '../terminal/encode-key.ts';
import { paneBytes } from './input/pane-input.ts';
import type { Token } from './input/token.ts';
import type { PaneStore } from './pane-store.ts';
import type { AppState, Toast } from './state/app-state.ts';
import type { Message } from './state/message.ts';

export interface TypingHost {
  state(): AppState;
  dispatch(message: Message): void;
  toast(kind: Toast['kind'], text: string, remedy: string | null): void;
  readonly panes: PaneStore;
  readonly keys: KeyOptions;
}

export class Typing {
  readonly #host: TypingHost;
  #terminalFocused = true;

  constructor(host: TypingHost) {
    this.#host = host;
  }

  /** The outer terminal has the keyboard. */
  get terminalFocused(): boolean {
    return this.#terminalFocused;
  }

  /** To the selected pane, which comes forward to what its program shows now. */
  toSelected(token: Token): void {
    const { selected, scroll, unsent } = this.#host.state();
    if (selected === null) return;
    if (unsent !== null && isTyped(token)) {
      this.#sayUnsent(unsent.why);
      return;
    }
    if (scroll.has(selected)) this.#host.dispatch({ kind: 'pane.scrolled', session: selected, top: null });
    this.to(selected, token);
  }

  /** Encoded for what the pane's program asked of its terminal. */
  to(session: SessionId, token: Token): void {
    const { panes, keys } = this.#host;
    const bytes = paneBytes(token, panes.pane(session)?.modes ?? 0, keys);
    if (bytes.length === 0) return;
    const why = panes.type(session, bytes);
    if (why !== null && isTyped(token)) this.refused(session, why);
  }

  /** What was typed into this pane did not get there whole. */
  refused(session: SessionId, why: string): void {
    if (session !== this.#host.state().selected) return;
    this.#host.dispatch({ kind: 'typing.refused', session, why });
    this.#sayUnsent(why);
  }

  /** The outer terminal got or lost the keyboard. */
  terminalFocus(focused: boolean): void {
    this.#terminalFocused = focused;
    if (this.#host.state().mode === 'term') this.toSelected({ kind: 'focus', focused });
  }

  /** Programs that ask for it are told when the keys come and go. */
  tellFocus(before: AppState): void {
    const typedInto = ({ mode, selected }: AppState): SessionId | null => (mode === 'term' ? selected : null);
    const [from, to] = [typedInto(before), typedInto(this.#host.state())];
    if (from === to || !this.#terminalFocused) return;
    if (from !== null) this.to(from, { kind: 'focus', focused: false });
    if (to !== null) this.to(to, { kind: 'focus', focused: true });
  }

  #sayUnsent(why: string): void {
    const { leader } = this.#host.state();
    this.#host.toast('warning', `not sent: ${why}`, `${leader} and enter, then look what is there and type the rest`);
  }
}

/** What the user would miss if it went nowhere, unlike a movement of the mouse or a key let go. */
function isTyped(token: Token): boolean {
  return token.kind === 'paste' || (token.kind === 'key' && token.key.action !== 'release');
}
