// When frames are drawn. Damage is collected; the first change after quiet and the answer to a key are drawn at once,
// a stream of changes at most every `frameMs`, and nothing while the terminal does not read. Idle: no timer.

export interface FrameHost {
  /** True while a frame could not be written. */
  isBlocked(): boolean;
  /** Draws what is current and writes it. `complete`: the terminal's content is unknown. */
  draw(complete: boolean): void;
}

export interface SchedulerClock {
  /** Milliseconds that only grow. */
  now(): number;
  /** Calls back after `ms`; the returned function takes that back. */
  after(ms: number, call: () => void): () => void;
  /** Calls back when the current turn has done its input and output. */
  soon(call: () => void): () => void;
}

/** About sixty frames a second. */
export const frameMs = 16;
/** A change this soon after a key is taken for its echo and not held back. */
const echoMs = 100;

export class FrameScheduler {
  readonly #host: FrameHost;
  readonly #clock: SchedulerClock;
  #damaged = false;
  #complete = false;
  #lastFrame = Number.NEGATIVE_INFINITY;
  #lastInput = Number.NEGATIVE_INFINITY;
  #echoes = 0;
  #cancel: (() => void) | null = null;
  /** What the pending call is: `soon` cannot be hurried further. */
  #waiting: 'none' | 'soon' | 'timer' = 'none';
  #stopped = false;

  constructor(host: FrameHost, clock: SchedulerClock) {
    this.#host = host;
    this.#clock = clock;
  }

  /** Something to be seen has changed. */
  damage(): void {
    this.#damaged = true;
    this.#plan();
  }

  /** The next frame draws every cell: after a resize, attach or continue. */
  damageAll(): void {
    this.#complete = true;
    this.damage();
  }

  /** A key was pressed: the changes it causes are drawn without waiting for the next frame's turn. */
  input(): void {
    this.#lastInput = this.#clock.now();
    this.#echoes = 0;
    if (this.#damaged) this.#plan();
  }

  /** Nothing more comes in this turn: a frame that would be drawn at its end is drawn now. */
  hurry(): void {
    if (this.#waiting !== 'soon') return;
    this.#clear();
    this.#frame();
  }

  /** The terminal takes output again. */
  drained(): void {
    if (this.#damaged) this.#plan();
  }

  stop(): void {
    this.#stopped = true;
    this.#clear();
  }

  #plan(): void {
    if (this.#stopped || this.#waiting === 'soon' || this.#host.isBlocked()) return;
    const now = this.#clock.now();
    // The first frames after a key, so that a flood behind it is still held to the frame rate.
    const isEcho = now - this.#lastInput < echoMs && this.#echoes < 2;
    const waitMs = isEcho ? 0 : this.#lastFrame + frameMs - now;
    if (waitMs <= 0) {
      this.#clear();
      this.#waiting = 'soon';
      this.#cancel = this.#clock.soon(() => this.#frame());
    } else if (this.#waiting === 'none') {
      this.#waiting = 'timer';
      this.#cancel = this.#clock.after(waitMs, () => this.#frame());
    }
  }

  #frame(): void {
    this.#waiting = 'none';
    this.#cancel = null;
    if (this.#stopped || !this.#damaged || this.#host.isBlocked()) return;
    const complete = this.#complete;
    this.#damaged = false;
    this.#complete = false;
    const now = this.#clock.now();
    if (now - this.#lastInput < echoMs) this.#echoes++;
    this.#lastFrame = now;
    this.#host.draw(complete);
  }

  #clear(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#waiting = 'none';
  }
}

export const systemSchedulerClock: SchedulerClock = {
  now: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  soon(call) {
    const immediate = setImmediate(call);
    return () => clearImmediate(immediate);
  },
};
