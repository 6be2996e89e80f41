// Reaching the server: connect, or start it and connect; compare versions; do it again when it went away.
import { once } from 'node:events';
import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import { Failure, type FailureBody } from '../domain/failure.ts';
import { ensureDirectory } from '../platform/files.ts';
import type { Paths } from '../platform/paths.ts';
import type { Hello } from '../protocol/routes.ts';
import { ApiVersion } from '../protocol/version.ts';
import { type Call, createCall } from './calls.ts';
import { askHello } from './hello.ts';
import { type ServerCommand, startServer } from './server-process.ts';

export interface ConnectOptions {
  paths: Paths;
  /** Start a server when there is none, now and whenever it is found dead later. */
  start: boolean;
  serverCommand: ServerCommand;
  /** Aborted when the user does not want to wait any longer. */
  interrupted?: AbortSignal;
  /** Told when the server is there and does not answer, while it is still waited for. */
  onSlow?: (notice: FailureBody) => void;
}

/** A way to the server that outlives the server: every call finds the one that runs now. */
export interface Client {
  readonly paths: Paths;
  readonly call: Call;
  /** What the server said when it was reached last. */
  readonly hello: Hello;
  /** True when this client has started the server. */
  readonly startedServer: boolean;
  /**
   * Resolves once a server answers, starting one where allowed. Attempts are shared: many may call this at once. After
   * `serverStopped` it does not start one, but waits until somebody else does.
   */
  reach(): Promise<Hello>;
  /** The server said that it was told to stop: bringing it back would be against the user's word. */
  serverStopped(): void;
  /** Aborted by `close`; ends everything that was opened on this client. */
  readonly closed: AbortSignal;
  close(): void;
}

/** How long a server that holds the lock may take until it listens, or until it is gone. */
const handoverTimeoutMs = 15_000;

/**
 * Throws Failures: no-server (when not allowed to start it), server-hangs, version-mismatch, server-start, and what its
 * start said.
 */
export async function connectServer(options: ConnectOptions): Promise<Client> {
  const { paths, interrupted, onSlow } = options;
  const call = createCall(paths.serverSocket, interrupted);
  const tryHello = (): Promise<Hello | null> => askHello(paths, { interrupted, onSlow }).catch(nobody);
  const closer = new AbortController();
  let mayStart = options.start;
  let attempt: Promise<Hello> | null = null;

  const find = async (): Promise<Hello> => {
    const running = await tryHello();
    if (running !== null) return running;
    if (!options.start) throw noServer();
    // A server on its way up or down holds the lock; after that it listens, or there is room for a new one.
    const limit = mayStart ? [AbortSignal.timeout(handoverTimeoutMs)] : [];
    return await waitForServer(paths, tryHello, AbortSignal.any([closer.signal, ...limit]), async () => {
      if (mayStart && (await startServer(paths, options.serverCommand)) === 'ready') client.startedServer = true;
    });
  };

  const client = {
    paths,
    call,
    closed: closer.signal,
    startedServer: false,
    reach: () => {
      attempt ??= find()
        .then((hello) => {
          client.hello = checkVersion(hello);
          mayStart = options.start;
          return hello;
        })
        .finally(() => {
          attempt = null;
        });
      return attempt;
    },
    serverStopped: () => {
      mayStart = false;
    },
    close: () => closer.abort(),
  } as { -readonly [K in keyof Client]: Client[K] };
  await client.reach();
  return client;
}

/** Null when nobody listens; throws for every other trouble. */
function nobody(error: unknown): null {
  if (error instanceof Failure && (error.code === 'no-server' || error.code === 'server-lost')) return null;
  throw error;
}

/** Calls `attempt` and looks for a server, now and after each change of the socket or the lock, until one answers. */
async function waitForServer(
  paths: Paths,
  tryHello: () => Promise<Hello | null>,
  signal: AbortSignal,
  attempt: () => Promise<void>,
): Promise<Hello> {
  await ensureDirectory(paths.run);
  const names = [basename(paths.serverSocket), basename(paths.serverLock)];
  const watcher = watch(paths.run);
  try {
    for (;;) {
      // Listened for before the attempt, so that no change falls between the two.
      const changed = nextChange(watcher, names, signal);
      await attempt();
      const hello = await tryHello();
      if (hello !== null) return hello;
      await changed;
      if (signal.aborted) throw noServer();
    }
  } finally {
    watcher.close();
  }
}

/** Resolves at the next change of one of the named files, or when the signal is aborted. */
async function nextChange(watcher: FSWatcher, names: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      const [, changed] = (await once(watcher, 'change', { signal })) as [string, string | null];
      if (changed === null || names.includes(changed)) return;
    }
  } catch {
    // Aborted, or the directory cannot be watched any more: the caller looks for itself.
  }
}

function noServer(): Failure {
  return new Failure({
    code: 'no-server',
    message: 'no sesame server is running',
    remedy: 'start it with `sesame server start`',
  });
}

/** Throws `version-mismatch` when this program and the server speak different versions of the API. */
export function checkVersion(hello: Hello): Hello {
  if (hello.name !== 'sesame' || typeof hello.api !== 'number') {
    throw new Failure({
      code: 'not-a-server',
      message: 'what listens on the socket is not a sesame server',
      remedy: 'end that program, or set SESAME_WORK_DIR to another directory',
    });
  }
  if (hello.api === ApiVersion) return hello;
  const serverIsOlder = hello.api < ApiVersion;
  throw new Failure({
    code: 'version-mismatch',
    message: serverIsOlder
      ? `the running server (${hello.version}, pid ${hello.pid}) is older than this program`
      : `this program is older than the running server (${hello.version}, pid ${hello.pid})`,
    remedy: serverIsOlder
      ? 'run `sesame server stop`, then try again: agents keep running and the new server takes them over'
      : 'update sesame, or stop that server with `sesame server stop`: agents keep running',
  });
}
