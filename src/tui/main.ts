// The TUI on the machine's terminal. `runTui` is what the command line calls.
import { join } from 'node:path';
import type { Client } from '../client/connect.ts';
import { openMirror } from '../client/mirror.ts';
import { openFrameStream } from '../client/stream.ts';
import type { Config } from '../domain/config.ts';
import { startApp } from './app.ts';
import type { AppOptions } from './app-options.ts';
import type { Backend } from './backend.ts';
import { systemSchedulerClock } from './frame/scheduler.ts';
import { capabilitiesOf } from './out/capabilities.ts';
import { createTerminal, type TerminalPort } from './out/terminal.ts';
import { createTtyPort } from './out/tty-port.ts';
import { rehearse } from './rehearsal.ts';

export interface TuiOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  config: Config;
  /** What was wrong with config.json, to be shown. */
  problems: readonly string[];
  /** Only this pane, nothing around it: position in the list or id. */
  zoom: string | null;
  /** Keeps preferences for the next time, by dotted keys of config.json. */
  savePreferences(preferences: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface TuiStart {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  /** Reaches the server. The screen is drawn before it resolves. `slow`: it is there and does not answer. */
  connect(slow: () => void): Promise<Client>;
  /** Ends a server that does not answer. */
  killServer(): Promise<unknown>;
  options: TuiOptions;
}

/**
 * Runs until the user leaves; resolves with the exit code, the terminal as it was. Rejects with the Failure of
 * `connect`, or `no-such-session` for a `zoom` that names none.
 */
export async function runTui({ stdin, stdout, connect, killServer, options }: TuiStart): Promise<number> {
  const tty = createTtyPort(stdin, stdout);
  let drawnAt = Number.NEGATIVE_INFINITY;
  const port: TerminalPort = {
    ...tty,
    get size() {
      return tty.size;
    },
    write: (bytes) => {
      drawnAt = performance.now();
      return tty.write(bytes);
    },
  };
  const terminal = createTerminal(port, capabilitiesOf(options.env));
  const left = new AbortController();
  const appOptions: AppOptions = {
    terminal,
    connect: async (slow) => {
      const client = await connect(slow);
      const backend = openBackend(client);
      if (options.env['SESAME_WARM_UP'] !== '0') {
        void rehearseKeys(appOptions, backend, client, stdin, () => drawnAt, left.signal);
      }
      return backend;
    },
    config: options.config,
    problems: options.problems,
    cwd: options.cwd,
    shell: options.env['SHELL'] || '/bin/sh',
    editor: options.env['VISUAL'] || options.env['EDITOR'] || 'vi',
    zoom: options.zoom,
    now: Date.now,
    clock: systemSchedulerClock,
    savePreferences: options.savePreferences,
    killServer,
  };
  try {
    const reason = await startApp(appOptions).ended;
    return reason === 'signal' ? 1 : 0;
  } finally {
    left.abort();
  }
}

/** So long after a key of the user or a frame nothing is rehearsed: a flood, and who types, have the processor to themselves. */
const aloneMs = { typed: 500, drawn: 50 };

/** Beside the real screen, and of no consequence for it. */
async function rehearseKeys(
  app: AppOptions,
  backend: Backend,
  client: Client,
  stdin: NodeJS.ReadStream,
  drawnAt: () => number,
  signal: AbortSignal,
): Promise<void> {
  let typedAt = Number.NEGATIVE_INFINITY;
  const typed = (): void => {
    typedAt = performance.now();
  };
  stdin.on('data', typed);
  try {
    const socketPath = join(client.paths.run, `${process.pid.toString(36)}.w`);
    const busyForMs = (): number => Math.max(typedAt + aloneMs.typed, drawnAt() + aloneMs.drawn) - performance.now();
    await rehearse({ app, backend, socketPath, busyForMs, signal });
  } catch {
    // Without a socket for it the first keys take a few milliseconds more, and that is all.
  } finally {
    stdin.off('data', typed);
  }
}

function openBackend(client: Client): Backend {
  const stream = openFrameStream(client);
  const mirror = openMirror(client, Date.now, () => stream.heardAt);
  // Found again by one of the two: the other need not wait its turn, or panes would stand still under a server that is there.
  mirror.onChange((event) => {
    if (event === null && mirror.state.kind === 'ready') stream.retry();
  });
  return {
    call: client.call,
    mirror,
    stream,
    close: () => {
      mirror.close();
      stream.close();
      client.close();
    },
  };
}
