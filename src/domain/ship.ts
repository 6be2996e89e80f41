// Shipping: commit and push what a session made. The pull request follows in a later version.
import * as z from 'zod';
import { FailureSchema } from './failure-body.ts';

/** In this order. `check` finds out whether it is safe; `message` makes the commit message. */
export const ShipStep = z.enum(['check', 'message', 'commit', 'push']);
export type ShipStep = z.infer<typeof ShipStep>;

export const ShipResult = z.object({
  commit: z.string().nullable(),
  branch: z.string(),
  pushed: z.boolean(),
  /** Where it was pushed, without credentials, several separated by a comma and a space; null when it was not. */
  remote: z.string().nullable(),
  pullRequest: z.string().nullable(),
});
export type ShipResult = z.infer<typeof ShipResult>;

export const ShipState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('running'), step: ShipStep, output: z.string() }),
  z.object({ state: z.literal('done'), result: ShipResult, at: z.number() }),
  /** Can be retried: the steps that succeeded are not done twice. */
  z.object({ state: z.literal('failed'), step: ShipStep, failure: FailureSchema, at: z.number() }),
]);
export type ShipState = z.infer<typeof ShipState>;
