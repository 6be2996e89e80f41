// Input for a program. The terminal's master never blocks us: what the kernel does not take waits here, and is offered
// again after a pause that grows while the program does not read.
import { writeSync } from 'node:fs';

const shortestPauseMs = 1;
const longestPauseMs = 50;

export class WriteQueue {
  readonly #fd: number;
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #queued = 0;
  #pauseMs = shortestPauseMs;
  #timer: NodeJS.Timeout | undefined;

  /** The descriptor is non-blocking and belongs to the caller, who closes the queue before it. */
  constructor(fd: number, limit: number) {
    this.#fd = fd;
    this.#limit = limit;
  }

  get queued(): number {
    return this.#queued;
  }

  /** Takes all of the bytes or, when they do not fit the limit, none of them. */
  push(bytes: Buffer): boolean {
    if (this.#queued + bytes.length > this.#limit) return false;
    this.#chunks.push(Buffer.from(bytes));
    this.#queued += bytes.length;
    if (this.#timer === undefined) this.#flush();
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#chunks = [];
    this.#queued = 0;
  }

  readonly #flush = (): void => {
    this.#timer = undefined;
    let progress = false;
    for (let first = this.#chunks[0]; first !== undefined; first = this.#chunks[0]) {
      const taken = this.#offer(first);
      this.#queued -= taken;
      progress ||= taken > 0;
      if (taken < first.length) {
        this.#chunks[0] = first.subarray(taken);
        this.#pauseMs = progress ? shortestPauseMs : Math.min(this.#pauseMs * 2, longestPauseMs);
        this.#timer = setTimeout(this.#flush, this.#pauseMs);
        return;
      }
      this.#chunks.shift();
    }
    this.#pauseMs = shortestPauseMs;
  };

  /** How many bytes the kernel took. A terminal that is gone takes everything: nobody will read it. */
  #offer(bytes: Buffer): number {
    let taken = 0;
    while (taken < bytes.length) {
      try {
        taken += writeSync(this.#fd, bytes, taken);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return taken;
        return bytes.length;
      }
    }
    return taken;
  }
}
