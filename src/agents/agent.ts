// The contract every agent fulfils: data and pure functions. What touches the machine belongs to the server.
import type { AgentEvent, Usage } from '../domain/agent-event.ts';
import type { AgentFeatures, AgentMode, PermissionLevel } from '../domain/agent-info.ts';
import type { CredentialSlot, ResolvedCredential } from '../domain/credential.ts';
import type { AgentId } from '../domain/ids.ts';
import type { Choice, Evidence, FailReason, WaitKind } from '../domain/status.ts';
import type { ScreenColors } from '../terminal/screen-colors.ts';
import type { Bootstrap } from './distribution.ts';

/** What a run is started from. */
export interface LaunchInput {
  /** How to start the program: its path, after an interpreter where it needs one. */
  binary: readonly string[];
  prompt: string;
  /** A 0600 file holding the prompt, for prompts too long for an argument (128 KiB on Linux) and for agents that read one. */
  promptFile: string;
  mode: AgentMode;
  permissions: PermissionLevel;
  model: string | null;
  /** The session's own configuration directory, 0700, kept for its life. */
  configDirectory: string;
  worktree: string;
  session: string;
  /** 1-based; tells equal agents on one prompt apart. */
  variant: number;
  /** A fresh UUID, for agents that let us choose the conversation's id. */
  newConversation: string;
  /** Continue this conversation instead of starting one with the prompt; `fork` continues a copy under a new id. */
  resume: { conversation: string | null; fork?: boolean } | null;
  /** Top level of the user's checkout: what an agent's trust entries must name. Null outside a repository. */
  repository: string | null;
  /** The credential this session uses; null for agents that need none and for sessions with the user's own configuration. */
  credential: ResolvedCredential | null;
  /** The user's own configuration (HOME, MCP servers, memory) is used: write nothing there, prepare no files. */
  ownConfig: boolean;
  /** A directory all sessions of this agent share, for its caches. */
  sharedDirectory: string;
  /** A free loopback port, for agents with `features.port`; else null. */
  port: number | null;
  /** A random secret of this run, for the agent's own server. */
  token: string;
  /** The variables of `agent.environment` that the server's owner has set. */
  owner: Readonly<Record<string, string>>;
}

/** How the chosen credential reaches the program, and what must not: an API key silently beats a subscription in some. */
export interface CredentialUse {
  env: Record<string, string>;
  /** Variables removed from the program's environment whatever else asks for them. */
  unset: readonly string[];
  /** Written 0600 into the session's configuration directory. */
  files: readonly PreparedFile[];
}

/** Where an agent tells its state besides the terminal. The server follows these while the run lives. */
export type SignalSource =
  /** A file that grows by lines, such as one that hooks append to or a transcript. It may not exist yet. */
  | { kind: 'lines'; signal: 'hook' | 'file'; path: string }
  /** The agent's own server: its event stream, and what to read once after each connection. */
  | { kind: 'events'; url: string; snapshots: readonly string[]; user: string; password: string };

/** What a signal teaches besides status. */
export type Fact = { kind: 'conversation'; id: string } | { kind: 'usage'; usage: Usage };

/** Reads the lines a task prints. */
export interface TaskParser {
  push(line: string): AgentEvent[];
  /** The program ended: what is to be concluded when it never gave its verdict. */
  end(exit: { code: number | null; signal: number | null }): AgentEvent[];
}

export interface Launch {
  argv: string[];
  env: Record<string, string>;
  /** Text submitted through the terminal once the agent is ready, or null when argv or a file carries the prompt. */
  paste: string | null;
  /** The conversation id, where we may choose it. */
  conversation: string | null;
  sources: readonly SignalSource[];
}

/** What an agent's detector sees, in the order it happened. */
export type AgentSignal =
  | { kind: 'report'; text: string }
  | { kind: 'title'; text: string }
  | { kind: 'notification'; text: string }
  | { kind: 'progress'; state: number; percent: number }
  | { kind: 'bell' }
  /** Output arrived after quiet; at most one every 250 ms. */
  | { kind: 'activity' }
  /** The user or a script typed something; `interrupt`: escape or ctrl+c alone. */
  | { kind: 'input'; submitted: boolean; interrupt?: boolean }
  /** The screen after output settled (nothing for 150 ms). */
  | { kind: 'screen'; rows: readonly string[] }
  /** A line of a SignalSource. */
  | { kind: 'hook' | 'file'; line: string }
  /** An event of the agent's own server, or the body of a snapshot (`url` tells which). */
  | { kind: 'event'; url: string; data: string }
  /** The event stream opened or broke. */
  | { kind: 'connection'; open: boolean };

/** How a run began, as far as that changes what its screens mean. */
export interface RunStart {
  /** The program was told to go on with an earlier conversation, which it loads first. */
  resumes: boolean;
}

/** A conclusion of the detector. The tracker stamps it, keeps the strongest and drops the rest. */
export type StatusChange = { evidence: Evidence; message: string | null } & (
  | { state: 'starting' | 'working' | 'done' | 'idle' | 'unknown' }
  | { state: 'waiting'; wait: WaitKind }
  | { state: 'failed'; reason: FailReason; retryAt: number | null }
);

export interface Detector {
  push(signal: AgentSignal): StatusChange[];
  /** What the same signal teaches besides status. Called after `push`. */
  learn(signal: AgentSignal): Fact[];
}

export interface PreparedFile {
  /** Relative to the session's configuration directory. */
  path: string;
  content: string;
  mode: number;
}

export interface Agent extends Bootstrap {
  id: AgentId;
  name: string;
  vendor: string;
  docs: string;
  features: AgentFeatures;
  /** Names of environment variables of the server's owner that the program may see, besides the common ones. */
  environment: readonly string[];
  /** Ways to sign in; empty when the agent needs none. */
  slots: readonly CredentialSlot[];
  credentials(resolved: ResolvedCredential): CredentialUse;
  /** Hosts the program talks to. */
  egress: readonly string[];
  /** First-run dialogs skipped, hooks, trust: files in the session's own configuration directory. */
  prepare(input: LaunchInput): PreparedFile[];
  launch(input: LaunchInput): Launch;
  detector(start: RunStart): Detector;
  /** Null when the agent has no task mode. */
  task: {
    parser(): TaskParser;
    /** What the totals of its `usage` events count: this run of the program, or the conversation with its earlier runs. */
    totals: 'run' | 'conversation';
  } | null;
  /** How a text typed for the user is submitted: the pause between the paste and the enter that some programs need.
   * `retry`: once more enter when nothing shows that the first one was taken. `saysReady`: its quiet while it starts is
   * no sign that it takes a text; only its report `idle` is. */
  submit: { settleMs: number; retry?: boolean; saysReady?: boolean };
  /** Its screen never comes to rest while it works, and each of its frames is drawn at once: the detector also gets the
   * screen once a second while it is drawn on. */
  restless?: boolean;
  /** Whether this signal of a source comes as long as the program lives, whatever it does: no sign that it works. */
  isPulse?(signal: AgentSignal): boolean;
  /** The choices of a question on this screen; empty when none can be read, or answered, with certainty. */
  choices(rows: readonly string[], colors: ScreenColors): Choice[];
  /** Bytes that give this answer on this screen. */
  answer(choice: Choice, rows: readonly string[], colors: ScreenColors): string;
}
