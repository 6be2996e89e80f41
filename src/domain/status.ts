// What a session is doing, and how we know. A wrong state is worse than `unknown`. `isLive`, `endsRun`: live.ts.
import * as z from 'zod';

export const WaitKind = z.enum(['permission', 'question', 'auth', 'trust']);
export type WaitKind = z.infer<typeof WaitKind>;

export const FailReason = z.enum([
  'auth',
  'rate-limit',
  'token-expired',
  'network',
  'overloaded',
  'bootstrap',
  'setup',
  'worktree',
  'crash',
  'stalled',
  'agent',
]);
export type FailReason = z.infer<typeof FailReason>;

/** Strongest first. `report` is the agent's own word (OSC 7501, its server, hooks, session files). */
export const Signal = z.enum([
  'report',
  'title',
  'notification',
  'progress',
  'bell',
  'pty',
  'screen',
  'user',
  'server',
]);
export type Signal = z.infer<typeof Signal>;

export const Evidence = z.object({
  signal: Signal,
  /** The rule that concluded it, in words a user can read: `OSC 7501 state=blocked kind=permission`. */
  rule: z.string(),
});
export type Evidence = z.infer<typeof Evidence>;

export const Choice = z.object({
  /** The digit the user presses. */
  digit: z.string().regex(/^[1-9]$/),
  label: z.string(),
});
export type Choice = z.infer<typeof Choice>;

export const Question = z.object({
  text: z.string(),
  choices: z.array(Choice),
  /** Digest of the screen that asked; an answer carrying another digest is refused. */
  digest: z.string(),
});
export type Question = z.infer<typeof Question>;

const common = {
  evidence: Evidence,
  /** Milliseconds since the epoch at which this state began. */
  since: z.number(),
  /** The agent's last sentence or what went wrong; control characters removed. */
  message: z.string().nullable(),
};

export const Status = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting'), ...common }),
  z.object({ state: z.literal('working'), ...common }),
  z.object({ state: z.literal('waiting'), kind: WaitKind, question: Question.nullable(), ...common }),
  /** The turn finished and nobody has looked yet. */
  z.object({ state: z.literal('done'), ...common }),
  z.object({ state: z.literal('idle'), ...common }),
  z.object({
    state: z.literal('failed'),
    reason: FailReason,
    /** Milliseconds since the epoch when trying again makes sense (rate limits), else null. */
    retryAt: z.number().nullable(),
    ...common,
  }),
  z.object({ state: z.literal('exited'), code: z.number().nullable(), exitSignal: z.number().nullable(), ...common }),
  z.object({ state: z.literal('unknown'), ...common }),
]);
export type Status = z.infer<typeof Status>;
export type SessionState = Status['state'];
