// One run: a program in a PTY, its screen, its status, and what users and scripts do to it. How its output travels is
// in `run-pipe.ts`.
import type { AgentSignal, Fact } from '../../agents/agent.ts';
import { Failure } from '../../domain/failure.ts';
import type { RunId, SessionId } from '../../domain/ids.ts';
import type { Status } from '../../domain/status.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { type Damage, DamageTracker } from '../../terminal/damage.ts';
import type { VtEngine } from '../../terminal/engine.ts';
import type { HolderLink } from '../holder/link.ts';
import { type FollowedSources, followSources, type Positions } from '../signals/signal-sources.ts';
import type { Feed, FeedSource } from './feed.ts';
import type { OutputLog } from './output-log.ts';
import { chooseAnswer, screenDigest } from './question.ts';
import { QuietTimer } from './quiet-timer.ts';
import { RunInput } from './run-input.ts';
import { type PendingReply, RunPipe } from './run-pipe.ts';
import { type RunState, RunStateFile } from './run-state.ts';
import { RunStatus } from './run-status.ts';
import type { Run, RunExit, RunListener, RunSpec } from './runs.ts';
import { type Receipt, Submission } from './submission.ts';
import { TaskRun } from './task-run.ts';

const resizeEveryMs = 50;
const checkpointQuietMs = 2000;

/** Where the run's program is: null once it is gone. */
export interface Port {
  link: HolderLink;
  pty: number;
  pid: number;
}

interface Screen {
  engine: VtEngine;
  output: OutputLog;
  pipe: RunPipe;
  damage: DamageTracker;
}

export interface PtyRunParts {
  spec: Omit<RunSpec, 'argv' | 'cwd' | 'env'>;
  directory: string;
  clock: Clock;
  serverLog: Log;
  listener: RunListener;
  /** Before the listener is told of the end. */
  ended(): void;
  feed: Feed;
  state: RunState | null;
  /** How far its sources are known where there is no state yet. */
  positions: Positions;
}

export class PtyRun implements Run {
  readonly id: RunId;
  readonly session: SessionId;
  readonly #parts: PtyRunParts;
  readonly #state: RunStateFile;
  readonly #status: RunStatus;
  readonly #input: RunInput;
  readonly #quiet: QuietTimer;
  readonly #damage = new Set<() => void>();
  #screen: Screen | null = null;
  #port: Port | null = null;
  #title: string;
  #stopped: boolean;
  #pasted: boolean;
  #exit: RunExit | null;
  /** The program has ended; its last output is being taken. */
  #ending: { exit: RunExit; lost: string | null } | null = null;
  #finished: Promise<void> | null = null;
  readonly #task: TaskRun | null;
  #sources: FollowedSources | null = null;
  #submission: Submission | null = null;

  #wantedSize: { cols: number; rows: number } | null = null;
  #resizeTimer: NodeJS.Timeout | null = null;

