// What the screen is given.
import type { Config } from '../domain/config.ts';
import type { Backend } from './backend.ts';
import type { SchedulerClock } from './frame/scheduler.ts';
import type { OuterTerminal } from './out/terminal.ts';

export interface AppOptions {
  terminal: OuterTerminal;
  /**
   * Reaches the server, starting it where needed. A rejection ends the TUI with that Failure. `slow`: it is there and does
   * not answer, and is waited for.
   */
  connect(slow: () => void): Promise<Backend>;
  /** Ends a server that does not answer. */
  killServer(): Promise<unknown>;
  config: Config;
  /** What was wrong with the configuration, to be shown. */
  problems: readonly string[];
  cwd: string;
  shell: string;
  /** The user's editor: a command line. */
  editor: string;
  /** Only this pane and nothing around it: position in the list or id. */
  zoom: string | null;
  /** Milliseconds since the epoch. */
  now(): number;
  clock: SchedulerClock;
  /** Keeps preferences for the next time, by dotted keys of config.json. */
  savePreferences(preferences: Readonly<Record<string, unknown>>): Promise<void>;
}
