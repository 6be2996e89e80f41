// config.json: preferences of the user, and the agents they add. Unknown keys are kept by the file's owner, not read.
import * as z from 'zod';
import { AgentMode } from './agent-info.ts';
import { ConfigChoice } from './session.ts';

/** A CLI of the user's own. Strings of `argv` and `resume` may hold {prompt} {promptFile} {model} {conversation} {worktree}. */
export const CustomAgent = z.object({
  name: z.string().min(1).max(40).optional(),
  argv: z.array(z.string()).min(1),
  /**
   * How the prompt is given. `argument`: where {prompt} stands in argv, else appended (refused by length: falls back to
   * paste). `file`: {promptFile} in argv. `paste`: typed into the terminal once the program is quiet, then enter.
   */
  prompt: z.enum(['argument', 'file', 'paste']).default('argument'),
  resume: z.array(z.string()).min(1).optional(),
  /** Variables of your environment the program may see. */
  environment: z.array(z.string()).default([]),
});
export type CustomAgent = z.infer<typeof CustomAgent>;

/** Where agents' programs are fetched from. All of it has a default: npm's own settings and the vendors' addresses. */
export const InstallConfig = z.object({
  /** Instead of the registry npm is configured with. */
  registry: z.string().optional(),
  /** By agent id. */
  agents: z
    .record(
      z.string(),
      z.object({
        /** Which sources are asked, in this order. */
        sources: z
          .array(z.enum(['npm', 'vendor']))
          .min(1)
          .optional(),
        /** Base address of the vendor's channel: a mirror of its file server, or of the GitHub API. */
        vendor: z.string().optional(),
      }),
    )
    .default({}),
});
export type InstallConfig = z.infer<typeof InstallConfig>;

export const ComposerDefaults = z.object({
  mode: AgentMode.optional(),
  permissions: z.enum(['ask', 'accept-edits']).optional(),
  config: ConfigChoice.optional(),
});
export type ComposerDefaults = z.infer<typeof ComposerDefaults>;

export const Config = z.object({
  /** `auto`: dark or light, as the terminal says of its background. */
  theme: z.string().default('auto'),
  /** Key that switches between TERM and CMD; pressed twice it is sent through. A control key: `ctrl+q`. */
  leader: z.string().default('ctrl+q'),
  /** Agents marked in the composer when it opens. Empty: the first that can be started. */
  defaultAgents: z.array(z.string()).default([]),
  /** What the composer's fields begin with. `full` permissions are asked for each time. */
  composer: ComposerDefaults.default({}),
  /** Action id -> keys, replacing the default ones. */
  keys: z.record(z.string(), z.array(z.string())).default({}),
  /** What shift+enter sends to a program that did not ask for extended keys. */
  shiftEnter: z.string().default('\u001b\r'),
  mouse: z.boolean().default(true),
  /** Ring the terminal's bell and send OSC 9 when a session starts to wait. */
  notify: z.boolean().default(true),
  agents: z.record(z.string(), CustomAgent).default({}),
  install: InstallConfig.default({ agents: {} }),
  /** Minutes without a sign of life until an agent that says it works is shown as hanging; fractions count, 0 is never. */
  watchdog: z.object({ minutes: z.number().min(0).max(10_000).default(10) }).default({ minutes: 10 }),
});
export type Config = z.infer<typeof Config>;
