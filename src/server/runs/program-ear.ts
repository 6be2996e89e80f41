// What a program says besides drawing, on its way from the emulator to the run's status and listeners. The same ear
// hears a replay, where most of it has been said before.
import { plainLine } from '../../domain/plain-text.ts';
import type { Clock } from '../../platform/clock.ts';
import type { VtListener } from '../../terminal/engine.ts';
import type { PtyRun } from './pty-run.ts';
import type { PendingReply } from './run-pipe.ts';
import type { RunListener } from './runs.ts';

const textLimit = 500;
/** A program that rings without end rings this often. */
const noticeEveryMs = 500;

type Mode =
  | { kind: 'live' }
  /** Said at `offset` of the output. `answered`: the holder has forgotten the query. `known`: the status has it. */
  | { kind: 'replay'; offset: number; answered: boolean; known: boolean }
  /** A snapshot speaks: nobody said anything. */
  | { kind: 'deaf' };

export class ProgramEar implements VtListener {
  readonly #run: PtyRun;
  readonly #listener: RunListener;
  readonly #clock: Clock;
  /** Answers of a replay that were not given yet. */
  readonly replies: PendingReply[] = [];
  mode: Mode = { kind: 'deaf' };
  #noticedAt = new Map<string, number>();

  constructor(run: PtyRun, listener: RunListener, clock: Clock) {
    this.#run = run;
    this.#listener = listener;
    this.#clock = clock;
  }

  reply(bytes: Uint8Array): void {
    if (this.mode.kind === 'live') this.#run.reply(bytes);
    if (this.mode.kind === 'replay' && !this.mode.answered) {
      this.replies.push({ after: this.mode.offset, bytes: bytes.slice() });
    }
  }

  title(text: string): void {
    if (this.mode.kind === 'deaf') return;
    this.#run.title = plainLine(text).slice(0, textLimit);
    this.#hear({ kind: 'title', text });
  }

  bell(): void {
    this.#hear({ kind: 'bell' });
    if (this.#mayTell('bell')) this.#listener.notified(this.#run, 'bell');
  }

  notification(text: string): void {
    this.#hear({ kind: 'notification', text });
    if (this.#mayTell('notification')) this.#listener.notified(this.#run, plainLine(text).slice(0, textLimit));
  }

  progress(state: number, percent: number): void {
    this.#hear({ kind: 'progress', state, percent });
  }

  programStatus(text: string): void {
    this.#hear({ kind: 'report', text });
  }

  clipboard(text: string): void {
    if (this.#mayTell('clipboard')) this.#listener.clipboard(this.#run, text);
  }

  osc(): void {
    // OSC 7 and 133: no detector reads them.
  }

  #hear(signal: Parameters<PtyRun['hear']>[0]): void {
    if (this.mode.kind !== 'deaf') this.#run.hear(signal, this.mode.kind === 'replay' && this.mode.known);
  }

  #mayTell(what: string): boolean {
    if (this.mode.kind !== 'live') return false;
    const now = this.#clock.elapsed();
    if (now - (this.#noticedAt.get(what) ?? Number.NEGATIVE_INFINITY) < noticeEveryMs) return false;
    this.#noticedAt.set(what, now);
    return true;
  }
}
