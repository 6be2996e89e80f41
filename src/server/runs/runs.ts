// Runs: programs in PTYs, each with its emulated screen, its output log and its status. This file is the interface the
// rest of the server uses.
import type { Agent, Fact, SignalSource } from '../../agents/agent.ts';
import type { AgentEvent } from '../../domain/agent-event.ts';
import type { Failure } from '../../domain/failure.ts';
import type { RunId, SessionId } from '../../domain/ids.ts';
import type { Status } from '../../domain/status.ts';
import type { Damage } from '../../terminal/damage.ts';
import type { VtEngine } from '../../terminal/engine.ts';
import type { Receipt } from './submission.ts';

export interface RunSpec {
  id: RunId;
  session: SessionId;
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  cols: number;
  rows: number;
  scrollback: number;
  /** The agent whose detector and question rules apply; null for a plain program or a setup command. */
  agent: Agent | null;
  /** Text pasted and submitted once the program is quiet and ready; null for none. */
  paste: string | null;
  /** Followed while the run lives. */
  sources?: readonly SignalSource[];
  /** The program was told to go on with an earlier conversation. */
  resumes?: boolean;
  /** The agent runs in task mode: its output is read as events and shown as a transcript. Needs `agent.task`. */
  task?: boolean;
  /** Of an adopted task: its events up to this offset of the output are known. */
  heardTo?: number;
  /** Of an adopted run: its program was stopped for a while. */
  paused?: boolean;
}

/** `signal` is the number of the signal that ended it, null when none did. */
export interface RunExit {
  code: number | null;
  signal: number | null;
}

/** Told in order. The owner turns these into events. */
export interface RunListener {
  status(run: Run, status: Status): void;
  notified(run: Run, text: string): void;
  clipboard(run: Run, text: string): void;
  resized(run: Run, cols: number, rows: number): void;
  /** After the last byte of output has been parsed and logged. */
  exited(run: Run, exit: RunExit): void;
  /** A signal taught something besides status. May be told again after a restart of the server. */
  learned?(run: Run, fact: Fact): void;
  /** What a task says and does, once each. */
  agentEvent?(run: Run, event: AgentEvent, offset: number): void;
  /** Something is wrong that does not end the run: its output cannot be kept. Told once, until it is mended. */
  troubled?(run: Run, failure: Failure): void;
}

export interface Run {
  readonly id: RunId;
  readonly session: SessionId;
  /** Null once it has ended. */
  readonly pid: number | null;
  /** How it ended, once it has; both null when nobody saw it end. */
  readonly exit: RunExit | null;
  readonly engine: VtEngine;
  /** Which rows have changed, for one more viewer: the only way to ask the engine for them. Close it after use. */
  watch(): Damage;
  readonly title: string;
  readonly status: Status;
  readonly statusHistory: readonly Status[];
  /** Digest of the screen's text, for answers bound to what was seen. */
  screenDigest(): string;
  /** False when the program does not read and its queue (16 MiB) is full. */
  write(bytes: Uint8Array): boolean;
  /** As a user would paste: bracketed where the program asked for it, then enter when `submit`. */
  paste(text: string, submit: boolean): boolean;
  /** Resolves once a text may be submitted to a program that says when it is ready: at once when it is not starting. */
  ready(): Promise<void>;
  /** Pastes and presses enter, then watches for a sign that the program took it, at most 3 s. */
  submit(text: string): Promise<Receipt>;
  /** Types the agent's bytes for this digit. Throws a Failure when the digest is stale or the digit is no choice. */
  answer(digit: string, digest: string): void;
  /** Coalesced: at most one resize reaches the program per 50 ms, the last one always. */
  resize(cols: number, rows: number): void;
  /** `done` becomes `idle`. */
  seen(): void;
  /** Stops the program for a while, or lets it go on. */
  pause(paused: boolean): void;
  end(): void;
  /**
   * Called after the screen changed, at most once per parsed piece, and once more when the run has ended; returns how
   * to stop. A run somebody follows is parsed before the others.
   */
  onDamage(call: () => void): () => void;
  /** Raw output from `from` (or the oldest kept), then live. Ends with the run or the signal. */
  output(from: number | null, signal: AbortSignal): AsyncIterable<{ offset: number; bytes: Uint8Array }>;
}

export interface Runs {
  start(spec: RunSpec): Promise<Run>;
  /**
   * Finds again what the holder kept, after a server restart: `known` says how each run was started. Runs that ended
   * meanwhile are reported as exited after their last output was taken; runs the holder does not know (reboot, holder
   * lost) come back as ended, with their last screen from the log.
   */
  adopt(known: ReadonlyArray<Omit<RunSpec, 'argv' | 'cwd' | 'env'>>): Promise<void>;
  /** The session's newest run. */
  get(session: SessionId): Run | null;
  /** Called with each run that starts, so that a pane can follow its session; returns how to stop. */
  onStarted(call: (run: Run) => void): () => void;
  /** Forget the run and delete its output log. */
  forget(session: SessionId): Promise<void>;
  /** Marks the run whose parsing goes first: the one the user looks at or types into. */
  focus(session: SessionId): void;
  /** Milliseconds since somebody typed into a run; infinity when nobody has. */
  readonly sinceTypedMs: number;
  /** Milliseconds since output of a run that somebody looks at was parsed, but for echoes; infinity when none was. */
  readonly sinceShownMs: number;
  programPids(): number[];
  holderPid(): number | null;
  /** Ends every program and the holder. For good: what is started afterwards fails with `server-stopping`. */
  shutdownHolder(): Promise<void>;
  close(): Promise<void>;
}
