// Pauses between attempts: none, then 50 ms doubling to 2 s.
import { setTimeout as sleep } from 'node:timers/promises';

export interface BackOff {
  /** Resolves after the next pause, or at once when the signal is aborted. */
  wait(signal: AbortSignal): Promise<void>;
  reset(): void;
}

export function backOff(): BackOff {
  let nextMs = 0;
  return {
    wait: async (signal) => {
      const ms = nextMs;
      nextMs = Math.min(2000, Math.max(50, nextMs * 2));
      if (ms > 0 && !signal.aborted) await sleep(ms, undefined, { signal }).catch(() => undefined);
    },
    reset: () => {
      nextMs = 0;
    },
  };
}
