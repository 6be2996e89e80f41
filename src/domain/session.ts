// Session: one line of work. One agent, one worktree, one branch, one prompt.
import * as z from 'zod';
import { Usage } from './agent-event.ts';
import { AgentMode, PermissionLevel } from './agent-info.ts';
import { DiffStat } from './diff.ts';
import { AgentId, RaceId, RunId, SessionId, Sha } from './ids.ts';
import { IgnoredFiles } from './ignored-files.ts';
import { Project } from './project.ts';
import { ShipState } from './ship.ts';
import { Status } from './status.ts';

export const SetupPhase = z.enum(['worktree', 'files', 'setup', 'bootstrap', 'agent']);
export type SetupPhase = z.infer<typeof SetupPhase>;

/** One phase of bringing a session up. `detail`: what it did, or why it failed. */
export const PhaseLine = z.object({
  phase: SetupPhase,
  state: z.enum(['started', 'done', 'failed', 'skipped']),
  detail: z.string().nullable(),
});
export type PhaseLine = z.infer<typeof PhaseLine>;

/** Something outside sesame changed what the session stands on. The row says so and can be removed. */
export const SessionProblem = z.object({
  kind: z.enum(['worktree-missing', 'branch-missing', 'repository-missing', 'worktree-moved']),
  message: z.string(),
  remedy: z.string(),
});
export type SessionProblem = z.infer<typeof SessionProblem>;

export const Workplace = z.discriminatedUnion('kind', [
  /** A git worktree made by us, on a branch made by us unless `existing`. */
  z.object({
    kind: z.literal('worktree'),
    path: z.string(),
    branch: z.string(),
    base: z.object({ ref: z.string(), sha: Sha }),
    /** The branch is the user's own: it is neither renamed, moved nor deleted by us. */
    existing: z.literal(true).optional(),
  }),
  /** A plain directory: `sesame run`. Nothing in it is ours to remove. */
  z.object({ kind: z.literal('directory'), path: z.string() }),
]);
export type Workplace = z.infer<typeof Workplace>;

export const CurrentRun = z.object({
  id: RunId,
  pid: z.number().nullable(),
  cols: z.number(),
  rows: z.number(),
  /** The user stopped it for a while (SIGSTOP): it does nothing until it is let go on. */
  paused: z.literal(true).optional(),
});
export type CurrentRun = z.infer<typeof CurrentRun>;

/** Whose configuration the agent uses: one of its own in the session's directory, or the user's (HOME, MCP servers, memory). */
export const ConfigChoice = z.enum(['session', 'own']);
export type ConfigChoice = z.infer<typeof ConfigChoice>;

/** What happens by itself when a task finishes well. */
export const AutoShip = z.enum(['commit', 'push']);
export type AutoShip = z.infer<typeof AutoShip>;

/** Where a discarded worktree is kept, for 30 days. `ignored`: files that are not in it. */
export const Trash = z.object({ ref: z.string(), at: z.number(), ignored: IgnoredFiles.nullable().default(null) });
export type Trash = z.infer<typeof Trash>;

export const Session = z.object({
  id: SessionId,
  title: z.string(),
  /** The agent, or null for a plain program started with `sesame run`. */
  agent: AgentId.nullable(),
  /** What the user reads: `claude`, or the program's name. */
  label: z.string(),
  mode: AgentMode,
  permissions: PermissionLevel,
  model: z.string().nullable(),
  config: ConfigChoice.default('session'),
  prompt: z.string(),
  project: Project.nullable(),
  workplace: Workplace,
  race: RaceId.nullable(),
  /** 1-based position among the sessions of its race; tells equal agents apart. */
  variant: z.number(),
  status: Status,
  /** How it was brought up last, in order; the last line is the phase it is in or failed in. */
  phases: z.array(PhaseLine).default([]),
  run: CurrentRun.nullable(),
  /** The agent's own conversation id, chosen by us or learned. */
  conversation: z.string().nullable(),
  /** Tokens and cost so far, over all its runs; null when the agent tells none. */
  usage: Usage.nullable().default(null),
  diff: DiffStat.nullable(),
  autoShip: AutoShip.nullable().default(null),
  ship: ShipState.nullable(),
  problem: SessionProblem.nullable(),
  createdAt: z.number(),
  archivedAt: z.number().nullable(),
  /** Set once the session is discarded. */
  trash: Trash.nullable(),
});
export type Session = z.infer<typeof Session>;
