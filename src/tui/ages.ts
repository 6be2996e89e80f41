// Ages on the screen: one timer for the moment the next one reads differently, and none when nothing ages.
import type { SchedulerClock } from './frame/scheduler.ts';
import type { AppState } from './state/app-state.ts';
import { shownSessions } from './state/select.ts';
import { nextAgeChange, statusLook } from './widgets/status-text.ts';

export class AgeTimer {
  readonly #clock: SchedulerClock;
  readonly #now: () => number;
  readonly #tick: (now: number) => void;
  #cancel: (() => void) | null = null;

  constructor(clock: SchedulerClock, now: () => number, tick: (now: number) => void) {
    this.#clock = clock;
    this.#now = now;
    this.#tick = tick;
  }

  arm(state: AppState): void {
    if (this.#cancel !== null || state.bare) return;
    const now = this.#now();
    const waits = shownSessions(state)
      .filter((session) => statusLook(session.status).ages)
      .map((session) => nextAgeChange(now - session.status.since));
    if (waits.length === 0) return;
    this.#cancel = this.#clock.after(Math.max(50, Math.min(...waits)), () => {
      this.#cancel = null;
      this.#tick(this.#now());
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
