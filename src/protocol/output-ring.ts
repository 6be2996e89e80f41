// Output of a PTY that somebody may still ask for, addressed by its absolute position. Both ends of the wire have one:
// the holder reads the PTY straight into it and writes the socket straight from it until the server acknowledges; the
// server parses and logs from it until what it holds is on disk.

/** Most bytes one read may take, and the room a ring needs before the PTY is read at all. */
export const ReadBytes = 64 << 10;

/** Storage of a ring that little is put into. */
const smallest = 16 << 10;

export class OutputRing {
  readonly #limit: number;
  #bytes: Buffer;
  /** Absolute position of byte 0 of the storage, modulo its length. */
  #origin = 0;
  #start = 0;
  #end = 0;

  /** For at most `limit` bytes, the first at position `start`. */
  constructor(limit: number, start = 0) {
    this.#limit = limit;
    this.#origin = start;
    this.#start = start;
    this.#end = start;
    this.#bytes = Buffer.alloc(0);
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
    if (this.#bytes.length - used <= ReadBytes && this.#bytes.length < this.#limit) this.#grow(2 * ReadBytes);
    const at = this.#place(this.#end);
    return this.#bytes.subarray(at, at + Math.min(ReadBytes, this.#bytes.length - at, this.#bytes.length - used));
  }

  /** `length` bytes were written to the last region. */
  advance(length: number): void {
    this.#end += length;
  }

  /** Appends a copy. False when it does not fit: then nothing of it was taken. */
  put(bytes: Uint8Array): boolean {
    const used = this.#end - this.#start;
    if (used + bytes.length > this.#limit) return false;
    while (used + bytes.length > this.#bytes.length) this.#grow(smallest);
    const at = this.#place(this.#end);
    const fits = this.#bytes.length - at;
    if (bytes.length <= fits) this.#bytes.set(bytes, at);
    else {
      this.#bytes.set(bytes.subarray(0, fits), at);
      this.#bytes.set(bytes.subarray(fits), 0);
    }
    this.#end += bytes.length;
    return true;
  }

  /** Gives storage back that a flood needed, once it is empty. Views of it stay as they are. */
  shrink(): void {
    if (this.#start !== this.#end || this.#bytes.length <= smallest) return;
    this.#bytes = Buffer.alloc(0);
    this.#origin = this.#end;
  }

  /** Forgets what is before `offset`. */
  drop(offset: number): void {
    this.#start = Math.min(Math.max(this.#start, offset), this.#end);
  }

  /** Bytes from `offset`, at most `length`, fewer where the storage wraps. Valid until they are dropped and others come. */
  view(offset: number, length: number): Buffer {
    const at = this.#place(offset);
    return this.#bytes.subarray(at, Math.min(at + length, this.#bytes.length));
  }

  #place(offset: number): number {
    return (offset - this.#origin) % this.#bytes.length;
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(least, this.#bytes.length * 2)));
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
