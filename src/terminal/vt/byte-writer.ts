// Bytes put together one after the other.

const firstCapacity = 1 << 14;
/** Characters encoded at once. */
const joinedChars = 1 << 12;
const encoder = new TextEncoder();

export class ByteWriter {
  #bytes = new Uint8Array(firstCapacity);
  #length = 0;
  /** Short texts are encoded together. */
  #pending = '';

  text(text: string): void {
    this.#pending += text;
    if (this.#pending.length > joinedChars) this.#flush();
  }

  bytes(source: Uint8Array, from = 0, to = source.length): void {
    this.#flush();
    this.#reserve(to - from);
    this.#bytes.set(source.subarray(from, to), this.#length);
    this.#length += to - from;
  }

  /** What was written; the writer is not to be used any more. */
  finish(): Uint8Array {
    this.#flush();
    return this.#bytes.subarray(0, this.#length);
  }

  #flush(): void {
    if (this.#pending === '') return;
    // A UTF-16 unit takes at most three bytes.
    this.#reserve(this.#pending.length * 3);
    this.#length += encoder.encodeInto(this.#pending, this.#bytes.subarray(this.#length)).written;
    this.#pending = '';
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
