// The API as a table: method, path and schemas. The server serves it, the client calls it, the docs are made from it.
import * as z from 'zod';
import { Usage } from '../domain/agent-event.ts';
import { AgentInfo, AgentMode, PermissionLevel } from '../domain/agent-info.ts';
import { AgentBinary } from '../domain/binary.ts';
import { DiffSummary, FileDiff } from '../domain/diff.ts';
import { FailureSchema } from '../domain/failure-body.ts';
import { SessionId } from '../domain/ids.ts';
import { IgnoredFiles } from '../domain/ignored-files.ts';
import { ProjectView } from '../domain/project.ts';
import { AutoShip, ConfigChoice, Session } from '../domain/session.ts';
import { ShipResult } from '../domain/ship.ts';
import { Status } from '../domain/status.ts';
import { endpoints } from './endpoints.ts';

export interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `:id` is a session id. Query parameters are described by `query`. */
  path: string;
  query?: z.ZodType;
  body?: z.ZodType;
  reply: z.ZodType;
  summary: string;
}

const AgentName = z.string().max(40);
const BinaryReply = z.object({ binary: AgentBinary });

const Size = { cols: z.number().int().min(2).max(1000), rows: z.number().int().min(1).max(1000) };

const Title = z.string().max(200, 'it is longer than 200 characters');

/** A prompt may hold newlines and any Unicode text up to 4 MiB; NUL is refused with a sentence by the server. */
const Prompt = z.string().max(4 << 20, 'it is larger than 4 MiB: put it in a file and name that');

export const AgentPick = z.object({
  agent: z.string(),
  count: z.number().int().min(1).max(16).default(1),
  model: z.string().optional(),
});

export const NewSessions = z.object({
  prompt: Prompt,
  agents: z.array(AgentPick).min(1).max(32),
  /** Any path inside the repository. */
  repo: z.string(),
  /** Branch, tag or commit; default: the repository's HEAD. */
  base: z.string().optional(),
  /** A local or remote branch that the session works on itself, instead of one of its own. One session, no `base`. */
  branch: z.string().min(1).max(1000).optional(),
  title: Title.optional(),
  mode: AgentMode.default('interactive'),
  permissions: PermissionLevel.default('ask'),
  setup: z.boolean().default(true),
  config: ConfigChoice.default('session'),
  /** Task mode only: what happens when it finishes well. What it leads to is archived; on failure everything is kept. */
  ship: AutoShip.optional(),
  ...Size,
});
export type NewSessions = z.input<typeof NewSessions>;

export const BranchView = z.object({
  /** `x`, or `origin/x` where only a remote has it. */
  name: z.string(),
  /** When its last commit was made, milliseconds since the epoch. */
  at: z.number(),
  subject: z.string(),
  /** Why no session can work on it now. */
  taken: z.string().nullable(),
});
export type BranchView = z.infer<typeof BranchView>;

export const NewProgram = z.object({
  argv: z.array(z.string()).min(1),
  cwd: z.string(),
  /** By default the command line. */
  title: Title.optional(),
  scrollback: z.number().int().min(0).max(1_000_000).default(10_000),
  ...Size,
});
export type NewProgram = z.input<typeof NewProgram>;

export const Hello = z.object({
  name: z.literal('sesame'),
  version: z.string(),
  api: z.number(),
  pid: z.number(),
  startedAt: z.number(),
  workDir: z.string(),
  /** Last event number: follow from here after reading `sessions`. */
  seq: z.number(),
  holder: z.object({ pid: z.number(), version: z.number() }).nullable(),
  /** What it found wrong when it was started, such as a damaged file it set aside. */
  notices: z.array(FailureSchema).optional(),
});
export type Hello = z.infer<typeof Hello>;

/**
 * What became of typed text. `accepted`: something showed, within 3 s, that the program took what was submitted. `typed`:
 * the keys went out. `refused`: the program does not read, nothing was typed (only then `accepted` beside it is false).
 */
const Receipt = z.enum(['accepted', 'typed', 'refused']);

const Empty = z.object({});
const One = z.object({ session: Session });
const Many = z.object({ sessions: z.array(Session) });

/** A cell of a pane: lines count from the oldest kept history line, the screen follows. */
const CellPlace = z.object({ line: z.number(), col: z.number() });

export const ScreenText = z.object({
  cols: z.number(),
  rows: z.number(),
  cursor: z.object({ x: z.number(), y: z.number() }),
  title: z.string(),
  lines: z.array(z.string()),
  digest: z.string(),
});
export type ScreenText = z.infer<typeof ScreenText>;

