// The server as the TUI sees it: calls, rows and panes. A test gives it one that lives in memory.
import type { Call } from '../client/calls.ts';
import type { Mirror } from '../client/mirror.ts';
import type { FrameStream } from '../client/stream.ts';

export interface Backend {
  readonly call: Call;
  readonly mirror: Mirror;
  readonly stream: FrameStream;
  /** Ends what was opened; the server and the programs go on. */
  close(): void;
}
