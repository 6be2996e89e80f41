// Feeds the status tracker of one run: from what the program says, from the screen once it has settled, and from
// silence. Timers run only after output, and once; the watchdog's while the agent says that it works.
import type { Agent, AgentSignal, Fact, StatusChange } from '../../agents/agent.ts';
import type { Status } from '../../domain/status.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Look, readQuestion } from './question.ts';
import { QuietTimer } from './quiet-timer.ts';
import type { RunExit } from './runs.ts';
import { SignsOfLife } from './signs-of-life.ts';
import { StatusTracker, type TrackerMemory } from './status-tracker.ts';

const settleMs = 150;
/** For agents whose screen never comes to rest while they work. */
const restlessMs = 1000;
const activityMs = 250;
/** The screen of a program that never settles is looked at so often, for words: within these bounds, a twentieth of the
 * watchdog's time. */
const lookMs = { least: 250, most: 10_000 };
/** The same while it is waited for a sign of life. */
const lookStalledMs = 1000;
/** What a program draws so long after a resize is the same in another shape. */
const redrawMs = 2000;
/**
 * Every change that is told is stored. A program that reports without pause is told of so often after a burst; in
 * between only its newest status counts.
 */
const burst = 20;
const pauseMs = 200;

export interface RunStatusOptions {
  agent: Agent | null;
  clock: Clock;
  memory: TrackerMemory | undefined;
  look(): Look;
  /** Lines that ever scrolled off the screen. */
  scrolled(): number;
  changed(status: Status): void;
  learned?(fact: Fact): void;
  resumes?: boolean;
  task?: boolean;
  /** Minutes without a sign of life until a working agent is said to hang; 0 for never. */
  watchdogMinutes: number;
}

export class RunStatus {
  readonly #options: RunStatusOptions;
  readonly #tracker: StatusTracker;
  readonly #settled: QuietTimer;
  readonly #silence: QuietTimer;
  #heldTimer: NodeJS.Timeout | null = null;
  #lateTimer: NodeJS.Timeout | null = null;
  #credit = burst;
  #creditAt: number;
  #activityAt = Number.NEGATIVE_INFINITY;
  readonly #life: SignsOfLife;
  readonly #lookEveryMs: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Output came since the last look. */
  #unseen = false;
  #resizedAt = Number.NEGATIVE_INFINITY;
  /** Its silence is the user's wish. */
  #paused = false;

