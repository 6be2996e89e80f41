// The server's side of the holder: start it when there is none, speak its protocol, hand on what it says.
import type { HolderPty, HolderSpawn } from '../../protocol/holder.ts';

export interface HolderListener {
  /** `offset` is the absolute position of the first byte. `bytes` is only valid during the call. */
  output(pty: number, offset: number, bytes: Buffer): void;
  /** All output up to `end` has been delivered before. */
  exited(pty: number, exit: { code: number; signal: number; end: number }): void;
  /** The last write was not taken: the program does not read and the queue is full. */
  refused(pty: number, queuedBytes: number): void;
  /** The holder is gone: every PTY with it. */
  lost(reason: string): void;
}

export interface HolderLink {
  readonly pid: number;
  readonly version: number;
  list(): Promise<HolderPty[]>;
  /** Throws a Failure when the program cannot be started (no PTY left, no process left). */
  spawn(spec: Omit<HolderSpawn, 'tag'>): Promise<{ pty: number; pid: number }>;
  write(pty: number, bytes: Uint8Array): void;
  resize(pty: number, cols: number, rows: number): void;
  /** Lets the holder send up to `offset + windowBytes` and forget what is before `offset`. Starts the flow. */
  ack(pty: number, offset: number, windowBytes: number): void;
  signal(pty: number, signal: 'SIGINT' | 'SIGHUP' | 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** HUP, then TERM, then KILL to the process group. */
  end(pty: number): void;
  collect(pty: number): void;
  /** Ends every PTY and the holder; resolves when it is gone. */
  shutdown(): Promise<void>;
  /** Leaves; the PTYs go on. */
  close(): void;
}
