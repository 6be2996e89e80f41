// The server as the TUI sees it: calls, rows and panes. A test gives it one that lives in memory.
import type { Call } from '../client/calls.ts';
import type { Mirror } from '../client/mirror.ts';
import type { FrameStream } from '../client/stream.ts';
import { Failure } from '../domain/failure.ts';

export interface Backend {
  readonly call: Call;
  readonly mirror: Mirror;
  readonly stream: FrameStream;
  /** Ends what was opened; the server and the programs go on. */
  close(): void;
}

/** Stands for the server until it is reached. */
export const unreached: Backend = {
  call: () =>
    Promise.reject(
      new Failure({ code: 'no-server', message: 'the server is not connected yet', remedy: 'try again in a moment' }),
    ),
  mirror: {
    state: { kind: 'connecting' },
    sessions: new Map(),
    seq: 0,
    cost: null,
    onChange: () => () => undefined,
    check: () => undefined,
    close: () => undefined,
  },
  stream: {
    connected: false,
    heardAt: Number.NEGATIVE_INFINITY,
    open: () => {
      throw new Error('no stream before the server is reached');
    },
    retry: () => undefined,
    close: () => undefined,
  },
  close: () => undefined,
};
