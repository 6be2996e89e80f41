// Runs on the holder: starts programs, finds them again after a restart, hands on what the holder says.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, toFailureBody } from '../../domain/failure.ts';
import type { RunId, SessionId } from '../../domain/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import { ensureDirectory, exists, fileFailure } from '../../platform/files.ts';
import type { Log } from '../../platform/log.ts';
import type { Paths } from '../../platform/paths.ts';
import { type HolderPty, HolderRingBytes } from '../../protocol/holder.ts';
import type { CreateEngine } from '../../terminal/engine.ts';
import { connectHolder } from '../holder/connect.ts';
import type { HolderLink, HolderListener } from '../holder/link.ts';
import { presentPositions } from '../signals/present-positions.ts';
import type { Positions } from '../signals/signal-sources.ts';
import { Feed } from './feed.ts';
import { adoptOutput, type KeptOutput } from './log-files.ts';
import { OutputLog } from './output-log.ts';
import { ProgramEar } from './program-ear.ts';
import { type Port, PtyRun } from './pty-run.ts';
import { rebuildEngine } from './rebuild.ts';
import { readRunState } from './run-state.ts';
import type { Run, RunExit, RunListener, RunSpec, Runs } from './runs.ts';

export interface OpenRuns {
  paths: Paths;
  /** Starts a holder process: program and arguments. */
  holderCommand: readonly string[];
  createEngine: CreateEngine;
  clock: Clock;
  log: Log;
  listener: RunListener;
  /** Minutes without a sign of life until a working agent is said to hang; 0 for never. */
  watchdogMinutes: number;
}

type KnownRun = Omit<RunSpec, 'argv' | 'cwd' | 'env'>;

/** Touches the disk and the holder only when a run is started or adopted. */
export function openRuns(options: OpenRuns): Runs {
  return new PtyRuns(options);
}

class PtyRuns implements Runs {
  readonly #options: OpenRuns;
  readonly #feed: Feed;
  readonly #bySession = new Map<SessionId, PtyRun>();
  readonly #byPty = new Map<number, PtyRun>();
  readonly #started = new Set<(run: Run) => void>();
  #link: Promise<HolderLink> | null = null;
  #holder: HolderLink | null = null;
  /** The holder was ended on purpose: no other one is started. */
  #isOver = false;
  /** PTYs nobody knows: their programs go on, and are ended with the holder. */
  #strangers: HolderPty[] = [];
  /** Runs given up while their program still ran: what it says is thrown away until it has ended. */
  readonly #abandoned = new Set<number>();
  /** Ends told before it was known whose they are. */
  readonly #unclaimed = new Map<number, RunExit>();

  constructor(options: OpenRuns) {
    this.#options = { ...options, listener: guarded(options.listener, options.log) };
    this.#feed = new Feed(options.clock.elapsed, () => this.#isWatched);
  }

