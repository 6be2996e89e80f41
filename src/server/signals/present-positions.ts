// Where the files of a new run's sources end before its program starts. A conversation that is continued writes on in the
// file it has: what stands there was concluded by the run before, and is only known to this one.
import { stat } from 'node:fs/promises';
import type { SignalSource } from '../../agents/agent.ts';
import { fileIdentity, type Position } from './line-follower.ts';
import type { Positions } from './signal-sources.ts';

/** Of the files that are there; the others are new. */
export async function presentPositions(sources: readonly SignalSource[]): Promise<Positions> {
  const paths = sources.flatMap((source) => (source.kind === 'lines' ? [source.path] : []));
  const found = await Promise.all(
    paths.map(async (path): Promise<Array<[string, Position]>> => {
      try {
        const stats = await stat(path);
        return [[path, { offset: stats.size, file: fileIdentity(stats) }]];
      } catch {
        // Not there yet.
        return [];
      }
    }),
  );
  return Object.fromEntries(found.flat());
}
