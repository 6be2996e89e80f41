// The wire between server and holder, version 1, frozen.
//
//   u32 length of the rest | u8 type | u32 pty | payload          (little endian)
//
// `pty` is a number the holder gives at spawn; 0 where no PTY is meant. JSON payloads are UTF-8.
// Offsets are u64: the absolute position in the PTY's output since its spawn. They make output exactly-once: the
// holder keeps what is not acknowledged, the server asks again from where its log ends.
//
// Flow control: the holder sends at most `window` bytes past the acknowledged offset, reads the PTY little farther than
// that, and, while no server is connected, until its ring (1 MiB) is full. A server that stops acknowledging therefore
// stops the program, not the memory.

export const HolderRequest = {
  /** JSON {version, name}. First message of a connection. A newer connection replaces an older one. */
  hello: 1,
  /** JSON HolderSpawn -> `spawned` or `failed` with the same `tag`. */
  spawn: 2,
  /** Bytes for the program. The holder queues up to 16 MiB, then answers `refused`. */
  write: 3,
  /** u16 cols, u16 rows. */
  resize: 4,
  /** u64 offset, u32 window. Everything before the offset is dropped from the ring. Also starts the flow after hello. */
  ack: 5,
  /** JSON {signal} to the process group, or {end: true}: HUP, after 2 s TERM, after 5 s KILL. */
  signal: 6,
  /** -> `list`. */
  list: 7,
  /** Forget an exited PTY: its status has been stored. */
  collect: 8,
  /** End every PTY (as {end: true}) and then the holder. */
  shutdown: 9,
} as const;

export const HolderReply = {
  /** JSON HolderHello. */
  hello: 101,
  /** JSON {tag, pid}; the header carries the new PTY's number. */
  spawned: 102,
  /** JSON {tag, code, message}. */
  failed: 103,
  /** u64 offset of the first byte, then bytes. */
  output: 104,
  /** JSON {code, signal, end}: all output has been sent up to offset `end`. Sent again to a new connection until collected. */
  exited: 105,
  /** JSON {ptys: HolderPty[]}. */
  list: 106,
  /** JSON {queued}: a write was refused, the program does not read. */
  refused: 107,
} as const;

export interface HolderHello {
  version: number;
  pid: number;
}

export interface HolderSpawn {
  tag: string;
  /** The run's id, given back by `list`: how a new server finds its runs again. */
  name: string;
  argv: string[];
  cwd: string;
  /** The complete environment; nothing is inherited from the holder. */
  env: Record<string, string>;
  cols: number;
  rows: number;
}

export interface HolderPty {
  pty: number;
  name: string;
  pid: number;
  cols: number;
  rows: number;
  /** First offset still in the ring, and the end of what was read from the PTY. */
  start: number;
  end: number;
  exit: { code: number; signal: number } | null;
}

export const HolderRingBytes = 1 << 20;
export const HolderWriteQueueBytes = 16 << 20;
export const HolderFrameLimit = 4 << 20;
