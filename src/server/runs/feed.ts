// Shares the loop between many floods. Bytes wait per run (bounded by its window); a turn parses a few slices, then
// lets the loop serve sockets before the next one. Runs somebody looks at or types into come first and get a turn of
// their own, so that their frames go out before the others are parsed.

export interface FeedSource {
  /** Bytes that wait to be parsed. */
  readonly pending: number;
  /** Somebody looks at it. */
  readonly followed: boolean;
  /** Parses at most `bytes` and returns how many it did, 0 when there is nothing to do. */
  parse(bytes: number): number;
}

const sliceBytes = 16 << 10;
const smallestSlice = 256;
/** Time for one run per turn, and for all of a turn. */
const shareMs = 1;
const turnMs = 3;
/**
 * After a key the runs nobody looks at wait so long: their programs stall on full terminals meanwhile, which leaves the
 * processor to the key's way to its program and back.
 */
const hushMs = 30;
/**
 * And so long after a key they get only a part of the time, in short turns: who types does not wait for a turn's end.
 * It is some megabytes a second all the same, so that only floods notice.
 */
const easeMs = 250;
const easeTurnMs = 1;
const easeGapMs = 4;

interface Entry {
  source: FeedSource;
  /** Measured, so that a slice of an expensive stream (scroll regions cost 30 times plain text) is a short one. */
  msPerByte: number;
}

export class Feed {
  readonly #elapsed: () => number;
  readonly #waiting = new Map<FeedSource, Entry>();
  readonly #known = new WeakMap<FeedSource, Entry>();
  #focus: FeedSource | null = null;
  #scheduled = false;
  #backgroundNext = false;
  /** Until then nothing is parsed in the background. */
  #quietUntil = Number.NEGATIVE_INFINITY;
  #keyAt = Number.NEGATIVE_INFINITY;
  #quietTimer: NodeJS.Timeout | null = null;

  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** The source has bytes. */
  wake(source: FeedSource): void {
    if (!this.#waiting.has(source)) {
      const entry = this.#known.get(source) ?? { source, msPerByte: 20e-6 };
      this.#known.set(source, entry);
      this.#waiting.set(source, entry);
    }
    this.#schedule();
  }

  /** Goes before all others: the user types into it. */
  focus(source: FeedSource | null): void {
    this.#focus = source;
    this.#keyAt = this.#elapsed();
    this.#quietUntil = this.#keyAt + hushMs;
  }

  /** Somebody types: what can be done later should be. */
  get isEasing(): boolean {
    return this.#elapsed() < this.#keyAt + easeMs;
  }

  drop(source: FeedSource): void {
    this.#waiting.delete(source);
    if (this.#focus === source) this.#focus = null;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#turn();
      if (this.#waiting.size === 0) return;
      const wait = this.#quietUntil - this.#elapsed();
      if (wait <= 0 || [...this.#waiting.keys()].some((source) => this.#isForeground(source))) this.#schedule();
      else if (this.#quietTimer === null) this.#quietTimer = setTimeout(() => this.#endQuiet(), Math.ceil(wait));
    });
  }

  #endQuiet(): void {
    this.#quietTimer = null;
    if (this.#waiting.size > 0) this.#schedule();
  }

  #turn(): void {
    const waiting = [...this.#waiting.values()];
    const first = waiting.filter(({ source }) => this.#isForeground(source));
    const now = this.#elapsed();
    const rest = now < this.#quietUntil ? [] : waiting.filter(({ source }) => !this.#isForeground(source));
    // Each group has its turns: a flood in front does not stop the others, nor they it.
    const foreground = first.length > 0 && !(this.#backgroundNext && rest.length > 0);
    this.#backgroundNext = foreground;
    if (foreground) {
      this.#serveAll(
        first.sort((a, b) => this.#precedence(a) - this.#precedence(b)),
        now + turnMs,
      );
      return;
    }
    const { isEasing } = this;
    this.#serveAll(rest, now + (isEasing ? easeTurnMs : turnMs));
    if (isEasing) this.#quietUntil = this.#elapsed() + easeGapMs;
  }

  #serveAll(line: Entry[], until: number): void {
    for (const entry of line) {
      this.#serve(entry);
      if (this.#elapsed() >= until) return;
    }
  }

  #precedence({ source }: Entry): number {
    return source === this.#focus ? 0 : 1;
  }

  /** Also one somebody looks at, so that what is on a screen never stands still. */
  #isForeground(source: FeedSource): boolean {
    return source === this.#focus || source.followed;
  }

  /** What it did not finish goes to the end of the line. */
  #serve(entry: Entry): void {
    const { source } = entry;
    const start = this.#elapsed();
    let now = start;
    while (source.pending > 0 && now - start < shareMs) {
      const fits = Math.floor((shareMs - (now - start)) / entry.msPerByte);
      const bytes = source.parse(Math.min(sliceBytes, Math.max(smallestSlice, fits)));
      if (bytes === 0) break;
      const after = this.#elapsed();
      // Falls slowly, rises at once: one expensive slice is enough to be careful.
      const measured = (after - now) / bytes;
      if (bytes >= smallestSlice) entry.msPerByte = Math.max(measured, entry.msPerByte * 0.8 + measured * 0.2);
      now = after;
    }
    this.#waiting.delete(source);
    if (source.pending > 0) this.#waiting.set(source, entry);
  }
}
