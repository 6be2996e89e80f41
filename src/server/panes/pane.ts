// One pane of one client: which run it shows, what the client has been shown of it, and when the next frame is due.
import type { SessionId } from '../../domain/ids.ts';
import { encodeFrameMessage } from '../../protocol/frame-codec.ts';
import { FrameCredit, PaneVisibility } from '../../protocol/stream.ts';
import { ScreenDiffer } from '../../terminal/differ.ts';
import { PaneMode } from '../../terminal/engine.ts';
import type { Run, RunExit } from '../runs/runs.ts';
import { Pacer } from './pacer.ts';
import type { Viewer } from './sizes.ts';

const intervalMs: Record<PaneVisibility, number> = {
  [PaneVisibility.hidden]: Number.POSITIVE_INFINITY,
  [PaneVisibility.thumbnail]: 100,
  [PaneVisibility.full]: 8,
};

export interface PaneOptions {
  channel: number;
  session: SessionId;
  cols: number;
  rows: number;
  visibility: PaneVisibility;
  elapsed(): number;
  /** The screen changed. `now`: take the frame before more is parsed. */
  changed(pane: Pane, now: boolean): void;
  ended(pane: Pane, exit: RunExit): void;
}

export class Pane implements Viewer {
  readonly channel: number;
  readonly session: SessionId;
  cols: number;
  rows: number;
  readonly #options: PaneOptions;
  readonly #pacer: Pacer;
  #visibility: PaneVisibility;
  #run: Run | null = null;
  #differ: ScreenDiffer | null = null;
  #unfollow: (() => void) | null = null;
  #endTold = false;
  #sent = 0;
  #acked = 0;

  constructor(options: PaneOptions) {
    this.#options = options;
    this.channel = options.channel;
    this.session = options.session;
    this.cols = options.cols;
    this.rows = options.rows;
    this.#visibility = options.visibility;
    this.#pacer = new Pacer(intervalMs[options.visibility]);
  }

  get run(): Run | null {
    return this.#run;
  }

  /** Shows this run from now on, beginning with a frame that holds all of it. */
  show(run: Run): void {
    this.#leave();
    this.#run = run;
    this.#differ = new ScreenDiffer(run.watch());
    this.#endTold = false;
    this.#follow();
  }

  set visibility(visibility: PaneVisibility) {
    if (visibility === this.#visibility) return;
    this.#visibility = visibility;
    this.#pacer.intervalMs = intervalMs[visibility];
    this.#unfollow?.();
    this.#unfollow = null;
    this.#follow();
  }

  get visibility(): PaneVisibility {
    return this.#visibility;
  }

  /** Milliseconds until `takeFrame` has something to give; infinity when it waits for a change or an acknowledgement. */
  dueInMs(now: number): number {
    const waits = this.#visibility === PaneVisibility.hidden || this.#differ === null;
    if (waits || this.#sent - this.#acked >= FrameCredit) return Number.POSITIVE_INFINITY;
    return this.#pacer.dueInMs(now);
  }

  /** The message that brings the client up to date, or null when it is. */
  takeFrame(): Uint8Array | null {
    this.#pacer.sent(this.#options.elapsed());
    const frame = this.#differ?.diff() ?? null;
    if (frame === null) return null;
    this.#sent += 1;
    // One sequence per channel, also across the runs it shows.
    return encodeFrameMessage(this.channel, { ...frame, seq: this.#sent });
  }

  acknowledge(seq: number): void {
    this.#acked = Math.min(this.#sent, Math.max(this.#acked, seq));
  }

  close(): void {
    this.#leave();
  }

  #follow(): void {
    const run = this.#run;
    if (run === null || this.#visibility === PaneVisibility.hidden) return;
    this.#pacer.restart();
    this.#unfollow = run.onDamage(() => this.#changed(run));
    this.#changed(run);
  }

  #changed(run: Run): void {
    const synchronized = (run.engine.modes & PaneMode.synchronized) !== 0;
    const now = this.#pacer.changed(this.#options.elapsed(), synchronized);
    this.#options.changed(this, now);
    if (run.exit === null || this.#endTold) return;
    this.#endTold = true;
    this.#options.ended(this, run.exit);
  }

  #leave(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.#differ?.close();
    this.#differ = null;
    this.#run = null;
  }
}
