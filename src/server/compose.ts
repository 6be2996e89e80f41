// The composition root: builds the parts and hands them to each other. Nothing else in the server constructs a part or
// reads the environment.

import { systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Paths } from '../platform/paths.ts';
import type { Hello } from '../protocol/routes.ts';
import type { RequestListener, UpgradeListener } from './api/http-server.ts';
import { openDatabase } from './database.ts';
import { openEvents } from './events/event-log.ts';

export interface ComposeOptions {
  env: NodeJS.ProcessEnv;
  paths: Paths;
  log: Log;
  hello(): Hello;
  stopping: AbortSignal;
  stop(): void;
}

export interface Composition {
  lastSeq(): number;
  holder(): Hello['holder'];
  /** Everything but `hello`; resolves when the sessions are as the machine has them. */
  listeners: Promise<{ request: RequestListener; upgrade: UpgradeListener }>;
  /** Closes every part, the last opened first. */
  close(): Promise<void>;
}

/** Throws Failures of the database: newer version, unreadable. The rest fails through `listeners`. */
export async function compose(options: ComposeOptions): Promise<Composition> {
  const { paths, log } = options;
  const database = await openDatabase(paths.database, systemClock.now);
  const events = openEvents({ database, clock: systemClock, log });
  return {
    lastSeq: () => events.lastSeq,
    holder: () => null,
    listeners: new Promise(() => undefined),
    close: () => {
      events.close();
      return Promise.resolve();
    },
  };
}
