// Binary: an agent's program in our cache, or the user's own that was chosen instead.
import * as z from 'zod';
import { AgentId } from './ids.ts';

/** What an installation does, in this order; `wait` only where another process is at it. */
export const BootstrapStep = z.enum(['find', 'wait', 'download', 'verify', 'unpack', 'check', 'publish']);
export type BootstrapStep = z.infer<typeof BootstrapStep>;

export const BootstrapProgress = z.object({
  step: BootstrapStep,
  /** Known once a source has answered. */
  version: z.string().nullable(),
  /** Who is asked; null for what happens on this machine. */
  host: z.string().nullable(),
  doneBytes: z.number(),
  totalBytes: z.number().nullable(),
});
export type BootstrapProgress = z.infer<typeof BootstrapProgress>;

/** Folder of an installed program: `<version>-<first 8 of its digest>`. Never used again for other content. */
export const BinaryKey = z
  .string()
  .regex(/^[0-9A-Za-z][0-9A-Za-z.+_-]{0,79}-[0-9a-f]{8}$/)
  .brand('BinaryKey');
export type BinaryKey = z.infer<typeof BinaryKey>;

export const InstalledBinary = z.object({
  key: BinaryKey,
  version: z.string(),
  /** `npm` or `vendor`. */
  source: z.string(),
  host: z.string(),
  installedAt: z.number(),
});
export type InstalledBinary = z.infer<typeof InstalledBinary>;

export const AgentBinary = z.object({
  agent: AgentId,
  /** `ours`: part of sesame. `command`: a program of the user's. `download`: installed by sesame. */
  kind: z.enum(['ours', 'command', 'download']),
  /** What a new session starts; null when it is installed first. */
  current: InstalledBinary.shape.key.nullable(),
  /** Newest first. */
  installed: z.array(InstalledBinary),
  pinned: z.string().nullable(),
  /** The user's own program, chosen instead of ours. */
  path: z.string().nullable(),
  /** Newest version a source offers; null when nobody was asked or nobody answered. */
  latest: z.string().nullable(),
  /** Why nobody answered: `no network`; null when somebody did, and when nobody was asked. */
  latestUnknown: z.string().nullable(),
});
export type AgentBinary = z.infer<typeof AgentBinary>;