export const routes = {
  hello: { ...endpoints.hello, reply: Hello, summary: 'Who answers, and its version.' },
  agents: {
    ...endpoints.agents,
    reply: z.object({ agents: z.array(AgentInfo) }),
    summary: 'Agents that can be started.',
  },
  binaries: {
    ...endpoints.binaries,
    query: z.object({ ask: z.enum(['0', '1']).optional() }),
    reply: z.object({ binaries: z.array(AgentBinary) }),
    summary: 'The programs of the agents; `ask=1` also asks the sources for the newest version.',
  },
  installAgent: {
    ...endpoints.installAgent,
    body: z.object({ agent: AgentName, version: z.string().max(80).optional() }),
    reply: BinaryReply,
    summary:
      'Install an agent, or this version of it, for new sessions. Answers when it is done; progress comes as events.',
  },
  updateAgent: {
    ...endpoints.updateAgent,
    body: z.object({ agent: AgentName }),
    reply: BinaryReply,
    summary: 'Install the newest version. Sessions keep the one they began with.',
  },
  pinAgent: {
    ...endpoints.pinAgent,
    body: z.object({ agent: AgentName, version: z.string().max(80).nullable() }),
    reply: BinaryReply,
    summary: 'Keep new sessions on this version, installed when need be; null lifts it.',
  },
  rollbackAgent: {
    ...endpoints.rollbackAgent,
    body: z.object({ agent: AgentName }),
    reply: BinaryReply,
    summary: 'Go back to the version that was current before.',
  },
  useAgentPath: {
    ...endpoints.useAgentPath,
    body: z.object({ agent: AgentName, path: z.string().max(4096).nullable() }),
    reply: BinaryReply,
    summary: 'Start a program of the user instead; null goes back to the installed ones.',
  },
  inspect: {
    ...endpoints.inspect,
    body: z.object({ path: z.string(), base: z.string().optional() }),
    reply: ProjectView,
    summary: 'What a repository looks like, before a session is made in it.',
  },
  branches: {
    ...endpoints.branches,
    body: z.object({ path: z.string() }),
    reply: z.object({ branches: z.array(BranchView) }),
    summary: 'Branches of a repository that a session can work on, the last committed first; at most 1000.',
  },
  sessions: {
    ...endpoints.sessions,
    query: z.object({ all: z.enum(['0', '1']).optional() }),
    reply: z.object({
      sessions: z.array(Session),
      seq: z.number(),
      costToday: z.number().nullable(),
      /** What all sessions used since midnight; null while no agent told anything. */
      usageToday: Usage.nullable(),
    }),
    summary:
      'Sessions, oldest first; `all=1` with archived and discarded ones. `seq` is the event they are current to.',
  },
  create: {
    ...endpoints.create,
    body: NewSessions,
    reply: Many,
    summary: 'Start one prompt on one or more agents.',
  },
  run: {
    ...endpoints.run,
    body: NewProgram,
    reply: One,
    summary: 'Run any program in a pane, without a worktree.',
  },
  session: {
    ...endpoints.session,
    reply: One,
    summary: 'One session. `:id` may be a unique prefix of its title.',
  },
  rename: {
    ...endpoints.rename,
    body: z.object({ title: Title.regex(/\S/, 'it is empty') }),
    reply: One,
    summary: 'Change the title.',
  },
  stop: {
    ...endpoints.stop,
    body: Empty,
    reply: One,
    summary: 'End the program (HUP, TERM, KILL); the work stays.',
  },
  pause: {
    ...endpoints.pause,
    body: z.object({ paused: z.boolean().default(true) }),
    reply: One,
    summary: 'Stop the program for a while (SIGSTOP to its process group), or let it go on with `paused: false`.',
  },
  resume: {
    ...endpoints.resume,
    body: z.object({ cols: Size.cols.optional(), rows: Size.rows.optional() }),
    reply: One,
    summary: 'Start the agent again, on its conversation where it can; retries a failed setup.',
  },
  fork: {
    ...endpoints.fork,
    body: z.object({ prompt: Prompt.default(''), cols: Size.cols.optional(), rows: Size.rows.optional() }),
    reply: One,
    summary: 'Start another session from where this one stands: its files, and a copy of its conversation.',
  },
  archive: {
    ...endpoints.archive,
    body: Empty,
    reply: One,
    summary: 'Hide the session; nothing is removed.',
  },
  discard: {
    ...endpoints.discard,
    body: Empty,
    reply: z.object({
      session: Session.nullable(),
      trash: z.string().nullable(),
      ignored: IgnoredFiles.nullable(),
      warning: FailureSchema.nullable(),
    }),
    summary: 'Remove worktree and branch; all that git does not ignore is kept under a safety ref first.',
  },
  undo: {
    ...endpoints.undo,
    body: z.object({ session: SessionId.optional() }),
    reply: z.object({ session: Session.nullable(), undone: z.string() }),
    summary: 'Take back the last archive or discard, or that of one session.',
  },
  seen: {
    ...endpoints.seen,
    body: Empty,
    reply: One,
    summary: 'The user looked: `done` becomes `idle`.',
  },
  screen: {
    ...endpoints.screen,
    query: z.object({ history: z.string().regex(/^\d+$/).optional() }),
    reply: ScreenText,
    summary: 'Text of the screen, after `history` lines of scrollback.',
  },
  search: {
    ...endpoints.search,
    query: z.object({
      text: z.string().min(1).max(1000),
      direction: z.enum(['up', 'down']).default('up'),
      line: z
        .string()
        .regex(/^-?\d+$/)
        .optional(),
      col: z
        .string()
        .regex(/^-?\d+$/)
        .optional(),
    }),
    reply: z.object({
      match: z.object({ from: CellPlace, to: CellPlace }).nullable(),
      next: CellPlace.nullable(),
      screenTop: z.number(),
    }),
    summary:
      'The next place of a text before (`up`) or after (`down`) a cell; lines are numbered from the first the program printed, `screenTop` is the number of the first on the screen. `next`: not found so far, go on from there.',
  },
  input: {
    ...endpoints.input,
    body: z.object({
      text: Prompt.optional(),
      base64: z
        .string()
        .max(8 << 20)
        .optional(),
      submit: z.boolean().default(false),
      answer: z.boolean().default(false),
    }),
    reply: z.object({ accepted: z.boolean(), receipt: Receipt, queued: z.number() }),
    summary:
      'Type: `text` is pasted as a user would, `base64` goes as it is, `submit` presses enter after it; not while the session asks something, unless `answer` says that the text is for that.',
  },
  answer: {
    ...endpoints.answer,
    body: z.object({ digit: z.string().regex(/^[1-9]$/), digest: z.string() }),
    reply: z.object({ accepted: z.literal(true) }),
    summary: 'Answer the question on the screen; refused when the screen has changed since `digest`.',
  },
  broadcast: {
    ...endpoints.broadcast,
    body: z.object({ sessions: z.array(SessionId).min(1), text: Prompt }),
    reply: z.object({
      receipts: z.array(
        z.object({ session: SessionId, accepted: z.boolean(), receipt: Receipt, reason: z.string().nullable() }),
      ),
    }),
    summary: 'Paste and submit one text to several sessions.',
  },
  resize: {
    ...endpoints.resize,
    body: z.object(Size),
    reply: One,
    summary: 'Change the terminal size of the program.',
  },
  why: {
    ...endpoints.why,
    reply: z.object({ status: Status, history: z.array(Status) }),
    summary: 'The status with its evidence, and the last ones before it.',
  },
  diff: {
    ...endpoints.diff,
    reply: DiffSummary,
    summary: 'Changed files against the base, the uncommitted ones too.',
  },
  fileDiff: {
    ...endpoints.fileDiff,
    query: z.object({ path: z.string(), all: z.enum(['0', '1']).optional() }),
    reply: FileDiff,
    summary: 'Hunks of one file.',
  },
  patch: {
    ...endpoints.patch,
    reply: z.object({ patch: z.string() }),
    summary: 'The whole diff as a patch.',
  },
  ship: {
    ...endpoints.ship,
    body: z.object({
      message: z
        .string()
        .max(1 << 16)
        .optional(),
      push: z.boolean().default(true),
    }),
    reply: ShipResult,
    summary: 'Commit, with hooks, and push. A second call while one runs waits for the same result.',
  },
  log: {
    ...endpoints.log,
    query: z.object({ limit: z.string().regex(/^\d+$/).optional() }),
    reply: z.object({ events: z.array(z.unknown()) }),
    summary: 'Events of one session, oldest first.',
  },
  pids: {
    ...endpoints.pids,
    reply: z.object({ server: z.number(), holder: z.number().nullable(), programs: z.array(z.number()) }),
    summary: 'Process ids.',
  },
  stopServer: {
    ...endpoints.stopServer,
    body: z.object({ all: z.boolean().default(false) }),
    reply: z.object({ ended: z.array(SessionId) }),
    summary: 'Stop the server; with `all` also the programs and the holder.',
  },
} as const satisfies Record<string, Route>;
