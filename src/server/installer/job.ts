// What the server and an installer say to each other: one job down, progress and one outcome up, as JSON over IPC. Both
// sides read it through these schemas, because a running server may start the installer of a newer build.
import * as z from 'zod';
import { Download } from '../../agents/distribution.ts';
import { BootstrapProgress } from '../../domain/binary.ts';
import { InstallConfig } from '../../domain/config.ts';
import { FailureSchema } from '../../domain/failure-body.ts';
import { AgentId } from '../../domain/ids.ts';
import { Manifest } from '../bootstrap/cache.ts';
import { Machine } from './machine.ts';
import { NpmAccess } from './npm-access.ts';

export const InstallLimits = z.object({
  downloadBytes: z.number(),
  /** Of what is unpacked. */
  bytes: z.number(),
  files: z.number(),
});
export type InstallLimits = z.infer<typeof InstallLimits>;

export const usualLimits: InstallLimits = { downloadBytes: 1 << 30, bytes: 2 ** 31, files: 20_000 };

const Surroundings = z.object({
  access: NpmAccess,
  config: InstallConfig,
  /** Version of sesame. */
  product: z.string(),
  /** Null: look. */
  machine: Machine.nullable(),
});
export type Surroundings = z.infer<typeof Surroundings>;

export const InstallJob = z.object({
  kind: z.literal('install'),
  ...Surroundings.shape,
  agent: AgentId,
  name: z.string(),
  downloads: z.array(Download),
  versionPattern: z.object({ source: z.string(), flags: z.string() }),
  /** Null: the newest. */
  version: z.string().nullable(),
  /** Root of the cache. */
  cache: z.string(),
  limits: InstallLimits,
  /** A connection that brings next to nothing for so long is given up. */
  stallMs: z.number(),
});
export type InstallJob = z.infer<typeof InstallJob>;

export const AskJob = z.object({
  kind: z.literal('ask'),
  ...Surroundings.shape,
  agents: z.array(z.object({ agent: AgentId, downloads: z.array(Download) })),
  /** When every answer is given, whoever is still silent. */
  patienceMs: z.number(),
});
export type AskJob = z.infer<typeof AskJob>;

export const Job = z.discriminatedUnion('kind', [InstallJob, AskJob]);
export type Job = z.infer<typeof Job>;

/** The newest version that the sources of an agent offer, or why that is not known. */
export const Newest = z.union([
  z.object({ version: z.string(), unknown: z.null() }),
  z.object({ version: z.null(), unknown: z.string() }),
]);
export type Newest = z.infer<typeof Newest>;

export const Outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('installed'), manifest: Manifest }),
  z.object({ kind: z.literal('asked'), newest: z.array(z.object({ agent: AgentId, newest: Newest })) }),
  z.object({ kind: z.literal('failed'), failure: FailureSchema }),
]);
export type Outcome = z.infer<typeof Outcome>;

export const Message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), progress: BootstrapProgress }),
  ...Outcome.options,
]);
export type Message = z.infer<typeof Message>;
