// Output of a PTY that somebody may still ask for, addressed by its absolute position. Both ends of the wire have one:
// the holder sends from it until the server acknowledges; the server parses and logs from it until it is on disk.

/** Most bytes one read of a PTY may take. */
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

  /** Whether `put` takes as much as one read may bring. */
  get hasRoom(): boolean {
    return this.#limit - (this.#end - this.#start) >= ReadBytes;
  }

  /**
   * Appends a copy of the first `length` bytes. False when they do not fit: then nothing of them was taken. Storage
   * grows with what is held, so that a quiet PTY costs little memory and a busy one stays in the cache.
   */
  put(bytes: Buffer, length = bytes.length): boolean {
    const used = this.#end - this.#start;
    if (used + length > this.#limit) return false;
    while (used + length > this.#bytes.length) this.#grow();
    const at = this.#place(this.#end);
    const copied = bytes.copy(this.#bytes, at, 0, length);
    if (copied < length) bytes.copy(this.#bytes, 0, copied, length);
    this.#end += length;
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

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(smallest, this.#bytes.length * 2)));
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
