// Lines of JSON as agents print and log them, among other text. What is not of the schema is nothing of ours: a warning,
// a line that was cut off, an event of a newer version.
import type { z } from 'zod';

/** The line as the schema reads it, or null. */
export function readJsonLine<S extends z.ZodType>(line: string, schema: S): z.output<S> | null {
  if (!line.startsWith('{')) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  return schema.safeParse(value).data ?? null;
}
