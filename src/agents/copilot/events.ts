// Events of Copilot: lines of a conversation's file, and of what a task prints. Only what is used is read.
import * as z from 'zod';
import { readJsonLine } from '../json-line.ts';

const error = z.object({ message: z.string() }).nullish();

export const CopilotEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('user.message'), data: z.object({ content: z.string() }) }),
  z.object({ type: z.literal('assistant.turn_start') }),
  z.object({ type: z.literal('assistant.turn_end') }),
  z.object({
    type: z.literal('assistant.message'),
    data: z.object({ content: z.string().default(''), toolRequests: z.array(z.unknown()).default([]) }),
  }),
  z.object({ type: z.literal('assistant.reasoning'), data: z.object({ content: z.string() }) }),
  z.object({
    type: z.literal('tool.execution_start'),
    data: z.object({ toolCallId: z.string(), toolName: z.string(), arguments: z.unknown() }),
  }),
  z.object({
    type: z.literal('tool.execution_complete'),
    data: z.object({
      toolCallId: z.string(),
      success: z.boolean(),
      fileEdits: z.array(z.object({ path: z.string(), kind: z.string() })).default([]),
      error,
    }),
  }),
  z.object({ type: z.literal('permission.requested'), data: z.object({ requestId: z.string() }) }),
  z.object({ type: z.literal('permission.completed'), data: z.object({ requestId: z.string() }) }),
  z.object({
    type: z.literal('hook.start'),
    data: z.object({
      hookType: z.string(),
      input: z.object({ notificationType: z.string().optional(), message: z.string().optional() }).default({}),
    }),
  }),
  z.object({
    type: z.literal('session.error'),
    data: z.object({ errorType: z.string(), message: z.string(), statusCode: z.number().nullish() }),
  }),
  z.object({ type: z.literal('abort') }),
  z.object({ type: z.literal('session.resume') }),
  z.object({
    type: z.literal('session.usage_record'),
    data: z.object({
      usage: z.object({
        inputTokens: z.number().default(0),
        outputTokens: z.number().default(0),
        cacheReadTokens: z.number().default(0),
      }),
    }),
  }),
  z.object({
    type: z.literal('assistant.turn_retry'),
    data: z.object({ reason: z.string() }),
  }),
  z.object({ type: z.literal('result'), exitCode: z.number(), sessionId: z.string() }),
]);
export type CopilotEvent = z.infer<typeof CopilotEvent>;

/** Null for lines that say nothing we use, and for those that are no events. */
export function readEvent(line: string): CopilotEvent | null {
  return readJsonLine(line, CopilotEvent);
}