  constructor(parts: PtyRunParts) {
    const { spec, state, clock } = parts;
    this.id = spec.id;
    this.session = spec.session;
    this.#parts = parts;
    this.#title = state?.title ?? '';
    this.#stopped = state?.stopped ?? false;
    this.#pasted = state?.pasted ?? spec.paste === null;
    this.#exit = state?.exit ?? null;
    this.#state = new RunStateFile(parts.directory, () => this.#snapshotState());
    this.#status = new RunStatus({
      agent: spec.agent,
      clock,
      memory: state === null ? undefined : { status: state.status, history: state.history },
      screenRows: () => this.engine.screenText(),
      changed: (status) => this.#statusChanged(status),
      learned: (fact) => this.#learned(fact),
      task: spec.task === true,
    });
    this.#task =
      spec.task === true && spec.agent?.task != null
        ? new TaskRun({
            task: spec.agent.task,
            heardTo: spec.heardTo ?? -1,
            knownTo: state?.offset ?? -1,
            event: (event, offset) => parts.listener.agentEvent?.(this, event, offset),
            conclude: (change) => this.#status.conclude(change),
          })
        : null;
    this.#input = new RunInput({
      elapsed: clock.elapsed,
      settleMs: spec.agent?.submit.settleMs ?? 0,
      saysReady: spec.agent?.submit.saysReady ?? false,
      modes: () => this.engine.modes,
      send: (bytes) => this.#port?.link.write(this.#port.pty, bytes),
      typed: (submitted, interrupt) => this.#status.signal({ kind: 'input', submitted, interrupt }),
    });
    this.#quiet = new QuietTimer(checkpointQuietMs, clock.elapsed, () => this.#screen?.pipe.checkpoint());
  }

  // What others see.

  get engine(): VtEngine {
    return this.#open.engine;
  }
  get pid(): number | null {
    return this.#exit === null ? (this.#port?.pid ?? null) : null;
  }
  get pty(): number | null {
    return this.#port?.pty ?? null;
  }
  /** Absolute offset after the last byte the holder has sent. */
  get received(): number {
    return this.#open.pipe.received;
  }
  get feedSource(): FeedSource {
    return this.#open.pipe;
  }
  get exit(): RunExit | null {
    return this.#exit;
  }
  get title(): string {
    return this.#title;
  }
  set title(text: string) {
    this.#title = text;
  }
  get status(): Status {
    return this.#status.status;
  }
  get statusHistory(): readonly Status[] {
    return this.#status.history;
  }

  watch(): Damage {
    return this.#open.damage.watch();
  }

  screenDigest(): string {
    return screenDigest(this.engine.screenText());
  }

  write(bytes: Uint8Array): boolean {
    return this.#port !== null && this.#input.write(bytes);
  }

  paste(text: string, submit: boolean): boolean {
    return this.#port !== null && this.#input.paste(text, submit);
  }

  submit(text: string): Promise<Receipt> {
    const submission = new Submission({
      text,
      screen: () => ({ rows: this.engine.screenText(), cursorRow: this.engine.cursorY }),
      status: () => this.status,
      again: this.#parts.spec.agent?.submit.retry === true ? () => this.#input.enter() : undefined,
    });
    // What is still under way is not confirmed any more: its screen is another one's now.
    this.#submission?.end('typed');
    this.#submission = submission;
    const taken = this.#port !== null && this.#input.paste(text, true, () => submission.entering());
    if (!taken) submission.end('refused');
    return submission.receipt;
  }

  answer(digit: string, digest: string): void {
    // What has arrived belongs to the screen the answer is compared with.
    this.#open.pipe.drain();
    const { agent } = this.#parts.spec;
    const answer = chooseAnswer(agent, this.status, this.engine.screenText(), digit, digest);
    if (!this.#input.write(Buffer.from(answer))) {
      throw new Failure({
        code: 'input-refused',
        message: 'the program does not read its input',
        remedy: 'try again, or stop the session',
      });
    }
    this.#status.signal({ kind: 'input', submitted: true });
  }

  resize(cols: number, rows: number): void {
    this.#wantedSize = { cols, rows };
    if (this.#resizeTimer === null) this.#applySize();
  }

  seen(): void {
    this.#status.seen();
  }

  end(): void {
    if (this.#port === null || this.#exit !== null) return;
    this.#stopped = true;
    void this.#state.save();
    this.#port.link.end(this.#port.pty);
  }

  onDamage(call: () => void): () => void {
    // Each its own entry, also when the same function is given twice.
    const entry = (): void => call();
    this.#damage.add(entry);
    this.#open.pipe.advance();
    return () => {
      this.#damage.delete(entry);
      this.#open.pipe.advance();
    };
  }

  output(from: number | null, signal: AbortSignal): AsyncIterable<{ offset: number; bytes: Uint8Array }> {
    const { output } = this.#open;
    return output.read(from ?? output.start, signal);
  }

  // Life.

  /** An answer of the emulator to the program. */
  reply(bytes: Uint8Array): void {
    this.#open.pipe.reply(bytes);
  }

  /** What the program says of itself. `learn`: an earlier server has drawn its conclusions from it. */
  hear(signal: AgentSignal, learn: boolean): void {
    if (learn) this.#status.learn(signal);
    else this.#status.signal(signal);
  }

  /** The screen is there, as it is after `offset` bytes of output. */
  open(engine: VtEngine, output: OutputLog, offset: number, replies: PendingReply[]): void {
    const pipe = new RunPipe({
      engine,
      output,
      offset,
      replies,
      feed: this.#parts.feed,
      elapsed: this.#parts.clock.elapsed,
      followed: () => this.#damage.size > 0,
      draw: this.draw,
      parsed: () => this.#parsed(),
      missing: (from, to) => this.#parts.serverLog.error('output is missing', { run: this.id, from, to }),
    });
    this.#screen = { engine, output, pipe, damage: new DamageTracker(engine) };
  }

  /** What the emulator is given for a piece of output that ends at `end`; undefined: the piece itself. */
  get draw(): ((bytes: Uint8Array, end: number) => Uint8Array) | undefined {
    const task = this.#task;
    return task === null ? undefined : (bytes, end) => task.draw(bytes, end);
  }

  /** Of a run that had ended before: what was drawn at its end is drawn again. */
  drawEnd(): void {
    if (this.#exit !== null && this.#task !== null) {
      this.engine.feed(this.#task.end(this.#exit, this.#open.pipe.parsed, this.#stopped));
    }
  }

  /** The program runs: begins the flow. */
  connect(port: Port): void {
    this.#port = port;
    this.#sources = followSources({
      sources: this.#parts.spec.sources ?? [],
      positions: this.#parts.state?.positions ?? this.#parts.positions,
      signal: (signal, known) => this.hear(signal, known),
      log: this.#parts.serverLog,
    });
    const { spec } = this.#parts;
    this.#open.pipe.connect(port.link, port.pty);
    this.#status.look();
    if (this.#pasted || spec.paste === null) return;
    const { paste } = spec;
    this.#input.whenReady(() => {
      this.#pasted = true;
      void this.#state.save().then(() => this.submit(paste));
    });
    if (this.#open.pipe.parsed > 0) this.#input.output();
  }

  /** The first size, or the one an adopted program has. */
  adoptSize(cols: number, rows: number): void {
    if (this.engine.cols === cols && this.engine.rows === rows) return;
    this.#open.pipe.resize(cols, rows);
  }

  /** Output of the holder; `bytes` are only lent. */
  take(offset: number, bytes: Uint8Array): void {
    this.#screen?.pipe.take(offset, bytes);
  }

  refused(): void {
    this.#input.refused();
  }

  /** The program ended; all its output has been taken. */
  ended(exit: RunExit): void {
    this.#ending ??= { exit, lost: null };
    this.#finishWhenTaken();
  }

  /** Nobody can say how it ended. */
  lost(reason: string): void {
    this.#ending ??= { exit: { code: null, signal: null }, lost: reason };
    this.#port = null;
    this.#screen?.pipe.disconnect();
    this.#finishWhenTaken();
  }

  /** Leaves everything as it is on disk and at the holder. The screen stays for those who still look at it. */
  async close(): Promise<void> {
    this.#stopTimers();
    this.#sources?.close();
    this.#screen?.pipe.close();
    this.#port = null;
    await this.#finished;
    await this.#state.flush();
    await this.#screen?.output.end();
    this.#damage.clear();
  }

  /** After `close`: the log and the screen too. */
  async remove(): Promise<void> {
    await this.#screen?.output.remove();
  }

  logProgressed(): void {
    this.#screen?.pipe.logProgressed();
    this.#finishWhenTaken();
  }

  get #open(): Screen {
    if (this.#screen === null) throw new Error(`run ${this.id} has no screen yet`);
    return this.#screen;
  }

  #parsed(): void {
    this.#input.output();
    this.#status.output();
    this.#quiet.touch();
    this.#submission?.changed();
    this.#tellDamage();
  }

  #statusChanged(status: Status): void {
    // Not while the screen is rebuilt: the state would claim to know less output than it does.
    if (this.#screen !== null) void this.#state.save();
    this.#parts.listener.status(this, status);
    this.#submission?.changed();
    if (status.evidence.signal === 'report' && (status.state === 'idle' || status.state === 'done')) {
      this.#input.beReady();
    }
  }

  #learned(fact: Fact): void {
    this.#parts.listener.learned?.(this, fact);
  }

  #tellDamage(): void {
    for (const call of this.#damage) call();
  }

  #snapshotState(): RunState {
    return {
      version: 1,
      offset: this.#screen?.pipe.parsed ?? 0,
      title: this.#title,
      ...this.#status.memory(),
      positions: this.#sources?.positions ?? this.#parts.state?.positions ?? this.#parts.positions,
      stopped: this.#stopped,
      pasted: this.#pasted,
      exit: this.#exit,
    };
  }

  #applySize(): void {
    const wanted = this.#wantedSize;
    this.#wantedSize = null;
    const same = wanted === null || (wanted.cols === this.engine.cols && wanted.rows === this.engine.rows);
    if (wanted === null || same || this.#exit !== null) return;
    this.#open.pipe.resize(wanted.cols, wanted.rows);
    this.#port?.link.resize(this.#port.pty, wanted.cols, wanted.rows);
    this.#parts.listener.resized(this, wanted.cols, wanted.rows);
    this.#tellDamage();
    this.#resizeTimer = setTimeout(() => {
      this.#resizeTimer = null;
      this.#applySize();
    }, resizeEveryMs);
  }

  #finishWhenTaken(): void {
    if (this.#ending === null || this.#finished !== null) return;
    if (this.#screen === null || !this.#screen.pipe.settled) return;
    this.#finished = this.#finish(this.#ending);
  }

  async #finish({ exit, lost }: { exit: RunExit; lost: string | null }): Promise<void> {
    // What the program wrote just before it ended, in other places than its terminal.
    await this.#sources?.finish();
    const port = this.#port;
    this.#stopTimers();
    this.#exit = exit;
    this.#port = null;
    this.#open.pipe.disconnect();
    this.#open.pipe.checkpoint();
    if (this.#task !== null && lost === null) {
      this.engine.feed(this.#task.end(exit, this.#open.pipe.parsed, this.#stopped));
    }
    if (this.#task?.hasVerdict === true) this.#status.settled();
    else this.#status.exited(exit, lost === null ? { stopped: this.#stopped } : { lost });
    this.#parts.ended();
    this.#parts.listener.exited(this, exit);
    this.#tellDamage();
    // Collected only when it is known here for good: until then the holder tells it again to every server.
    await this.#state.save();
    await this.#open.output.end();
    if (port !== null) port.link.collect(port.pty);
  }

  #stopTimers(): void {
    this.#status.stop();
    this.#input.stop();
    this.#submission?.end('typed');
    this.#quiet.stop();
    if (this.#resizeTimer !== null) clearTimeout(this.#resizeTimer);
    this.#resizeTimer = null;
  }
}
