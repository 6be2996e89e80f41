// Tells once when something has been quiet for a while, or, with `atLatestMs`, has not been for long. Touching it is cheap enough for every piece of output: the
// timer is not moved, it looks at the last touch when it fires and waits for the rest.

export class QuietTimer {
  readonly #quietMs: number;
  readonly #elapsed: () => number;
  readonly #call: () => void;
  readonly #atLatestMs: number;
  /** The first touch since it told. */
  #beganAt = 0;
  #touchedAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(quietMs: number, elapsed: () => number, call: () => void, atLatestMs = Number.POSITIVE_INFINITY) {
    this.#quietMs = quietMs;
    this.#elapsed = elapsed;
    this.#call = call;
    this.#atLatestMs = atLatestMs;
  }

  touch(): void {
    this.#touchedAt = this.#elapsed();
    if (this.#timer !== null) return;
    this.#beganAt = this.#touchedAt;
    this.#arm(this.#quietMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #arm(delayMs: number): void {
    this.#timer = setTimeout(() => this.#fire(), delayMs);
    this.#timer.unref();
  }

  #fire(): void {
    this.#timer = null;
    const dueAt = Math.min(this.#touchedAt + this.#quietMs, this.#beganAt + this.#atLatestMs);
    const leftMs = dueAt - this.#elapsed();
    if (leftMs > 0) this.#arm(leftMs);
    else this.#call();
  }
}
