// When a pane's next frame is due. The first change after quiet goes out at once, later ones at most every so often;
// a synchronized update (DEC mode 2026) is shown whole, unless it takes longer than 150 ms. Pure: it is given the time.

const syncLimitMs = 150;
/**
 * So many frames in a row that had to wait for their time are a stream of changes: it goes on at the rate a client draws.
 * A frame that need not wait ends it, so that what is typed, however fast, is never taken for one.
 */
const streamFrames = 12;
const streamIntervalMs = 16;

export class Pacer {
  #intervalMs: number;
  #sentAt = Number.NEGATIVE_INFINITY;
  /** When the synchronized update now being drawn was first seen; null when there is none. */
  #syncSince: number | null = null;
  /** Updates seen were whole ones: a frame is best taken where one ends. */
  #syncs = false;
  #dirty = true;
  /** The change came before its frame was due. */
  #waits = false;
  #waitedInARow = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  set intervalMs(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  get dirty(): boolean {
    return this.#dirty;
  }

  /**
   * The screen changed. True when a frame should be taken now, before more is parsed: a synchronized update has just
   * ended.
   */
  changed(now: number, synchronized: boolean): boolean {
    if (!this.#dirty) {
      this.#dirty = true;
      this.#waits = this.dueInMs(now) > 0;
    }
    if (synchronized) {
      this.#syncs = true;
      this.#syncSince ??= now;
      return false;
    }
    this.#syncSince = null;
    return this.#syncs && this.dueInMs(now) <= 0;
  }

  /** Milliseconds until a frame may be taken; 0 or less is now, infinity when nothing has changed. */
  dueInMs(now: number): number {
    if (!this.#dirty) return Number.POSITIVE_INFINITY;
    const intervalMs = Math.max(this.#intervalMs, this.#waitedInARow < streamFrames ? 0 : streamIntervalMs);
    const afterInterval = this.#sentAt + intervalMs - now;
    const afterSync = this.#syncSince === null ? 0 : this.#syncSince + syncLimitMs - now;
    return Math.max(afterInterval, afterSync);
  }

  sent(now: number): void {
    this.#dirty = false;
    this.#waitedInARow = this.#waits ? this.#waitedInARow + 1 : 0;
    this.#sentAt = now;
  }

  /** Everything is to be shown again, at once. */
  restart(): void {
    this.#dirty = true;
    this.#sentAt = Number.NEGATIVE_INFINITY;
    this.#waitedInARow = 0;
    this.#syncSince = null;
    this.#syncs = false;
  }
}
