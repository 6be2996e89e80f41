// What an agent says and does in task mode, in one vocabulary for all agents.
import * as z from 'zod';
import { FailReason } from './status.ts';

export const Usage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  /** Tokens read from the provider's cache; part of neither of the above. */
  cachedTokens: z.number(),
  /** US dollars; null where the agent does not tell. */
  cost: z.number().nullable(),
});
export type Usage = z.infer<typeof Usage>;

export const AgentEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), role: z.enum(['user', 'agent', 'thought']), text: z.string() }),
  z.object({
    type: z.literal('tool'),
    /** The agent's id of this call, so that its end finds its beginning; null when it gives none. */
    call: z.string().nullable(),
    name: z.string(),
    /** One line: the command, the path. */
    detail: z.string(),
    state: z.enum(['started', 'done', 'failed', 'refused']),
  }),
  z.object({ type: z.literal('file'), path: z.string(), change: z.enum(['added', 'modified', 'deleted']) }),
  /** `final`: the run cannot succeed any more. Otherwise the agent tries again. */
  z.object({
    type: z.literal('error'),
    reason: FailReason,
    message: z.string(),
    retryAt: z.number().nullable(),
    final: z.boolean(),
  }),
  /** Totals so far, never increments: of the conversation or of this run, as the agent's task counts. */
  z.object({ type: z.literal('usage'), usage: Usage }),
  z.object({ type: z.literal('conversation'), id: z.string() }),
  /** The agent's own verdict; exit codes do not count. */
  z.object({ type: z.literal('done'), ok: z.boolean(), message: z.string().nullable() }),
]);
export type AgentEvent = z.infer<typeof AgentEvent>;
