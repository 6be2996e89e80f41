// The text of an OSC or DCS while it comes in.

const decoder = new TextDecoder();
const firstCapacity = 256;
/** Bytes a character takes at most. */
const widestCharacter = 4;

export class StringCollector {
  #bytes = new Uint8Array(firstCapacity);
  #length = 0;
  /** In characters; more make the text void. */
  #limit = 0;
  #isVoid = true;

  /** A text of at most `limit` characters. With 0 nothing is kept. */
  begin(limit: number): void {
    this.#length = 0;
    this.#limit = limit;
    this.#isVoid = limit === 0;
    // What a clipboard text needed once is not kept for ever.
    if (this.#bytes.length > 1 << 16) this.#bytes = new Uint8Array(firstCapacity);
  }

  put(bytes: Uint8Array, from: number, to: number): void {
    if (this.#isVoid || from === to) return;
    const length = this.#length + to - from;
    if (length > this.#limit * widestCharacter) {
      this.#isVoid = true;
      return;
    }
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes.subarray(from, to), this.#length);
    this.#length = length;
  }

  /** The text, or null when it was too long. */
  take(): string | null {
    if (this.#isVoid) return null;
    this.#isVoid = true;
    const text = decoder.decode(this.#bytes.subarray(0, this.#length));
    return text.length > this.#limit ? null : text;
  }
}
