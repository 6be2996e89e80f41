// Days as the user counts them, from midnight to midnight, local time; and what they cost.
import type { SesameEvent } from './event.ts';

/** The midnight before `at`; milliseconds since the epoch, like the argument. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The midnight after `at`. */
export function startOfNextDay(at: number): number {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime();
}

export interface DayCost {
  /** US dollars of all sessions, on the day of `at` up to then. */
  readonly usd: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The day's cost as this event tells it. */
export function costOf({ costToday, at }: Extract<SesameEvent, { kind: 'usage' }>): DayCost | null {
  return costToday === null ? null : { usd: costToday, at };
}

/** What the day of `now` cost; null while nothing was told on it. */
export function costOn(now: number, cost: DayCost | null): number | null {
  return cost !== null && startOfDay(cost.at) === startOfDay(now) ? cost.usd : null;
}
