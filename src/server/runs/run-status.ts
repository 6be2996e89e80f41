// Feeds the status tracker of one run: from what the program says, from the screen once it has settled, and from
// silence. Timers run only after output, and once.
import type { Agent, AgentSignal, Fact, StatusChange } from '../../agents/agent.ts';
import type { Status } from '../../domain/status.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Look, readQuestion } from './question.ts';
import { QuietTimer } from './quiet-timer.ts';
import type { RunExit } from './runs.ts';
import { StatusTracker, type TrackerMemory } from './status-tracker.ts';

const settleMs = 150;
/** For agents whose screen never comes to rest while they work. */
const restlessMs = 1000;
const activityMs = 250;
const stallMinutes = 10;

export interface RunStatusOptions {
  agent: Agent | null;
  clock: Clock;
  memory: TrackerMemory | undefined;
  look(): Look;
  changed(status: Status): void;
  learned?(fact: Fact): void;
  task?: boolean;
  /** For tests. */
  stallMinutes?: number;
}

export class RunStatus {
  readonly #options: RunStatusOptions;
  readonly #tracker: StatusTracker;
  readonly #settled: QuietTimer;
  readonly #silence: QuietTimer;
  #heldTimer: NodeJS.Timeout | null = null;
  #activityAt = Number.NEGATIVE_INFINITY;

  constructor(options: RunStatusOptions) {
    const { clock, agent, memory } = options;
    const minutes = options.stallMinutes ?? stallMinutes;
    this.#options = options;
    this.#tracker = new StatusTracker({
      agent,
      memory,
      now: clock.now,
      elapsed: clock.elapsed,
      task: options.task === true,
    });
    const atLatestMs = agent?.restless === true ? restlessMs : Number.POSITIVE_INFINITY;
    this.#settled = new QuietTimer(settleMs, clock.elapsed, () => this.#readScreen(), atLatestMs);
    this.#silence = new QuietTimer(minutes * 60_000, clock.elapsed, () => this.#tell(this.#tracker.stall(minutes)));
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
    if (this.#tracker.canStall) this.#silence.touch();
    if (now - this.#activityAt < activityMs) return;
    this.#activityAt = now;
    this.signal({ kind: 'activity' });
  }

  signal(signal: AgentSignal): void {
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
    if (this.#tracker.canStall) this.#silence.touch();
  }

  seen(): void {
    this.#tell(this.#tracker.seen());
  }

  exited(exit: RunExit, reason: { stopped: boolean } | { lost: string }): void {
    // Its last words may say why it ended.
    this.#readScreen();
    this.stop();
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
  }

  #readScreen(): void {
    const { agent, task } = this.#options;
    if (agent === null || task === true) return;
    const look = this.#options.look();
    const changed = this.#tracker.signal({ kind: 'screen', rows: look.rows });
    const { status } = this.#tracker;
    const asked = status.state === 'waiting' && this.#tracker.asked(readQuestion(agent, look, status.message));
    this.#tell(changed || asked);
  }

  #tell(changed: boolean): void {
    this.#armHeld();
    if (!changed) return;
    if (this.#tracker.canStall) this.#silence.touch();
    this.#options.changed(this.#tracker.status);
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
