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
/** Time for one run per turn. */
const shareMs = 1;
/** So little of the run that was typed into, so soon after the key, is its echo: it is parsed at once. */
const echoBytes = 4 << 10;
const echoMs = 100;
/** How much of the machine runs get that nobody looks at. */
interface Pace {
  /** Time of a turn in all, then a gap in which none of them is parsed, in milliseconds. */
  turnMs: number;
  gapMs: number;
  /** Bytes the holder may send of each before they are acknowledged: what may come in a burst. */
  windowBytes: number;
}
const unwatched: Pace = { turnMs: 3, gapMs: 0, windowBytes: 256 << 10 };
/**
 * While somebody looks at another pane, about 20 MB a second of all of them: their programs wait meanwhile, so that a key
 * finds a free processor on all its way.
 */
const watched: Pace = { turnMs: 1, gapMs: 2, windowBytes: 64 << 10 };
/** And while somebody types, a few megabytes a second, one run at a time. */
const eased: Pace = { turnMs: 0.15, gapMs: 4, windowBytes: 32 << 10 };
const easeMs = 2000;
/** Right after a key nothing: that is the key's time to its program and back. */
const hushMs = 30;
/** Keys that follow each other faster hold up the others no longer than this: what they say has to be seen. */
const hushLimitMs = 100;

interface Entry {
  source: FeedSource;
  /** Measured, so that a slice of an expensive stream (scroll regions cost 30 times plain text) is a short one. */
  msPerByte: number;
}

export class Feed {
  readonly #elapsed: () => number;
  readonly #isWatched: () => boolean;
  readonly #waiting = new Map<FeedSource, Entry>();
  readonly #known = new WeakMap<FeedSource, Entry>();
  #focus: FeedSource | null = null;
  #scheduled = false;
  #echoes = false;
  #backgroundNext = false;
  /** Until then nothing is parsed in the background. */
  #quietUntil = Number.NEGATIVE_INFINITY;
  /** Since when something in the background waits for that; infinity when nothing does. */
  #heldUpSince = Number.POSITIVE_INFINITY;
  #keyAt = Number.NEGATIVE_INFINITY;
  #shownAt = Number.NEGATIVE_INFINITY;
  #quietTimer: NodeJS.Timeout | null = null;

  /** `elapsed`: monotonic milliseconds. `isWatched`: somebody looks at some run. */
  constructor(elapsed: () => number, isWatched: () => boolean) {
    this.#elapsed = elapsed;
    this.#isWatched = isWatched;
  }

  /** The source has bytes. */
  wake(source: FeedSource): void {
    if (!this.#waiting.has(source)) {
      const entry = this.#known.get(source) ?? { source, msPerByte: 20e-6 };
      this.#known.set(source, entry);
      this.#waiting.set(source, entry);
    }
    if (this.#isEcho(source)) this.#scheduleEcho(source);
    else this.#schedule();
  }

  /** Goes before all others: the user types into it. */
  focus(source: FeedSource | null): void {
    this.#focus = source;
    this.#keyAt = this.#elapsed();
    this.#quietUntil = this.#keyAt + hushMs;
  }

  /** Milliseconds since the last key; infinity when there was none. */
  get sinceKeyMs(): number {
    return this.#elapsed() - this.#keyAt;
  }

  /** Milliseconds since a turn went to runs that somebody looks at; infinity when none did. An echo needs none. */
  get sinceShownMs(): number {
    return this.#elapsed() - this.#shownAt;
  }

  /** Somebody types: what can be done later should be. */
  get isEasing(): boolean {
    return this.sinceKeyMs < easeMs;
  }

  /** Bytes the holder may send of a run nobody looks at. */
  get hiddenWindow(): number {
    return this.#pace().windowBytes;
  }

  drop(source: FeedSource): void {
    this.#waiting.delete(source);
    if (this.#focus === source) this.#focus = null;
  }

  #isEcho(source: FeedSource): boolean {
    return source === this.#focus && source.pending <= echoBytes && this.sinceKeyMs < echoMs;
  }

  /** When all that came with the same read has been taken. */
  #scheduleEcho(source: FeedSource): void {
    if (this.#echoes) return;
    this.#echoes = true;
    queueMicrotask(() => {
      this.#echoes = false;
      const entry = this.#waiting.get(source);
      if (entry !== undefined) this.#serve(entry, this.#elapsed() + shareMs);
      if (this.#waiting.size > 0) this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#turn();
      if (this.#waiting.size === 0) return;
      const wait = this.#quietMs(this.#elapsed());
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
    const isQuiet = this.#quietMs(now) > 0;
    if (isQuiet && first.length < waiting.length) this.#heldUpSince = Math.min(this.#heldUpSince, now);
    const rest = isQuiet ? [] : waiting.filter(({ source }) => !this.#isForeground(source));
    // Each group has its turns: a flood in front does not stop the others, nor they it.
    const foreground = first.length > 0 && !(this.#backgroundNext && rest.length > 0);
    this.#backgroundNext = foreground;
    if (foreground) {
      this.#shownAt = now;
      this.#serveAll(
        first.sort((a, b) => this.#precedence(a) - this.#precedence(b)),
        now + unwatched.turnMs,
      );
      return;
    }
    if (isQuiet) return;
    this.#heldUpSince = Number.POSITIVE_INFINITY;
    const { turnMs, gapMs } = this.#pace();
    this.#serveAll(rest, now + turnMs);
    if (gapMs > 0) this.#quietUntil = this.#elapsed() + gapMs;
  }

  /** Until something may be parsed in the background. */
  #quietMs(now: number): number {
    return Math.min(this.#quietUntil, this.#heldUpSince + hushLimitMs) - now;
  }

  #pace(): Pace {
    if (this.isEasing) return eased;
    return this.#isWatched() ? watched : unwatched;
  }

  #serveAll(line: Entry[], until: number): void {
    for (const entry of line) {
      this.#serve(entry, Math.min(until, this.#elapsed() + shareMs));
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
  #serve(entry: Entry, until: number): void {
    const { source } = entry;
    let now = this.#elapsed();
    while (source.pending > 0 && now < until) {
      const fits = Math.floor((until - now) / entry.msPerByte);
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
