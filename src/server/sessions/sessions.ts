// Sessions: the verbs of the API over worktrees, agents, runs and events. This file is the interface the API uses.
import type { z } from 'zod';
import type { Usage } from '../../domain/agent-event.ts';
import type { AgentInfo } from '../../domain/agent-info.ts';
import type { DiffSummary, FileDiff } from '../../domain/diff.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { ProjectView } from '../../domain/project.ts';
import type { Session } from '../../domain/session.ts';
import type { ShipResult } from '../../domain/ship.ts';
import type { Status } from '../../domain/status.ts';
import type { BranchView, NewProgram, NewSessions, ScreenText } from '../../protocol/routes.ts';
import type { Discarded } from './discard-session.ts';
import type { ForkRequest } from './fork-session.ts';
import type { BroadcastReceipt, Typed, TypedReceipt } from './pane.ts';
import type { PaneSearch, PaneSearchResult } from './search-pane.ts';

export interface Sessions {
  /** Adopts what the holder kept, compares every row with git, expires old trash. Called once before the API opens. */
  open(): Promise<void>;
  agents(): Promise<AgentInfo[]>;
  inspect(path: string, base: string | undefined): Promise<ProjectView>;
  branches(path: string): Promise<BranchView[]>;
  /** Returns when the rows exist (status `starting`); worktrees and agents follow as events. All or none are created. */
  create(request: z.output<typeof NewSessions>): Promise<Session[]>;
  run(request: z.output<typeof NewProgram>): Promise<Session>;
  list(all: boolean): Session[];
  /** Of all sessions since midnight; null while no agent told anything. */
  usageToday(): Usage | null;
  /** By id, by unique prefix of the title, or by 1-based position in the list. Throws Failures: no-such-session, ambiguous. */
  find(text: string): Session;
  rename(id: SessionId, title: string): Session;
  stop(id: SessionId): Promise<Session>;
  /** Stops the program for a while, or lets it go on. Throws the Failure `not-running`. */
  pause(id: SessionId, paused: boolean): Session;
  resume(id: SessionId, size: { cols: number; rows: number } | null): Promise<Session>;
  /** A new session from where this one stands. Throws the Failure `cannot-fork`. */
  fork(id: SessionId, request: ForkRequest): Promise<Session>;
  archive(id: SessionId): Promise<Session>;
  /**
   * Keeps what git does not ignore (`ignored` is the rest), then runs the project's teardown command (`warning` is how
   * that failed), then removes. The session after it is null when the row had nothing worth keeping and is gone.
   */
  discard(id: SessionId): Promise<Discarded>;
  undo(id: SessionId | null): Promise<{ session: Session | null; undone: string }>;
  seen(id: SessionId): Session;
  screen(id: SessionId, historyLines: number): Promise<ScreenText>;
  /** The next place of a text in the pane's history and screen. */
  search(id: SessionId, search: PaneSearch): Promise<PaneSearchResult>;
  input(id: SessionId, input: Typed): Promise<TypedReceipt>;
  answer(id: SessionId, digit: string, digest: string): void;
  broadcast(ids: readonly SessionId[], text: string): Promise<BroadcastReceipt[]>;
  resize(id: SessionId, cols: number, rows: number): Session;
  why(id: SessionId): { status: Status; history: Status[] };
  diff(id: SessionId): Promise<DiffSummary>;
  fileDiff(id: SessionId, path: string, all: boolean): Promise<FileDiff>;
  patch(id: SessionId): Promise<string>;
  ship(id: SessionId, options: { message: string | undefined; push: boolean }): Promise<ShipResult>;
  close(): Promise<void>;
}
