// What a run is doing, concluded from signals of different strength. Pure: no timer, no screen, no clock of its own;
// `run-status.ts` feeds it.
//
// Which conclusion wins:
//   1. How the program ended is a fact and final.
//   2. A signal replaces a weaker or equally strong one at once (order: `Signal` in src/domain/status.ts).
//   3. A weaker one waits until the stronger one's word has lost its validity (`validityMs`), counted from the last
//      time it was said. If nothing stronger has been said by then, the last of the weaker ones counts.
//   4. What the user submits ends the validity of everything but the agent's own report: the turn is another one. An
//      interrupt (escape, ctrl+c) ends that of the report too: many agents do not report that they were stopped.
import type { Agent, AgentSignal, Detector, Fact, StatusChange } from '../../agents/agent.ts';
import { reportDetector } from '../../agents/report-detector.ts';
import { plainLine } from '../../domain/plain-text.ts';
import { type Question, Signal, type Status } from '../../domain/status.ts';
import type { RunExit } from './runs.ts';

/** A report holds until the next one; a title or a progress bar only while the program keeps it up. */
export const validityMs: Record<Signal, number> = {
  report: Number.POSITIVE_INFINITY,
  title: 10_000,
  notification: 10_000,
  progress: 10_000,
  bell: 3_000,
  pty: 2_000,
  screen: 0,
  user: 0,
  server: 0,
};

const weakest: Signal = 'server';
export const historyLimit = 20;
const messageLimit = 500;

/** What outlives the server: see `run-state.ts`. */
export interface TrackerMemory {
  status: Status;
  history: Status[];
}

export interface TrackerOptions {
  /** Null for a plain program: it works while it runs, unless it reports otherwise. */
  agent: Agent | null;
  /** Milliseconds since the epoch, for stamps. */
  now(): number;
  /** Monotonic milliseconds, for validity. */
  elapsed(): number;
  memory?: TrackerMemory | undefined;
  /** It goes on with an earlier conversation. */
  resumes?: boolean;
  /** A task: its terminal shows a transcript of ours, nothing is concluded from it. Conclusions come by `conclude`. */
  task?: boolean;
}

export class StatusTracker {
  readonly #agent: Agent | null;
  readonly #detector: Detector;
  readonly #isTask: boolean;
  readonly #now: () => number;
  readonly #elapsed: () => number;
  #status: Status;
  #history: Status[];
  /** The signal whose word the status rests on: also after the user looked or a watchdog spoke. */
  #strength: Signal;
  /** When that word was last said. */
  #confirmedAt: number;
  /** The last conclusion that was too weak to be believed at once. */
  #held: StatusChange | null = null;
  #final = false;
  /** The user has seen this `done`; the same one said again does not come back as new. */
  #seen = false;

  constructor(options: TrackerOptions) {
    this.#agent = options.agent;
    this.#detector =
      options.task === true
        ? deaf
        : (options.agent?.detector({ resumes: options.resumes === true }) ?? reportDetector());
    this.#isTask = options.task === true;
    this.#now = options.now;
    this.#elapsed = options.elapsed;
    this.#confirmedAt = options.elapsed();
    this.#status = options.memory?.status ?? initialStatus(options.agent !== null, options.now());
    this.#history = [...(options.memory?.history ?? [])];
    this.#strength = this.#status.evidence.signal;
    this.#seen = this.#status.state === 'idle' && this.#status.evidence.signal === 'user';
  }

  get status(): Status {
    return this.#status;
  }

  /** Earlier ones, oldest first, at most 20. */
  get history(): readonly Status[] {
    return this.#history;
  }

  /** True when there is something to notice in silence: an agent that said it works. */
  get canStall(): boolean {
    return !this.#final && this.#agent !== null && this.#status.state === 'working';
  }

