// Output that the server has not acknowledged yet, addressed by its absolute position in the PTY's output. The PTY is
// read straight into it and the socket is written straight from it.

/** Most bytes one read may take, and the room a ring needs before the PTY is read at all. */
export const ReadBytes = 64 << 10;

export class Ring {
  readonly #limit: number;
  #bytes: Buffer;
  /** Absolute position of byte 0 of the storage, modulo its length. */
  #origin = 0;
  #start = 0;
  #end = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(limit, 2 * ReadBytes));
  }

  /** First position kept. */
  get start(): number {
    return this.#start;
  }

  /** Position after the last byte. */
  get end(): number {
    return this.#end;
  }

  /** Whether a read may be started: `region` then holds at most what fits, with a byte to spare. */
  get hasRoom(): boolean {
    return this.#limit - (this.#end - this.#start) > ReadBytes;
  }

  /**
   * Where the next bytes go. Never empty while every read was started with `hasRoom`. Storage starts small and grows
   * to the limit when the server lags, so that a quiet PTY costs little memory and a busy one stays in the cache.
   */
  region(): Buffer {
    const used = this.#end - this.#start;
    if (this.#bytes.length - used <= ReadBytes && this.#bytes.length < this.#limit) this.#grow();
    const at = this.#place(this.#end);
    return this.#bytes.subarray(at, at + Math.min(ReadBytes, this.#bytes.length - at, this.#bytes.length - used));
  }

  /** `length` bytes were written to the last region. */
  advance(length: number): void {
    this.#end += length;
  }

  /** Forgets what is before `offset`. */
  drop(offset: number): void {
    this.#start = Math.min(Math.max(this.#start, offset), this.#end);
  }

  /** Bytes from `offset`, at most `length`, fewer where the storage wraps. Valid until they are dropped. */
  view(offset: number, length: number): Buffer {
    const at = this.#place(offset);
    return this.#bytes.subarray(at, Math.min(at + length, this.#bytes.length));
  }

  #place(offset: number): number {
    return (offset - this.#origin) % this.#bytes.length;
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#limit, this.#bytes.length * 2));
    let copied = 0;
    for (let at = this.#start; at < this.#end; ) {
      const piece = this.view(at, this.#end - at);
      larger.set(piece, copied);
      copied += piece.length;
      at += piece.length;
    }
    this.#bytes = larger;
    this.#origin = this.#start;
  }
}
