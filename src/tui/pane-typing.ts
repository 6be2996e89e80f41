// What is typed into a pane, as bytes its program understands.
import type { SessionId } from '../domain/ids.ts';
import type { Token } from './input/token.ts';
import type { PaneSource } from './pane-source.ts';

export interface PaneInputHost {
  readonly panes: PaneSource;
  /** What shift+enter sends to a program that did not ask for extended keys. */
  readonly shiftEnter: string;
  send(session: SessionId, bytes: Uint8Array): void;
}

export class PaneInput {
  readonly #host: PaneInputHost;

  constructor(host: PaneInputHost) {
    this.#host = host;
  }

  /** Sends in this turn; tokens the program has no use for are dropped. */
  send(session: SessionId, token: Token): void {
    if (token.kind === 'key' && token.key.raw.length > 0) this.#host.send(session, token.key.raw);
    if (token.kind === 'paste') this.#host.send(session, token.bytes);
  }
}
