// One run: a program in a PTY, from its start (or adoption) to its end. Its parts: what it shows is in `run-screen.ts`, what
// is typed into it in `run-typing.ts`, what it is doing in `run-status.ts`, how large it is in `run-size.ts`.
import type { AgentSignal } from '../../agents/agent.ts';
import type { RunId, SessionId } from '../../domain/ids.ts';
import type { Status } from '../../domain/status.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Damage } from '../../terminal/damage.ts';
import type { VtEngine } from '../../terminal/engine.ts';
import type { HolderLink } from '../holder/link.ts';
import { type FollowedSources, followSources, type Positions } from '../signals/signal-sources.ts';
import type { Feed, FeedSource } from './feed.ts';
import type { OutputLog } from './output-log.ts';
import { lookAt, screenDigest } from './question.ts';
import { QuietTimer } from './quiet-timer.ts';
import type { PendingReply } from './run-pipe.ts';
import { RunScreen } from './run-screen.ts';
import { RunSize, type Size } from './run-size.ts';
import { type RunState, RunStateFile } from './run-state.ts';
import { RunStatus } from './run-status.ts';
import { RunTyping } from './run-typing.ts';
import type { Run, RunExit, RunListener, RunSpec } from './runs.ts';
import type { Receipt } from './submission.ts';
import { TaskRun } from './task-run.ts';

const checkpointQuietMs = 2000;

/** Where the run's program is: null once it is gone. */
export interface Port {
  link: HolderLink;
  pty: number;
  pid: number;
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
  /** See `RunStatus`. */
  watchdogMinutes: number;
}

export class PtyRun implements Run {
  readonly id: RunId;
  readonly session: SessionId;
  readonly #parts: PtyRunParts;
  readonly #state: RunStateFile;
  readonly #status: RunStatus;
  readonly #typing: RunTyping;
  readonly #size: RunSize;
  readonly #quiet: QuietTimer;
  #screen: RunScreen | null = null;
  #port: Port | null = null;
  #title: string;
  #stopped: boolean;
  #exit: RunExit | null;
  /** The program has ended; its last output is being taken. */
  #ending: { exit: RunExit; lost: string | null } | null = null;
  #finished: Promise<void> | null = null;
  readonly #task: TaskRun | null;
  #sources: FollowedSources | null = null;

