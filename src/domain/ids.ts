// Branded ids, so that a run is never passed where a session is meant.
import * as z from 'zod';

/** Four or more characters of [0-9a-hjkmnp-tv-z], stable for the session's life, typed by people: `s7k2`. */
export const SessionId = z
  .string()
  .regex(/^[0-9a-z]{4,12}$/)
  .brand('SessionId');
export type SessionId = z.infer<typeof SessionId>;

export const ProjectId = z.string().min(1).max(64).brand('ProjectId');
export type ProjectId = z.infer<typeof ProjectId>;

/** One execution of an agent's CLI: `<session>-<n>`. Also the PTY's name at the holder and the output folder's name. */
export const RunId = z
  .string()
  .regex(/^[0-9a-z]{4,12}-[0-9]+$/)
  .brand('RunId');
export type RunId = z.infer<typeof RunId>;

export const AgentId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .brand('AgentId');
export type AgentId = z.infer<typeof AgentId>;

/** Sessions that answer one prompt. The user's word is "race". */
export const RaceId = z.string().min(1).max(64).brand('RaceId');
export type RaceId = z.infer<typeof RaceId>;

/** A full commit id. */
export const Sha = z
  .string()
  .regex(/^[0-9a-f]{40,64}$/)
  .brand('Sha');
export type Sha = z.infer<typeof Sha>;