  /** Milliseconds until a held conclusion may count; null when none is held. Call `expire` then. */
  get heldForMs(): number | null {
    if (this.#held === null) return null;
    const left = this.#confirmedAt + validityMs[this.#strength] - this.#elapsed();
    return Number.isFinite(left) ? Math.max(0, left) : null;
  }

  /** Feeds the detector; returns whether the status changed. With `learn` the conclusions are dropped: they are known. */
  signal(signal: AgentSignal, learn = false): boolean {
    if (this.#final) return false;
    const changes = this.#detector.push(signal);
    if (learn) return false;
    let changed = false;
    const isInterrupt = signal.kind === 'input' && signal.interrupt === true;
    if (isInterrupt || (signal.kind === 'input' && signal.submitted && this.#strength !== 'report')) {
      this.#confirmedAt = Number.NEGATIVE_INFINITY;
      this.#held = null;
    }
    for (const change of changes) changed = this.#consider(change) || changed;
    // A blank screen says only that the program has not drawn yet.
    if (
      changes.length === 0 &&
      !this.#isTask &&
      signal.kind === 'screen' &&
      this.#status.state === 'starting' &&
      signal.rows.some((row) => row !== '')
    ) {
      changed = this.#admitIgnorance();
    }
    return changed;
  }

  /** What a signal teaches besides status, also after the end: the last lines of a file may come with it. */
  learn(signal: AgentSignal): Fact[] {
    return this.#detector.learn(signal);
  }

  /** Takes a conclusion that needs no detector. Returns whether the status changed. */
  conclude(change: StatusChange): boolean {
    return !this.#final && this.#consider(change);
  }

  /** The program ended after the agent said how it went: that word stays, however it ended. */
  settled(): void {
    this.#final = true;
    this.#held = null;
  }

  /** The time of `heldForMs` has come. */
  expire(): boolean {
    const held = this.#held;
    if (held === null || this.heldForMs !== 0) return false;
    return this.#accept(held);
  }

  /** It was said to be stalled, and there was no sign of life since. */
  get isStalled(): boolean {
    return !this.#final && this.#status.state === 'failed' && this.#status.reason === 'stalled';
  }

  /** Nothing new for long while the agent said it works. A warning: the program is left alone. `rule`: what was seen. */
  stall(rule: string): boolean {
    if (!this.canStall) return false;
    return this.#become({
      state: 'failed',
      reason: 'stalled',
      retryAt: null,
      evidence: { signal: 'pty', rule },
      since: this.#now(),
      message: this.#status.message,
    });
  }

  /** A sign of life: what was said before the silence holds again. */
  wake(): boolean {
    const before = this.isStalled ? this.#history.at(-1) : undefined;
    return before?.state === 'working' && this.#become(before);
  }

  /** The question that goes with `waiting`, read from the screen. */
  asked(question: Question | null): boolean {
    if (this.#status.state !== 'waiting') return false;
    if (this.#status.question?.digest === question?.digest) return false;
    this.#status = { ...this.#status, question };
    return true;
  }

  seen(): boolean {
    if (this.#status.state !== 'done') return false;
    const changed = this.#become({
      state: 'idle',
      evidence: { signal: 'user', rule: 'you looked at it' },
      since: this.#now(),
      message: this.#status.message,
    });
    this.#seen = true;
    return changed;
  }

  /** Final. `stopped`: the user asked for it, so a signal is no crash. `lost`: why nobody saw it end. */
  exited(exit: RunExit, reason: { stopped: boolean } | { lost: string }): boolean {
    if (this.#final) return false;
    this.#held = null;
    const since = this.#now();
    const { message } = this.#status;
    const base = { since, code: exit.code, exitSignal: exit.signal };
    const words = endInWords(exit);
    let changed: boolean;
    if ('lost' in reason) {
      const evidence = { signal: 'server', rule: reason.lost } as const;
      changed = this.#become({ ...base, state: 'exited', evidence, message: reason.lost });
    } else if (reason.stopped || (exit.code === 0 && exit.signal === null)) {
      const evidence = reason.stopped
        ? ({ signal: 'user', rule: `you stopped it; ${words}` } as const)
        : ({ signal: 'pty', rule: words } as const);
      changed = this.#become({ ...base, state: 'exited', evidence, message });
    } else if (this.#status.state === 'failed' && this.#status.reason !== 'stalled') {
      // It said what went wrong and ended for that.
      changed = false;
    } else {
      const evidence = { signal: 'pty', rule: words } as const;
      changed = this.#become({ state: 'failed', reason: 'crash', retryAt: null, since, evidence, message: words });
    }
    this.#final = true;
    return changed;
  }

  memory(): TrackerMemory {
    return { status: this.#status, history: this.#history };
  }

  #consider(change: StatusChange): boolean {
    const stronger = rank(change.evidence.signal) <= rank(this.#strength);
    const expired = this.#elapsed() - this.#confirmedAt >= validityMs[this.#strength];
    if (stronger || expired) return this.#accept(change);
    this.#held = change;
    return false;
  }

  #accept(change: StatusChange): boolean {
    this.#held = null;
    // Who says that it knows nothing does not silence the others.
    this.#strength = change.state === 'unknown' ? weakest : change.evidence.signal;
    this.#confirmedAt = this.#elapsed();
    if (this.#seen && change.state === 'done') return false;
    // The same word as before the silence: programs repeat it while they hang.
    if (this.isStalled && change.state === 'working') return false;
    return this.#become(stamp(change, this.#now()));
  }

  #admitIgnorance(): boolean {
    return this.#become({
      state: 'unknown',
      evidence: { signal: 'pty', rule: 'the program runs, and no rule says what it does' },
      since: this.#now(),
      message: null,
    });
  }

  /** Keeps `since` and the question of a state that goes on. Returns whether anything a user sees is different. */
  #become(next: Status): boolean {
    const before = this.#status;
    this.#seen = false;
    if (!sameState(before, next)) {
      this.#status = next;
      this.#history = [...this.#history, before].slice(-historyLimit);
      return true;
    }
    const question = before.state === 'waiting' ? { question: before.question } : {};
    this.#status = { ...next, ...question, since: before.since };
    return before.message !== next.message || retryAt(before) !== retryAt(next);
  }
}

