// The events of OpenCode's own server and its snapshots, as far as they are read. Others are passed over.
import * as z from 'zod';
import { ErrorInfo } from './trouble.ts';

const SessionStatus = z.discriminatedUnion('type', [
  z.object({ type: z.literal('idle') }),
  z.object({ type: z.literal('busy') }),
  z.object({
    type: z.literal('retry'),
    message: z.string(),
    attempt: z.number().optional(),
    next: z.number().nullish(),
  }),
]);
export type SessionStatus = z.infer<typeof SessionStatus>;

export const Tokens = z.object({
  input: z.number(),
  output: z.number(),
  reasoning: z.number().default(0),
  cache: z.object({ read: z.number().default(0), write: z.number().default(0) }).default({ read: 0, write: 0 }),
});
export type Tokens = z.infer<typeof Tokens>;

const Info = z.object({
  id: z.string(),
  parentID: z.string().nullish(),
  cost: z.number().optional(),
  tokens: Tokens.optional(),
});

const Permission = z.object({
  id: z.string(),
  sessionID: z.string(),
  permission: z.string().default('use a tool'),
  patterns: z.array(z.string()).default([]),
});

const Question = z.object({
  id: z.string(),
  sessionID: z.string(),
  questions: z.array(z.object({ question: z.string() })).default([]),
});

const of = { sessionID: z.string() };
const replied = z.object({ ...of, requestID: z.string() });

export const ServerEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session.created'), properties: z.object({ info: Info }) }),
  z.object({ type: z.literal('session.updated'), properties: z.object({ info: Info }) }),
  z.object({ type: z.literal('session.status'), properties: z.object({ ...of, status: SessionStatus }) }),
  z.object({ type: z.literal('session.idle'), properties: z.object(of) }),
  z.object({
    type: z.literal('session.error'),
    properties: z.object({ sessionID: z.string().optional(), error: ErrorInfo.optional() }),
  }),
  z.object({ type: z.literal('permission.asked'), properties: Permission }),
  z.object({ type: z.literal('permission.replied'), properties: replied }),
  z.object({ type: z.literal('question.asked'), properties: Question }),
  z.object({ type: z.literal('question.replied'), properties: replied }),
  z.object({ type: z.literal('question.rejected'), properties: replied }),
  z.object({
    type: z.literal('message.updated'),
    properties: z.object({ info: z.object({ id: z.string(), role: z.string(), sessionID: z.string() }) }),
  }),
  z.object({
    type: z.literal('message.part.updated'),
    properties: z.object({
      part: z.object({ type: z.literal('text'), text: z.string(), messageID: z.string(), sessionID: z.string() }),
    }),
  }),
]);
export type ServerEvent = z.infer<typeof ServerEvent>;

const Statuses = z.record(z.string(), SessionStatus);

export type Told =
  | { kind: 'event'; event: ServerEvent }
  | { kind: 'statuses'; statuses: ReadonlyMap<string, SessionStatus> }
  | { kind: 'permissions'; pending: ReadonlyArray<z.infer<typeof Permission>> }
  | { kind: 'questions'; pending: ReadonlyArray<z.infer<typeof Question>> };

/** `url`: which of its addresses said it. Null for what is not read or not understood. */
export function readTold(url: string, data: string): Told | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    // Not JSON: nothing of ours.
    return null;
  }
  const { pathname } = new URL(url);
  if (pathname === '/session/status') {
    const read = Statuses.safeParse(value);
    return read.success ? { kind: 'statuses', statuses: new Map(Object.entries(read.data)) } : null;
  }
  if (pathname === '/permission') {
    const read = z.array(Permission).safeParse(value);
    return read.success ? { kind: 'permissions', pending: read.data } : null;
  }
  if (pathname === '/question') {
    const read = z.array(Question).safeParse(value);
    return read.success ? { kind: 'questions', pending: read.data } : null;
  }
  const read = ServerEvent.safeParse(value);
  return read.success ? { kind: 'event', event: read.data } : null;
}
