// What the UI knows of an agent: data from the server. Nothing outside src/agents knows an agent by name.
import * as z from 'zod';
import { AgentId } from './ids.ts';

export const AgentMode = z.enum(['interactive', 'task']);
export type AgentMode = z.infer<typeof AgentMode>;

/** One vocabulary for every agent's permission flags. */
export const PermissionLevel = z.enum(['ask', 'accept-edits', 'full']);
export type PermissionLevel = z.infer<typeof PermissionLevel>;

export const AgentFeatures = z.object({
  /** Can continue its own conversation after it ended. */
  resume: z.boolean(),
  fork: z.boolean(),
  task: z.boolean(),
  /** Takes the name of a model. */
  model: z.boolean(),
  /** Knows the permission levels. Without them it asks, or does not, as its own configuration says. */
  permissions: z.boolean(),
  /** Says itself what it is doing, so that status is not guessed. */
  reportsStatus: z.boolean(),
  /** Serves on a loopback port that we choose. */
  port: z.boolean().optional(),
});
export type AgentFeatures = z.infer<typeof AgentFeatures>;

export const AgentInfo = z.object({
  id: AgentId,
  name: z.string(),
  vendor: z.string(),
  features: AgentFeatures,
  /** Whether a session can be started now, and if not why and what to do. */
  available: z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), version: z.string() }),
    z.object({ ok: z.literal(false), reason: z.string(), remedy: z.string() }),
  ]),
});
export type AgentInfo = z.infer<typeof AgentInfo>;
