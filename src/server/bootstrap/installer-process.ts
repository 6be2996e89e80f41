// An installer is a process of its own, one per job: it is started, told what to do, listened to, and ended. It ends by
// itself when the channel to it closes, so none outlives a server that is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../../domain/failure.ts';
import type { Log } from '../../platform/log.ts';
import { type Job, Message, type Outcome } from '../installer/job.ts';

export interface InstallerOptions {
  /** How an installer is started: Node and the built entry. */
  command: readonly string[];
  /** The environment of the server's owner, of which an installer sees what Node itself needs. */
  env: NodeJS.ProcessEnv;
  log: Log;
}

export interface JobOptions {
  job: Job;
  /** Begins the sentence when the process fails instead of the job: `could not install Codex`. */
  otherwise: string;
  /** Exists. */
  cwd: string;
  signal: AbortSignal;
  onProgress(progress: Extract<Message, { kind: 'progress' }>['progress']): void;
}

export interface Installers {
  /**
   * One job. Throws a Failure: what the installer reports, or that it could not be started or was ended; and the reason
   * of an abort, once the installer has put away what it had begun.
   */
  run(options: JobOptions): Promise<Exclude<Outcome, { kind: 'failed' }>>;
  /** Resolves when none is left. */
  ended(): Promise<void>;
}

/** An installer that was told to end has so long to put away what it began. */
const graceMs = 6000;
const keptErrorBytes = 4096;

export function createInstallers({ command, env, log }: InstallerOptions): Installers {
  const living = new Set<Promise<unknown>>();
  return {
    async run(options) {
      const { signal } = options;
      signal.throwIfAborted();
      const child = start(options);
      // Once its channel and its output are read to the end, also when it could not be started.
      const closed = once(child, 'close').catch(() => undefined);
      living.add(closed);
      void closed.then(() => living.delete(closed));
      const stop = (): void => endInstaller(child);
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await listen(child, closed, options);
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    ended: async () => void (await Promise.all(living)),
  };

  function start({ cwd, otherwise }: JobOptions): ChildProcess {
    const [file = '', ...args] = command;
    try {
      return spawn(file, args, { cwd, env: environmentOf(env), stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    } catch (error) {
      throw wasEnded(otherwise, { exitCode: null, signalCode: null }, error, '');
    }
  }

  async function listen(
    child: ChildProcess,
    closed: Promise<unknown>,
    { job, otherwise, onProgress }: JobOptions,
  ): Promise<Exclude<Outcome, { kind: 'failed' }>> {
    let errors = '';
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => {
      errors = (errors + text).slice(-keptErrorBytes);
    });
    let startError: unknown = null;
    child.on('error', (error) => {
      startError ??= error;
    });
    const outcome = new Promise<Outcome>((resolve) => {
      child.on('message', (value) => {
        const message = Message.safeParse(value);
        if (!message.success) resolve({ kind: 'failed', failure: misunderstood().toBody() });
        else if (message.data.kind === 'progress') onProgress(message.data.progress);
        else resolve(message.data);
      });
    });
    // One that dies at once is told of by its end.
    if (child.connected) child.send(job, () => undefined);
    const said = await Promise.race([outcome, closed.then(() => null)]);
    if (said === null) throw wasEnded(otherwise, child, startError, errors);
    // It has nothing left to do.
    child.kill('SIGKILL');
    await closed;
    if (said.kind !== 'failed') return said;
    if (errors !== '') log.error('an installer failed', { errors, code: said.failure.code });
    throw new Failure(said.failure);
  }

  function wasEnded(
    otherwise: string,
    { exitCode, signalCode }: Pick<ChildProcess, 'exitCode' | 'signalCode'>,
    error: unknown,
    errors: string,
  ): Failure {
    log.error('an installer ended without a word', { exitCode, signalCode, errors, error: String(error) });
    const how =
      error !== null
        ? `cannot be started: ${error instanceof Error ? error.message : String(error)}`
        : signalCode !== null
          ? `was ended by ${signalCode}`
          : `ended with ${exitCode}`;
    return new Failure({
      code: 'bootstrap-process',
      message: `${otherwise}: the process for it ${how}`,
      remedy: 'the machine may be short of memory or of processes; try again: what was downloaded is kept',
      ...(errors === '' ? {} : { detail: errors }),
    });
  }
}

/** One that does not hear is killed. */
function endInstaller(child: ChildProcess): void {
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.once('close', () => clearTimeout(patience));
}

/** What Node needs to start and to trust the right certificates. Registry, proxy and tokens come with the job. */
function environmentOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = [
    'NODE_EXTRA_CA_CERTS',
    'NODE_USE_SYSTEM_CA',
    'NODE_TLS_REJECT_UNAUTHORIZED',
    'NODE_OPTIONS',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'OPENSSL_CONF',
    'LD_LIBRARY_PATH',
    'DYLD_LIBRARY_PATH',
    'LOCALDOMAIN',
    'RES_OPTIONS',
    'HOME',
    'PATH',
    'TZ',
  ];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function misunderstood(): Failure {
  return new Failure({
    code: 'bootstrap-version',
    message: 'sesame was updated while its server runs, and the two do not understand each other',
    remedy: 'restart the server: sesame server stop (agents keep running)',
  });
}
