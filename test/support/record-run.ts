// Records a real run for a fixture: the terminal's bytes, and in their midst what the detector heard elsewhere (files,
// the agent's own server, what the user pressed). The sources are followed a second time, beside the server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentSignal, SignalSource } from '../../src/agents/agent.ts';
import { silentLog } from '../../src/platform/log.ts';
import type { Paths } from '../../src/platform/paths.ts';
import { isInterrupt } from '../../src/server/runs/run-input.ts';
import { followSources } from '../../src/server/signals/signal-sources.ts';
import type { Watched } from './agent-world.ts';
import type { PlacedSignal } from './recorded-output.ts';
import { until } from './until.ts';

export interface RunRecorder {
  /** The signals so far, each with the number of bytes before it. */
  finish(): Promise<PlacedSignal[]>;
}

/** `kept`: the others are no news to the agent's detector. */
export async function recordRun(
  session: Watched,
  paths: Paths,
  kept: (signal: AgentSignal) => boolean,
): Promise<RunRecorder> {
  const signals: PlacedSignal[] = [];
  const hear = (signal: AgentSignal): void => {
    if (kept(signal)) signals.push({ at: bytesOf(session), signal });
  };
  session.pressed = (bytes) => {
    hear({ kind: 'input', submitted: bytes.includes(0x0d), interrupt: isInterrupt(bytes) });
  };
  await until('the start of the run', () => session.row.run !== null);
  const sources = followSources({ sources: sourcesOf(paths, session.id), positions: {}, signal: hear, log: silentLog });
  return {
    finish: async () => {
      await sources.finish();
      session.pressed = null;
      return signals;
    },
  };
}

function bytesOf(session: Watched): number {
  try {
    return session.output().length;
  } catch {
    // Nothing was logged yet.
    return 0;
  }
}

/** Empty for an agent that tells everything in its terminal. */
function sourcesOf(paths: Paths, id: string): SignalSource[] {
  try {
    return JSON.parse(readFileSync(join(paths.sessions, id, 'sources.json'), 'utf8')).sources;
  } catch {
    return [];
  }
}
