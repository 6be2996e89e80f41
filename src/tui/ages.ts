// Ages on the screen, and the cost of the day: one timer for the moment the next one reads differently, and none when no age is shown.
import { costOn, startOfNextDay } from '../domain/day.ts';
import type { Session } from '../domain/session.ts';
import type { SchedulerClock } from './frame/scheduler.ts';
import { isTooSmall, paneLayout } from './layout/panes.ts';
import type { AppState } from './state/app-state.ts';
import { shownSessions, waitingSessions } from './state/select.ts';
import { nextAgeChange, statusLook } from './widgets/status-text.ts';

export class AgeTimer {
  readonly #clock: SchedulerClock;
  readonly #now: () => number;
  readonly #tick: (now: number) => void;
  #armed: { due: number; cancel: () => void } | null = null;
  /** The state of the frame before: what it shows changes at the same moment still. */
  #state: AppState | null = null;

  constructor(clock: SchedulerClock, now: () => number, tick: (now: number) => void) {
    this.#clock = clock;
    this.#now = now;
    this.#tick = tick;
  }

  /** Called after every frame. */
  arm(state: AppState): void {
    if (state === this.#state) return;
    this.#state = state;
    const now = this.#now();
    const waits = shownAges(state).map((since) => nextAgeChange(now - since));
    // What today cost is over with the day.
    if (costOn(now, state.cost) !== null) waits.push(startOfNextDay(now) - now);
    if (waits.length === 0) {
      this.stop();
      return;
    }
    const waitMs = Math.max(50, Math.min(...waits));
    if (this.#armed !== null && this.#armed.due <= now + waitMs) return;
    this.stop();
    const cancel = this.#clock.after(waitMs, () => {
      this.#armed = null;
      this.#state = null;
      this.#tick(this.#now());
    });
    this.#armed = { due: now + waitMs, cancel };
  }

  stop(): void {
    this.#armed?.cancel();
    this.#armed = null;
  }
}

/** Since when lasts what the screen gives an age for, in milliseconds since the epoch. */
export function shownAges(state: AppState): number[] {
  if (isTooSmall(state.size) || (state.bare && state.screen.kind === 'panes' && state.overlay === null)) return [];
  const aging = sessionsWithAge(state).filter(({ status }) => statusLook(status).ages);
  // The longest wait stands in the line on top of every screen.
  const ages = [...waitingSessions(state).slice(0, 1), ...aging].map(({ status }) => status.since);
  if (state.screen.kind !== 'why' || state.screen.report.state !== 'ready') return ages;
  const { status, history } = state.screen.report.value;
  return [...ages, status.since, ...history.map(({ since }) => since)];
}

function sessionsWithAge(state: AppState): Session[] {
  const all = shownSessions(state);
  if (state.overlay?.kind === 'palette') return all;
  const { screen } = state;
  switch (screen.kind) {
    case 'panes': {
      const { panes, sidebar } = paneLayout(state);
      return sidebar === null ? all.filter(({ id }) => panes.some(({ session }) => session === id)) : all;
    }
    case 'inbox':
      return waitingSessions(state);
    case 'diff':
      return all.filter(({ id }) => id === screen.diff.session);
    case 'composer':
    case 'ship':
    case 'why':
      return [];
  }
}
