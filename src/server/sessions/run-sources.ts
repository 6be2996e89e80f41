// Which signal sources a run has and how it began, kept in a file beside the session's other ones: the sources may hold
// the password of the agent's own server, which has no business in the database.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Agent, SignalSource } from '../../agents/agent.ts';
import { RunId, type SessionId } from '../../domain/ids.ts';
import type { Session } from '../../domain/session.ts';
import { ensureDirectory, writeFileAtomic } from '../../platform/files.ts';
import type { Context } from './context.ts';

const Kept = z.object({
  run: RunId,
  resumes: z.boolean().default(false),
  sources: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('lines'), signal: z.enum(['hook', 'file']), path: z.string() }),
      z.object({
        kind: z.literal('events'),
        url: z.string(),
        snapshots: z.array(z.string()),
        user: z.string(),
        password: z.string(),
      }),
    ]),
  ),
});

export interface KeptStart {
  sources: readonly SignalSource[];
  /** The program was told to go on with an earlier conversation. */
  resumes: boolean;
}

/** Of the session's newest run; 0600. */
export async function keepStart(
  context: Pick<Context, 'paths'>,
  run: RunId,
  session: SessionId,
  { sources, resumes }: KeptStart,
): Promise<void> {
  if (sources.length === 0 && !resumes) return;
  await ensureDirectory(join(context.paths.sessions, session));
  await writeFileAtomic(sourcesFile(context, session), JSON.stringify({ run, resumes, sources }));
}

/** No sources when the run has none, or they cannot be read any more. */
export async function readStart(context: Pick<Context, 'paths'>, run: RunId, session: SessionId): Promise<KeptStart> {
  try {
    const kept = Kept.parse(JSON.parse(await readFile(sourcesFile(context, session), 'utf8')));
    return kept.run === run ? kept : unknownStart;
  } catch {
    return unknownStart;
  }
}

const unknownStart: KeptStart = { sources: [], resumes: false };

/** Whether what the session's agent prints is read as the events of a task. */
export function isTask(session: Session, agent: Agent | null): boolean {
  return session.mode === 'task' && agent?.task != null;
}

function sourcesFile(context: Pick<Context, 'paths'>, session: SessionId): string {
  return join(context.paths.sessions, session, 'sources.json');
}