  constructor(options: RunStatusOptions) {
    const { clock, agent, memory } = options;
    const watchdogMs = options.watchdogMinutes * 60_000;
    this.#options = options;
    this.#creditAt = clock.elapsed();
    this.#tracker = new StatusTracker({
      agent,
      memory,
      now: clock.now,
      elapsed: clock.elapsed,
      resumes: options.resumes === true,
      task: options.task === true,
    });
    const atLatestMs = agent?.restless === true ? restlessMs : Number.POSITIVE_INFINITY;
    this.#settled = new QuietTimer(settleMs, clock.elapsed, () => this.#readScreen(), atLatestMs);
    this.#silence = new QuietTimer(watchdogMs, clock.elapsed, () => this.#silent());
    this.#life = new SignsOfLife({ agent, screenRows: () => options.look().rows, scrolled: options.scrolled });
    this.#lookEveryMs = Math.min(lookMs.most, Math.max(lookMs.least, watchdogMs / 20));
  }

  get status(): Status {
    return this.#tracker.status;
  }

  get history(): readonly Status[] {
    return this.#tracker.history;
  }

  memory(): TrackerMemory {
    return this.#tracker.memory();
  }

  /** A piece of output was parsed. */
  output(): void {
    const now = this.#options.clock.elapsed();
    this.#settled.touch();
    if (this.#isWatched) this.#watch(now);
    if (now - this.#activityAt < activityMs) return;
    this.#activityAt = now;
    this.signal({ kind: 'activity' });
  }

  signal(signal: AgentSignal): void {
    if (this.#life.hears(signal)) this.#alive();
    this.#tell(this.#tracker.signal(signal));
    for (const fact of this.#tracker.learn(signal)) this.#options.learned?.(fact);
  }

  conclude(change: StatusChange): void {
    this.#tell(this.#tracker.conclude(change));
  }

  /** The detector sees it, the status does not change: a replay of what has been concluded before. */
  learn(signal: AgentSignal): void {
    this.#tracker.signal(signal, true);
    this.#tracker.learn(signal);
  }

  /** Reads the screen once it has settled, also when nothing more comes: after a replay. */
  look(): void {
    this.#settled.touch();
    this.#touchSilence();
  }

  /** Somebody looks at it in another size. */
  resized(): void {
    this.#resizedAt = this.#options.clock.elapsed();
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#silence.stop();
    else this.#touchSilence();
  }

  seen(): void {
    this.#tell(this.#tracker.seen());
  }

  exited(exit: RunExit, reason: { stopped: boolean } | { lost: string }): void {
    // Its last words may say why it ended.
    this.#readScreen();
    this.stop();
    this.#credit = burst;
    this.#tell(this.#tracker.exited(exit, reason));
  }

  /** The agent's own verdict stays. */
  settled(): void {
    this.stop();
    this.#tracker.settled();
  }

  stop(): void {
    this.#settled.stop();
    this.#silence.stop();
    if (this.#heldTimer !== null) clearTimeout(this.#heldTimer);
    this.#heldTimer = null;
    if (this.#lateTimer !== null) clearTimeout(this.#lateTimer);
    this.#lateTimer = null;
  }

  #readScreen(): void {
    const { agent, task } = this.#options;
    if (agent === null || task === true) return;
    const look = this.#options.look();
    if (this.#isWatched) this.#look(look.rows);
    const changed = this.#tracker.signal({ kind: 'screen', rows: look.rows });
    const { status } = this.#tracker;
    const asked = status.state === 'waiting' && this.#tracker.asked(readQuestion(agent, look, status.message));
    this.#tell(changed || asked);
  }

  #tell(changed: boolean): void {
    this.#armHeld();
    if (!changed) return;
    this.#touchSilence();
    this.#tellInTime();
  }

  #tellInTime(): void {
    // What is late goes with the newest status.
    if (this.#lateTimer !== null) return;
    const now = this.#options.clock.elapsed();
    this.#credit = Math.min(burst, this.#credit + (now - this.#creditAt) / pauseMs);
    this.#creditAt = now;
    if (this.#credit >= 1) {
      this.#credit--;
      this.#options.changed(this.#tracker.status);
      return;
    }
    this.#lateTimer = setTimeout(() => {
      this.#lateTimer = null;
      this.#options.changed(this.#tracker.status);
    }, pauseMs);
  }

  get #isWatched(): boolean {
    if (this.#paused) return false;
    return this.#options.watchdogMinutes > 0 && (this.#tracker.canStall || this.#tracker.isStalled);
  }

  #touchSilence(): void {
    if (this.#options.watchdogMinutes > 0 && this.#tracker.canStall && !this.#paused) this.#silence.touch();
  }

  /** Output of a run that may hang. What a task prints is no drawing: each line of it is life. */
  #watch(now: number): void {
    if (this.#options.task === true) {
      this.#alive();
      return;
    }
    this.#unseen = true;
    const everyMs = this.#tracker.isStalled ? lookStalledMs : this.#lookEveryMs;
    if (now - this.#lookedAt >= everyMs) this.#look();
  }

  #look(rows?: readonly string[]): void {
    const now = this.#options.clock.elapsed();
    this.#lookedAt = now;
    this.#unseen = false;
    const isRedrawn = this.#tracker.isStalled && now - this.#resizedAt < redrawMs;
    if (this.#life.look(rows) && !isRedrawn) this.#alive();
  }

  #alive(): void {
    this.#tell(this.#tracker.wake());
    this.#touchSilence();
  }

  /** The watchdog's time is over. What was drawn since the last look may be the sign of life. */
  #silent(): void {
    if (this.#unseen && this.#tracker.canStall && this.#life.look()) {
      this.#unseen = false;
      this.#touchSilence();
      return;
    }
    const { watchdogMinutes } = this.#options;
    const rule = `nothing new on its screen and in its reports for ${inWords(watchdogMinutes)} while working`;
    this.#tell(this.#tracker.stall(rule));
  }

  #armHeld(): void {
    const delayMs = this.#tracker.heldForMs;
    if (delayMs === null || this.#heldTimer !== null) return;
    this.#heldTimer = setTimeout(() => {
      this.#heldTimer = null;
      this.#tell(this.#tracker.expire());
    }, delayMs);
    this.#heldTimer.unref();
  }
}

function inWords(minutes: number): string {
  const [count, unit] = minutes >= 1 ? [minutes, 'minute'] : [Math.round(minutes * 60), 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
