// Time as a value that is handed in, so that tests can move it.

export interface Clock {
  /** Milliseconds since the epoch; jumps when the machine's clock is set. For stamps only. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back. For durations. */
  elapsed(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
};
