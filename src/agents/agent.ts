// The contract every agent fulfils: data and pure functions. What touches the machine belongs to the server.
import type { AgentFeatures, AgentMode, PermissionLevel } from '../domain/agent-info.ts';
import type { AgentId } from '../domain/ids.ts';
import type { Choice, Evidence, FailReason, WaitKind } from '../domain/status.ts';

/** Where the program comes from. Downloads (npm packages, release assets) join this union with the agents that need them. */
export type Distribution =
  /** A program of ours, built beside the server. */
  | { kind: 'builtin'; entry: string }
  /** A command of the user's, looked up in PATH. */
  | { kind: 'command'; command: string };

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
  /** Continue this conversation instead of starting one with the prompt. */
  resume: { conversation: string | null } | null;
}

export interface Launch {
  argv: string[];
  env: Record<string, string>;
  /** Text submitted through the terminal once the agent is ready, or null when argv or a file carries the prompt. */
  paste: string | null;
  /** The conversation id, where we may choose it. */
  conversation: string | null;
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
  /** The user or a script typed something. */
  | { kind: 'input'; submitted: boolean }
  /** The screen after output settled (nothing for 150 ms). */
  | { kind: 'screen'; rows: readonly string[] };

/** A conclusion of the detector. The tracker stamps it, keeps the strongest and drops the rest. */
export type StatusChange = { evidence: Evidence; message: string | null } & (
  | { state: 'starting' | 'working' | 'done' | 'idle' | 'unknown' }
  | { state: 'waiting'; wait: WaitKind }
  | { state: 'failed'; reason: FailReason; retryAt: number | null }
);

export interface Detector {
  push(signal: AgentSignal): StatusChange[];
}

export interface PreparedFile {
  /** Relative to the session's configuration directory. */
  path: string;
  content: string;
  mode: number;
}

export interface Agent {
  id: AgentId;
  name: string;
  vendor: string;
  docs: string;
  features: AgentFeatures;
  distribution: Distribution;
  /** Names of environment variables of the server's owner that the program may see, besides the common ones. */
  environment: readonly string[];
  prepare(input: LaunchInput): PreparedFile[];
  launch(input: LaunchInput): Launch;
  detector(): Detector;
  /** The choices of a question on this screen; empty when none can be read with certainty. */
  choices(rows: readonly string[]): Choice[];
  /** Bytes that give this answer. */
  answer(choice: Choice): string;
}
