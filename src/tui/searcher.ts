// Asks the server for what is searched in a pane. A question that was overtaken by a newer one is called off; a long
// history is searched call by call, so that the newest question never waits for old ones.
import type { CallOptions, CallReply } from '../client/calls.ts';
import { toFailureBody } from '../domain/failure.ts';
import type { SessionId } from '../domain/ids.ts';
import type { CellPlace } from '../terminal/search.ts';
import type { Backend } from './backend.ts';
import type { PaneSource } from './pane-source.ts';
import type { AppState, Toast } from './state/app-state.ts';
import type { Message } from './state/message.ts';
import type { SearchAsk } from './state/search.ts';

export interface SearcherHost {
  state(): AppState;
  dispatch(message: Message): void;
  backend(): Backend;
  readonly panes: PaneSource;
  toast(kind: Toast['kind'], text: string, remedy: string | null): void;
}

export class Searcher {
  readonly #host: SearcherHost;
  #ask: SearchAsk | null = null;
  #stop = new AbortController();

  constructor(host: SearcherHost) {
    this.#host = host;
  }

  /** To be called after every change of the state. */
  changed({ copy }: AppState): void {
    const ask = copy?.search?.ask ?? null;
    if (ask === this.#ask) return;
    this.#stop.abort();
    this.#ask = ask;
    if (copy === null || ask === null) return;
    this.#stop = new AbortController();
    void this.#search(copy.session, ask, this.#stop.signal);
  }

  async #search(session: SessionId, ask: SearchAsk, signal: AbortSignal): Promise<void> {
    let from: CellPlace | null = ask.from;
    let wrapped = false;
    try {
      for (;;) {
        const query: CallOptions<'search'>['query'] = { ...placeQuery(from), text: ask.text, direction: ask.direction };
        const reply: CallReply<'search'> = await this.#host
          .backend()
          .call('search', { params: { id: session }, query, signal });
        if (signal.aborted) return;
        if (reply.match !== null || (reply.next === null && wrapped)) {
          const top = this.#topFor(session, reply.match?.from.line ?? 0, reply.screenTop);
          this.#host.dispatch({ kind: 'search.answered', ask, answer: { match: reply.match, top } });
          this.#say(reply.match !== null, ask, wrapped);
          return;
        }
        from = reply.next;
        // Past the end it goes on from the other one, once.
        if (from === null) wrapped = true;
      }
    } catch (error) {
      if (signal.aborted) return;
      const { message, remedy } = toFailureBody(error);
      this.#host.toast('error', message, remedy);
      this.#host.dispatch({ kind: 'search.answered', ask, answer: { match: null, top: 0 } });
    }
  }

  /** While the text is typed the bar says what became of it. */
  #say(found: boolean, { text, direction }: SearchAsk, wrapped: boolean): void {
    if (this.#host.state().copy?.search?.typing !== false) return;
    if (!found) this.#host.toast('info', `"${text}" was not found`, null);
    else if (wrapped)
      this.#host.toast('info', direction === 'up' ? 'on from the last line' : 'on from the oldest line', null);
  }

  /** The view stays when it shows the line, else the line is in its middle. */
  #topFor(session: SessionId, line: number, screenTop: number): number {
    const { copy } = this.#host.state();
    const { rows, oldest } = this.#host.panes.pane(session) ?? { rows: 1, oldest: 0 };
    const top = copy?.top ?? screenTop;
    if (line >= top && line < top + rows) return top;
    return Math.max(oldest, Math.min(screenTop, line - Math.floor(rows / 2)));
  }
}

function placeQuery(place: CellPlace | null): { line?: string; col?: string } {
  return place === null ? {} : { line: String(place.line), col: String(place.col) };
}
