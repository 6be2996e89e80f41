// How a status reads: a mark, a word, an age. Readable without colour.
import type { DiffStat } from '../../domain/diff.ts';
import type { Session } from '../../domain/session.ts';
import type { Status } from '../../domain/status.ts';
import { isPaused } from '../state/select.ts';
import type { Role } from '../theme/roles.ts';
import type { Span } from './canvas.ts';
import { failureTitle } from './failure-text.ts';

interface StatusLook {
  readonly mark: string;
  readonly word: string;
  readonly role: Role;
  /** Whether how long it lasts matters to the user. */
  readonly ages: boolean;
}

export function statusLook(status: Status): StatusLook {
  switch (status.state) {
    case 'starting':
      return { mark: '○', word: 'starting', role: 'status.starting', ages: false };
    case 'working': {
      // All that is known of a program that reports nothing: a shell that waits for a command does not work.
      const word = status.evidence.signal === 'pty' ? 'runs' : 'working';
      return { mark: '●', word, role: 'status.working', ages: true };
    }
    case 'waiting':
      return { mark: '◐', word: 'WAITS', role: 'status.waiting', ages: true };
    case 'done':
      return { mark: '✓', word: 'done', role: 'status.done', ages: true };
    case 'idle':
      return { mark: '·', word: 'idle', role: 'status.idle', ages: false };
    case 'failed':
      return {
        mark: '✗',
        word: failureTitle(status),
        role: 'status.failed',
        ages: false,
      };
    case 'exited':
      return { mark: '■', word: exitWord(status), role: 'status.exited', ages: false };
    case 'unknown':
      return { mark: '?', word: 'unknown', role: 'status.unknown', ages: false };
  }
}

/** `now` null: without the age. */
export function statusSpan(session: Session, now: number | null): Span {
  if (session.problem !== null) return { text: `! ${session.problem.kind.replace('-', ' ')}`, role: 'status.failed' };
  if (isPaused(session)) return { text: '▮▮ paused', role: 'status.idle' };
  const { mark, word, role, ages } = statusLook(session.status);
  return {
    text: ages && now !== null ? `${mark} ${word} ${formatAge(now - session.status.since)}` : `${mark} ${word}`,
    role,
  };
}

/** `0:42`, `4:12`; from an hour on `3:05h`, from a day on `2d`. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${twoDigits(seconds % 60)}`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours}:${twoDigits(minutes % 60)}h` : `${Math.floor(hours / 24)}d`;
}

/** Milliseconds until `formatAge` says something else. */
export function nextAgeChange(milliseconds: number): number {
  const age = Math.max(0, milliseconds);
  const unit = age < 3_600_000 ? 1000 : age < 86_400_000 ? 60_000 : 86_400_000;
  return unit - (age % unit);
}

function twoDigits(count: number): string {
  return String(count).padStart(2, '0');
}

export function diffSpans(stat: DiffStat | null): Span[] {
  if (stat === null) return [];
  if (stat.files === 0) return [{ text: 'no changes', role: 'dim' }];
  return [
    { text: `+${stat.insertions}`, role: 'count.added' },
    { text: ' ', role: 'text' },
    { text: `−${stat.deletions}`, role: 'count.removed' },
    { text: ` · ${stat.files} ${stat.files === 1 ? 'file' : 'files'}`, role: 'dim' },
  ];
}

export function shipSpan(session: Session): Span | null {
  switch (session.ship?.state) {
    case 'running':
      return { text: `shipping: ${session.ship.step}`, role: 'accent' };
    case 'done':
      return { text: session.ship.result.pushed ? 'pushed' : 'committed', role: 'status.done' };
    case 'failed':
      return { text: `ship failed: ${session.ship.step}`, role: 'status.failed' };
    case undefined:
      return null;
  }
}

function exitWord(status: Extract<Status, { state: 'exited' }>): string {
  // How it took the signal that was to end it is of no interest.
  if (status.evidence.signal === 'user') return 'stopped';
  if (status.exitSignal !== null && status.exitSignal !== 0) return `ended by signal ${status.exitSignal}`;
  return status.code === null || status.code === 0 ? 'exited' : `exited ${status.code}`;
}