  async start(spec: RunSpec): Promise<Run> {
    const directory = this.#directory(spec.id);
    await ensureDirectory(this.#options.paths.output);
    const positions = await presentPositions(spec.sources ?? []);
    const link = await this.#connect();
    const { run, ear } = this.#prepare(spec, directory, null, positions);
    const output = this.#openLog(run, directory, null);
    output.resized({ offset: 0, cols: spec.cols, rows: spec.rows });
    const { cols, rows, scrollback, argv, cwd, env } = spec;
    const engine = this.#options.createEngine({ cols, rows, scrollback, listener: ear });
    run.open(engine, output, 0, []);
    ear.mode = { kind: 'live' };
    let port: { pty: number; pid: number };
    try {
      port = await link.spawn({ name: spec.id, argv, cwd, env, cols, rows });
    } catch (error) {
      await run.close();
      await run.remove();
      throw error;
    }
    const before = this.#bySession.get(spec.session);
    this.#bySession.set(spec.session, run);
    this.#attach(run, { link, ...port });
    for (const call of this.#started) call(run);
    if (before !== undefined) await this.#replace(before);
    return run;
  }

  async adopt(known: readonly KnownRun[]): Promise<void> {
    // After a reboot there is none, and none is started for what has ended.
    const link = (await exists(this.#options.paths.holderSocket)) ? await this.#connect() : null;
    const held = (await link?.list()) ?? [];
    const byName = new Map(held.map((pty) => [pty.name, pty]));
    for (const spec of known) {
      try {
        await this.#adoptOne(spec, link, byName.get(spec.id) ?? null);
      } catch (error) {
        // One run that cannot be found again must not take the others with it. Its program goes on.
        this.#options.log.error('a run could not be adopted', { run: spec.id, reason: toFailureBody(error).message });
      }
    }
    this.#strangers = held.filter(({ pty }) => !this.#byPty.has(pty));
    for (const { name, pid } of this.#strangers)
      this.#options.log.error('the holder has an unknown run', { name, pid });
  }

  get(session: SessionId): Run | null {
    return this.#bySession.get(session) ?? null;
  }

  onStarted(call: (run: Run) => void): () => void {
    const entry = (run: Run): void => call(run);
    this.#started.add(entry);
    return () => this.#started.delete(entry);
  }

  async forget(session: SessionId): Promise<void> {
    const run = this.#bySession.get(session);
    this.#bySession.delete(session);
    if (run !== undefined) await this.#abandon(run);
    await this.#removeLogs(session, () => true);
  }

  get sinceTypedMs(): number {
    return this.#feed.sinceKeyMs;
  }

  get sinceShownMs(): number {
    return this.#feed.sinceShownMs;
  }

  focus(session: SessionId): void {
    this.#feed.focus(this.#bySession.get(session)?.feedSource ?? null);
  }

  get #isWatched(): boolean {
    for (const run of this.#byPty.values()) if (run.followed) return true;
    return false;
  }

  programPids(): number[] {
    const pids = [...this.#byPty.values()].flatMap(({ pid }) => (pid === null ? [] : [pid]));
    return [...pids, ...this.#strangers.flatMap(({ pid, exit }) => (exit === null ? [pid] : []))];
  }

  holderPid(): number | null {
    return this.#holder?.pid ?? null;
  }

  async shutdownHolder(): Promise<void> {
    this.#isOver = true;
    // One that is just being started is ended too.
    const link = await this.#link?.catch(() => null);
    if (link === null || link === undefined) return;
    const runs = [...this.#byPty.values()];
    for (const run of runs) run.end();
    await link.shutdown();
    this.#holder = null;
    this.#link = null;
    // A holder that goes tells no more: how each of them ended is not known, that the user wanted it is.
    for (const run of runs) run.ended({ code: null, signal: null });
  }

  async close(): Promise<void> {
    const link = this.#holder;
    this.#holder = null;
    this.#link = null;
    const runs = [...this.#bySession.values()];
    await Promise.all(runs.map((run) => run.close()));
    link?.close();
    this.#bySession.clear();
    this.#byPty.clear();
  }

  async #connect(): Promise<HolderLink> {
    if (this.#isOver) {
      throw new Failure({
        code: 'server-stopping',
        message: 'the server is stopping and ends every program',
        remedy: 'try again when it has stopped: the next command starts another one',
      });
    }
    this.#link ??= this.#openLink().catch((error: unknown) => {
      this.#link = null;
      throw error;
    });
    return this.#link;
  }

  async #openLink(): Promise<HolderLink> {
    const { paths, holderCommand, log } = this.#options;
    const listener: HolderListener = {
      output: (pty, offset, bytes) => {
        const run = this.#byPty.get(pty);
        if (run !== undefined) run.take(offset, bytes);
        else if (this.#abandoned.has(pty)) this.#holder?.ack(pty, offset + bytes.length, HolderRingBytes);
      },
      exited: (pty, { code, signal }) => {
        const exit = signal === 0 ? { code, signal: null } : { code: null, signal };
        const run = this.#byPty.get(pty);
        if (run !== undefined) run.ended(exit);
        else if (this.#abandoned.delete(pty)) this.#holder?.collect(pty);
        else this.#unclaimed.set(pty, exit);
      },
      refused: (pty) => this.#byPty.get(pty)?.refused(),
      lost: (reason) => this.#lost(reason),
    };
    this.#holder = await connectHolder({ paths, command: holderCommand, listener, log });
    return this.#holder;
  }

  /** Every program went with it. The next start begins with a new holder. */
  #lost(reason: string): void {
    if (this.#holder === null) return;
    this.#options.log.error('the holder is gone', { reason });
    this.#holder = null;
    this.#link = null;
    const runs = [...this.#byPty.values()];
    this.#byPty.clear();
    this.#abandoned.clear();
    this.#unclaimed.clear();
    this.#strangers = [];
    for (const run of runs) run.lost(`the process that holds the terminals is gone: ${reason}`);
  }

  async #adoptOne(spec: KnownRun, link: HolderLink | null, held: HolderPty | null): Promise<void> {
    const directory = this.#directory(spec.id);
    const kept = await adoptOutput(directory);
    const state = await readRunState(directory);
    const { run, ear } = this.#prepare(spec, directory, state);
    const output = this.#openLog(run, directory, kept);
    const size = { cols: held?.cols ?? spec.cols, rows: held?.rows ?? spec.rows };
    const create = (cols: number, rows: number) =>
      this.#options.createEngine({ cols, rows, scrollback: spec.scrollback, listener: ear });
    const answeredTo = held?.start ?? Number.POSITIVE_INFINITY;
    const knownTo = state?.offset ?? 0;
    const before = (end: number | null): void => {
      ear.mode =
        end === null
          ? { kind: 'deaf' }
          : { kind: 'replay', offset: end, answered: end <= answeredTo, known: end <= knownTo };
    };
    const engine =
      kept === null
        ? create(size.cols, size.rows)
        : await rebuildEngine({
            directory,
            kept,
            log: output,
            size,
            create,
            before,
            draw: run.draw,
            cuts: [answeredTo, knownTo],
          });
    run.open(engine, output, kept?.end ?? 0, ear.replies);
    ear.mode = { kind: 'live' };
    this.#bySession.set(spec.session, run);
    if (run.exit !== null) {
      run.drawEnd();
      if (held !== null) link?.collect(held.pty);
      await output.end();
      return;
    }
    if (held === null || link === null)
      return run.lost('the process that held the terminal is gone; was the machine restarted?');
    run.adoptSize(size.cols, size.rows);
    this.#attach(run, { link, pty: held.pty, pid: held.pid });
  }

  #attach(run: PtyRun, port: Port): void {
    this.#byPty.set(port.pty, run);
    run.connect(port);
    const exit = this.#unclaimed.get(port.pty);
    this.#unclaimed.delete(port.pty);
    if (exit !== undefined) run.ended(exit);
  }

  /** Ends the program without waiting for it. */
  async #abandon(run: PtyRun): Promise<void> {
    const { pty } = run;
    if (pty !== null) {
      run.end();
      this.#byPty.delete(pty);
      this.#abandoned.add(pty);
      this.#holder?.ack(pty, run.received, HolderRingBytes);
    }
    await run.close();
  }

  #prepare(
    spec: KnownRun,
    directory: string,
    state: Awaited<ReturnType<typeof readRunState>>,
    positions: Positions = {},
  ) {
    const { clock, listener, log: serverLog } = this.#options;
    const run = new PtyRun({
      spec,
      directory,
      clock,
      serverLog,
      listener,
      ended: () => {
        for (const [pty, other] of this.#byPty) if (other === run) this.#byPty.delete(pty);
      },
      feed: this.#feed,
      state,
      positions,
      watchdogMinutes: this.#options.watchdogMinutes,
    });
    return { run, ear: new ProgramEar(run, listener, clock) };
  }

  #openLog(run: PtyRun, directory: string, kept: KeptOutput | null): OutputLog {
    return new OutputLog(
      {
        directory,
        onProgress: () => run.logProgressed(),
        onBroken: (error) => {
          const failure = fileFailure(error, 'keep the output of a program in', directory);
          this.#options.log.error(failure.message, { run: run.id });
          this.#options.listener.troubled?.(run, failure);
        },
      },
      kept,
    );
  }

  /** The last one before it stays on disk, so that what it said can be looked up. */
  async #replace(before: PtyRun): Promise<void> {
    await this.#abandon(before);
    await this.#removeLogs(before.session, (number) => number < numberOf(before.id));
  }

  async #removeLogs(session: SessionId, which: (number: number) => boolean): Promise<void> {
    const names = await readdir(this.#options.paths.output).catch(() => []);
    for (const name of names) {
      if (!name.startsWith(`${session}-`) || !which(numberOf(name))) continue;
      await rm(join(this.#options.paths.output, name), { recursive: true, force: true });
    }
  }

  #directory(run: RunId): string {
    return join(this.#options.paths.output, run);
  }
}

/** A listener that throws (its disk is full) must not stop the output of all programs. */
function guarded(listener: RunListener, log: Log): RunListener {
  const guard = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      log.error('an event of a run was lost', { reason: toFailureBody(error).message });
    }
  };
  return {
    status: (run, status) => guard(() => listener.status(run, status)),
    notified: (run, text) => guard(() => listener.notified(run, text)),
    clipboard: (run, text) => guard(() => listener.clipboard(run, text)),
    resized: (run, cols, rows) => guard(() => listener.resized(run, cols, rows)),
    exited: (run, exit) => guard(() => listener.exited(run, exit)),
    learned: (run, fact) => guard(() => listener.learned?.(run, fact)),
    agentEvent: (run, event, offset) => guard(() => listener.agentEvent?.(run, event, offset)),
    troubled: (run, failure) => guard(() => listener.troubled?.(run, failure)),
  };
}

function numberOf(run: string): number {
  return Number(run.slice(run.lastIndexOf('-') + 1));
}