const deaf: Detector = { push: () => [], learn: () => [] };

function initialStatus(isAgent: boolean, since: number): Status {
  return isAgent
    ? { state: 'starting', evidence: { signal: 'server', rule: 'the program was started' }, since, message: null }
    : { state: 'working', evidence: { signal: 'pty', rule: 'the program runs' }, since, message: null };
}

function endInWords({ code, signal }: RunExit): string {
  if (signal !== null) return `signal ${signal} ended the program`;
  return code === null ? 'the program was ended' : `the program ended with code ${code}`;
}

function rank(signal: Signal): number {
  return Signal.options.indexOf(signal);
}

function stamp(change: StatusChange, since: number): Status {
  const message = change.message === null ? null : plainLine(change.message).slice(0, messageLimit);
  const common = { evidence: change.evidence, since, message: message === '' ? null : message };
  switch (change.state) {
    case 'waiting':
      return { ...common, state: 'waiting', kind: change.wait, question: null };
    case 'failed':
      return { ...common, state: 'failed', reason: change.reason, retryAt: change.retryAt };
    case 'starting':
    case 'working':
    case 'done':
    case 'idle':
    case 'unknown':
      return { ...common, state: change.state };
  }
}

function sameState(a: Status, b: Status): boolean {
  if (a.state === 'waiting' && b.state === 'waiting') return a.kind === b.kind;
  if (a.state === 'failed' && b.state === 'failed') return a.reason === b.reason;
  return a.state === b.state;
}

function retryAt(status: Status): number | null {
  return status.state === 'failed' ? status.retryAt : null;
}
