// What the API stands on, handed in by the composition root.
import type { AgentRegistry } from '../../agents/registry.ts';
import type { Hello } from '../../protocol/routes.ts';
import type { Events } from '../events/events.ts';
import type { Runs } from '../runs/runs.ts';
import type { LiveSessions } from '../sessions/live-sessions.ts';

export interface Services {
  events: Events;
  runs: Runs;
  sessions: LiveSessions;
  agents: AgentRegistry;
  hello(): Hello;
  /** Aborted when the server begins to stop: streams say so and end. */
  stopping: AbortSignal;
  /** Ends the server after the reply to this call has been sent. */
  stop(): void;
}
