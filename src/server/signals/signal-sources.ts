// Everything an agent tells besides its terminal, as signals for the detector of its run.
import type { AgentSignal, SignalSource } from '../../agents/agent.ts';
import type { Log } from '../../platform/log.ts';
import { EventFollower } from './event-follower.ts';
import { LineFollower, type Position } from './line-follower.ts';

/** By path. */
export type Positions = Readonly<Record<string, Position>>;

export interface FollowSources {
  sources: readonly SignalSource[];
  /** How far an earlier server came. */
  positions: Positions;
  /** `known`: an earlier server has drawn its conclusions from it. */
  signal(signal: AgentSignal, known: boolean): void;
  log: Log;
}

export interface FollowedSources {
  readonly positions: Positions;
  /** The program draws: what could not be reached before may be there now. */
  look(): void;
  /** Reads what is already there, then ends. */
  finish(): Promise<void>;
  close(): void;
}

/** Begins at once. A source that cannot be followed is logged and left out. */
export function followSources({ sources, positions, signal, log }: FollowSources): FollowedSources {
  const files = new Map<string, LineFollower>();
  const streams: EventFollower[] = [];
  for (const source of sources) {
    if (source.kind === 'lines') {
      if (files.has(source.path)) continue;
      const line = (text: string, known: boolean): void => signal({ kind: source.signal, line: text }, known);
      files.set(source.path, new LineFollower({ path: source.path, from: positions[source.path] ?? null, line, log }));
      continue;
    }
    try {
      const event = (url: string, data: string): void => signal({ kind: 'event', url, data }, false);
      const connection = (open: boolean): void => signal({ kind: 'connection', open }, false);
      streams.push(new EventFollower({ source, event, connection, log }));
    } catch (error) {
      log.error('the event stream of an agent is not followed', { error: String(error) });
    }
  }
  return {
    get positions() {
      const reached = [...files].flatMap(([path, { position }]) => (position === null ? [] : [[path, position]]));
      return Object.fromEntries(reached);
    },
    look() {
      for (const stream of streams) stream.look();
    },
    async finish() {
      for (const stream of streams) stream.close();
      await Promise.all([...files.values()].map((file) => file.finish()));
    },
    close() {
      for (const stream of streams) stream.close();
      for (const file of files.values()) file.close();
    },
  };
}
