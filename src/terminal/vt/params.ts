// Parameters of a control sequence.

const most = 32;
const largest = 0x7fffffff;
const largestTenth = 214748363;

export class Params {
  /** 0 stands for one that was left out; -1 for one left out after a colon. */
  readonly values = new Int32Array(most);
  readonly #subs = new Uint8Array(most + 1);
  length = 0;
  hasSubs = false;
  /** More came than are kept: digits of those are dropped. */
  #isFull = false;

  clear(): void {
    this.length = 0;
    this.hasSubs = false;
    this.#isFull = false;
  }

  /** True for a value that stands after a colon and belongs to the one before. */
  isSub(at: number): boolean {
    return at < this.length && this.#subs[at] === 1;
  }

  /** The value, or `missing` for one that is not there or zero where zero means the default. */
  get(at: number, missing: number): number {
    if (at >= this.length) return missing;
    const value = this.values[at] as number;
    return value <= 0 ? missing : value;
  }

  /** Reads digits from `from` on and returns where they end. */
  digits(bytes: Uint8Array, from: number, end: number): number {
    if (this.length === 0) this.open(false);
    const last = this.length - 1;
    let value = this.values[last] as number;
    if (value < 0) value = 0;
    let at = from;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit >>> 0 > 9) break;
      value = value > largestTenth ? largest : value * 10 + digit;
    }
    if (!this.#isFull) this.values[last] = value;
    return at;
  }

  /** A separator was read: the next value begins. */
  open(isSub: boolean): void {
    if (this.length === most) {
      this.#isFull = true;
      return;
    }
    this.values[this.length] = isSub ? -1 : 0;
    this.#subs[this.length] = isSub ? 1 : 0;
    this.hasSubs ||= isSub;
    this.length++;
  }
}
