// The schema of a Failure on the wire and in the event log.
import * as z from 'zod';
import type { FailureBody } from './failure.ts';

export const FailureSchema = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  detail: z.string().optional(),
}) satisfies z.ZodType<FailureBody>;
