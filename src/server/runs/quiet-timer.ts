// Tells once when something has been quiet for a while. Touching it is cheap enough for every piece of output: the
// timer is not moved, it looks at the last touch when it fires and waits for the rest.

export class QuietTimer {
  readonly #quietMs: number;
  readonly #elapsed: () => number;
  readonly #call: () => void;
  #touchedAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(quietMs: number, elapsed: () => number, call: () => void) {
    this.#quietMs = quietMs;
    this.#elapsed = elapsed;
    this.#call = call;
  }

  touch(): void {
    this.#touchedAt = this.#elapsed();
    if (this.#timer === null) this.#arm(this.#quietMs);
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
    const leftMs = this.#touchedAt + this.#quietMs - this.#elapsed();
    if (leftMs > 0) this.#arm(leftMs);
    else this.#call();
  }
}