  constructor(parts: PtyRunParts) {
    const { spec, state, clock } = parts;
    this.id = spec.id;
    this.session = spec.session;
    this.#parts = parts;
    this.#title = state?.title ?? '';
    this.#stopped = state?.stopped ?? false;
    this.#exit = state?.exit ?? null;
    this.#state = new RunStateFile(parts.directory, () => this.#snapshotState());
    this.#status = new RunStatus({
      agent: spec.agent,
      clock,
      memory: state === null ? undefined : { status: state.status, history: state.history },
      look: () => lookAt(this.engine),
      scrolled: () => this.engine.scrolled,
      changed: (status) => this.#statusChanged(status),
      learned: (fact) => parts.listener.learned?.(this, fact),
      resumes: spec.resumes === true,
      task: spec.task === true,
      watchdogMinutes: parts.watchdogMinutes,
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
    this.#typing = new RunTyping({
      agent: spec.agent,
      prompt: spec.paste,
      prompted: state?.pasted ?? false,
      elapsed: clock.elapsed,
      engine: () => this.engine,
      status: () => this.status,
      hasProgram: () => this.#port !== null,
      send: (bytes) => this.#port?.link.write(this.#port.pty, bytes),
      typed: (submitted, interrupt) => this.#status.signal({ kind: 'input', submitted, interrupt }),
      prompting: () => this.#state.save(),
    });
    this.#size = new RunSize(
      () => this.engine,
      (size) => this.#applySize(size),
    );
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
  /** Somebody looks at it. */
  get followed(): boolean {
    return this.#screen?.pipe.followed ?? false;
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
    return this.#open.watch();
  }

  screenDigest(): string {
    return screenDigest(this.engine.screenText());
  }

  write(bytes: Uint8Array): boolean {
    return this.#typing.write(bytes);
  }

  paste(text: string, submit: boolean): boolean {
    return this.#typing.paste(text, submit);
  }

  ready(): Promise<void> {
    return this.#typing.ready();
  }

  submit(text: string): Promise<Receipt> {
    return this.#typing.submit(text);
  }

  answer(digit: string, digest: string): void {
    // What has arrived belongs to the screen the answer is compared with.
    this.#open.pipe.drain();
    this.#typing.answer(digit, digest);
  }

  resize(cols: number, rows: number): void {
    if (this.#exit === null) this.#size.want({ cols, rows });
  }

  seen(): void {
    this.#status.seen();
  }

  pause(paused: boolean): void {
    if (this.#port === null || this.#exit !== null) return;
    this.#port.link.signal(this.#port.pty, paused ? 'SIGSTOP' : 'SIGCONT');
    this.#status.pause(paused);
  }

  end(): void {
    if (this.#port === null || this.#exit !== null) return;
    this.#stopped = true;
    void this.#state.save();
    this.#port.link.end(this.#port.pty);
  }

  onDamage(call: () => void): () => void {
    return this.#open.follow(call);
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
    this.#screen = new RunScreen({
      engine,
      output,
      offset,
      replies,
      feed: this.#parts.feed,
      elapsed: this.#parts.clock.elapsed,
      draw: this.draw,
      parsed: () => this.#parsed(),
      missing: (from, to) => this.#parts.serverLog.error('output is missing', { run: this.id, from, to }),
    });
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
    this.#open.pipe.connect(port.link, port.pty);
    this.#status.pause(this.#parts.spec.paused === true);
    this.#status.look();
    this.#typing.begin(this.#open.pipe.parsed > 0);
  }

  /** The first size, or the one an adopted program has. */
  adoptSize(cols: number, rows: number): void {
    if (this.engine.cols === cols && this.engine.rows === rows) return;
    this.#open.pipe.resize(cols, rows);
  }

  /** Output of the holder; `bytes` are only lent. */
  take(offset: number, bytes: Buffer): void {
    this.#screen?.pipe.take(offset, bytes);
  }

  refused(): void {
    this.#typing.refused();
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
    this.#screen?.stop();
    this.#port = null;
    await this.#finished;
    await this.#state.flush();
    await this.#screen?.close();
  }

  /** After `close`: the log and the screen too. */
  async remove(): Promise<void> {
    await this.#screen?.output.remove();
  }

  logProgressed(): void {
    this.#screen?.pipe.logProgressed();
    this.#finishWhenTaken();
  }

  get #open(): RunScreen {
    if (this.#screen === null) throw new Error(`run ${this.id} has no screen yet`);
    return this.#screen;
  }

  #parsed(): void {
    this.#status.output();
    this.#typing.output();
    this.#sources?.look();
    this.#quiet.touch();
    this.#open.tell();
  }

  #statusChanged(status: Status): void {
    // Not while the screen is rebuilt: the state would claim to know less output than it does.
    if (this.#screen !== null) void this.#state.save();
    this.#parts.listener.status(this, status);
    this.#typing.statusChanged(status);
  }

  #snapshotState(): RunState {
    return {
      version: 1,
      offset: this.#screen?.pipe.parsed ?? 0,
      title: this.#title,
      ...this.#status.memory(),
      positions: this.#sources?.positions ?? this.#parts.state?.positions ?? this.#parts.positions,
      stopped: this.#stopped,
      pasted: this.#typing.prompted,
      exit: this.#exit,
    };
  }

  #applySize({ cols, rows }: Size): void {
    this.#open.pipe.resize(cols, rows);
    this.#status.resized();
    this.#port?.link.resize(this.#port.pty, cols, rows);
    this.#parts.listener.resized(this, cols, rows);
    this.#open.tell();
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
    this.#open.tell();
    // Collected only when it is known here for good: until then the holder tells it again to every server.
    await this.#state.save();
    await this.#open.output.end();
    if (port !== null) port.link.collect(port.pty);
  }

  #stopTimers(): void {
    this.#status.stop();
    this.#typing.stop();
    this.#quiet.stop();
    this.#size.stop();
  }
}
