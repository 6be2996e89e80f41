// What is known of a run besides its output, kept beside it so that the next server goes on with it: a small file,
// replaced as a whole.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { Status } from '../../domain/status.ts';
import { replaceFile } from './log-files.ts';

export const RunState = z.object({
  version: z.literal(1),
  /** The status takes into account what the program said up to this offset of its output. */
  offset: z.number(),
  title: z.string(),
  status: Status,
  history: z.array(Status),
  /** How far each signal source was read, by path. */
  positions: z.record(z.string(), z.object({ offset: z.number(), file: z.string() })).default({}),
  /** The user asked for its end. */
  stopped: z.boolean(),
  /** The first prompt has been typed, or is about to be: it is never typed twice. */
  pasted: z.boolean(),
  exit: z.object({ code: z.number().nullable(), signal: z.number().nullable() }).nullable(),
});
export type RunState = z.infer<typeof RunState>;

/** Null when there is none, or none that can be used. */
export async function readRunState(directory: string): Promise<RunState | null> {
  try {
    const parsed = RunState.safeParse(JSON.parse(await readFile(statePath(directory), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Writes the newest state; states that come while one is being written are joined. A disk that refuses is ignored:
 * the status is then concluded again from the output. */
export class RunStateFile {
  readonly #directory: string;
  readonly #current: () => RunState;
  #writing: Promise<void> | null = null;
  #dirty = false;

  constructor(directory: string, current: () => RunState) {
    this.#directory = directory;
    this.#current = current;
  }

  /** Resolves when a state at least as new as the present one is on disk, or could not be written. */
  save(): Promise<void> {
    this.#dirty = true;
    this.#writing ??= this.#work();
    return this.#writing;
  }

  async flush(): Promise<void> {
    await this.#writing;
  }

  async #work(): Promise<void> {
    // Joins the changes of one turn.
    await Promise.resolve();
    while (this.#dirty) {
      this.#dirty = false;
      const bytes = Buffer.from(JSON.stringify(this.#current()));
      await replaceFile(statePath(this.#directory), bytes).catch(() => undefined);
    }
    this.#writing = null;
  }
}

function statePath(directory: string): string {
  return join(directory, 'state.json');
}
