// The frame stream: one upgraded HTTP connection (`GET /v1/stream`, `Upgrade: sesame-frames/1`) that carries many
// panes. Binary, little endian:
//
//   u32 length of the rest | u8 type | u32 channel | payload
//
// The client chooses channel numbers. The server keeps a shadow of what each channel has been shown and sends changed
// cells only. At most `FrameCredit` frames per channel are unacknowledged: a slow client gets fewer, newer frames.

export const StreamProtocol = 'sesame-frames/1';
export const FrameCredit = 2;

export const StreamRequest = {
  /** JSON Subscribe. A full frame follows. */
  subscribe: 1,
  unsubscribe: 2,
  /** Bytes for the program, already encoded for the pane's modes. */
  input: 3,
  /** u16 cols, u16 rows: the size this client shows the pane at. */
  resize: 4,
  /** u8 PaneVisibility. */
  visibility: 5,
  /** u32 seq: the frame was drawn. */
  ack: 6,
  /** JSON {request, from, count}: history lines by their numbers (Frame.oldest) -> `history`. */
  history: 7,
} as const;

export const StreamReply = {
  /** A Frame, see frame.ts. */
  frame: 101,
  /** u32 request, then a Frame whose rows are history lines. */
  history: 102,
  /** JSON FailureBody; the channel is closed. */
  failed: 103,
  /** JSON {code, exitSignal}: the program ended; the last screen stays. */
  ended: 104,
  /** JSON {message}: input was not taken because the program does not read. */
  refused: 105,
} as const;

export interface Subscribe {
  session: string;
  cols: number;
  rows: number;
  visibility: PaneVisibility;
}

/** hidden: no frames at all. thumbnail: at most every 100 ms. full: at most every 8 ms, a stream of changes every 16. */
export const PaneVisibility = { hidden: 0, thumbnail: 1, full: 2 } as const;
export type PaneVisibility = (typeof PaneVisibility)[keyof typeof PaneVisibility];

export const StreamFrameLimit = 8 << 20;
