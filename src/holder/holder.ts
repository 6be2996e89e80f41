// The holder: owns the PTYs and nothing else, so that they outlive every server. It ends by itself when it has neither
// a PTY nor a server.
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { acquireLock, type Lock } from '../platform/lock.ts';
import type { Log } from '../platform/log.ts';
import type { HolderSpawn } from '../protocol/holder.ts';
import { Connection, type Host } from './connection.ts';
import { launch } from './launch.ts';
import { Pty } from './pty.ts';
import { rehearse } from './rehearsal.ts';

export interface HolderOptions {
  socket: string;
  lock: string;
  log: Log;
  /** How long it stays without a PTY and without a server. */
  idleMs: number;
  /** Where a key is rehearsed when the first program starts (see rehearsal.ts); null for not at all. */
  rehearsalSocket: string | null;
  /** Called once the socket accepts connections. */
  ready: () => void;
}

/** Resolves when the holder has ended, with the pid of the other one when that has the lock. */
export async function runHolder(options: HolderOptions): Promise<{ heldBy: number } | null> {
  // The umask stays the user's: programs inherit it. What is ours is private by its own mode, in a private directory.
  await mkdir(dirname(options.lock), { recursive: true, mode: 0o700 });
  await chmod(dirname(options.lock), 0o700);
  const lock = await acquireLock(options.lock);
  if ('heldBy' in lock) return lock;
  await new Holder(options, lock).ended;
  return null;
}

class Holder implements Host {
  readonly ended: Promise<void>;
  readonly #options: HolderOptions;
  readonly #server: Server;
  readonly #ptys = new Map<number, Pty>();
  readonly #connections = new Set<Connection>();
  #current: Connection | undefined;
  #lastPty = 0;
  /** Programs being started. */
  #starting = 0;
  #idle: NodeJS.Timeout | undefined;
  /** Aborted when the holder ends. */
  readonly #ending = new AbortController();
  #isRehearsed = false;

  constructor(options: HolderOptions, lock: Lock) {
    this.#options = options;
    this.#server = createServer((socket) => this.#connections.add(new Connection(socket, this)));
    this.ended = this.#serve(lock);
    process.on('SIGTERM', () => this.shutdown());
    for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => undefined);
    // One PTY's trouble must not end the others.
    process.on('uncaughtException', (error) => options.log.error('uncaught', { error: error.stack ?? error.message }));
  }

  accept(connection: Connection): void {
    const older = this.#current;
    this.#current = connection;
    if (older !== undefined && older !== connection) older.close('a newer server took over');
    this.#watchIdle();
  }

  closed(connection: Connection, reason: string): void {
    this.#connections.delete(connection);
    this.#options.log.info('connection closed', { reason });
    if (this.#current === connection) this.#current = undefined;
    this.#watchIdle();
  }

  find(pty: number): Pty | undefined {
    return this.#ptys.get(pty);
  }

  list(): ReturnType<Host['list']> {
    return [...this.#ptys.values()].map((pty) => pty.describe());
  }

  async spawn(spec: HolderSpawn): Promise<Pty> {
    if (this.#isEnding) throw new Error('the holder is ending');
    this.#starting += 1;
    try {
      const launched = await launch(spec);
      this.#lastPty += 1;
      const pty = new Pty(this.#lastPty, spec, launched, (changed) => this.#current?.feeds.changed(changed));
      this.#ptys.set(pty.id, pty);
      if (this.#isEnding) void pty.end();
      this.#rehearse();
      return pty;
    } finally {
      this.#starting -= 1;
      this.#watchIdle();
    }
  }

  collect(pty: Pty): void {
    if (pty.exit === null) return;
    this.#ptys.delete(pty.id);
    this.#current?.feeds.forget(pty);
    this.#watchIdle();
  }

  shutdown(): void {
    if (this.#isEnding) return;
    this.#ending.abort();
    void Promise.all([...this.#ptys.values()].map((pty) => pty.end())).then(() => {
      this.#server.close();
      for (const connection of this.#connections) connection.close('the holder ends');
    });
  }

  async #serve(lock: Lock): Promise<void> {
    const { socket, ready, log } = this.#options;
    // Whoever had this socket is proved dead by the lock.
    await rm(socket, { force: true });
    const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
    this.#server.on('error', reject);
    this.#server.on('close', resolve);
    this.#server.listen(socket, () => {
      void chmod(socket, 0o600).then(() => {
        log.info('holder ready', { pid: process.pid });
        this.#watchIdle();
        ready();
      }, reject);
    });
    try {
      await closed;
    } finally {
      clearTimeout(this.#idle);
      await lock.release();
      await log.flush();
    }
  }

  get #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  #rehearse(): void {
    const { rehearsalSocket, log } = this.#options;
    if (rehearsalSocket === null || this.#isRehearsed) return;
    this.#isRehearsed = true;
    rehearse(rehearsalSocket, this.#ending.signal).then(
      (keys) => log.info('rehearsed', { keys }),
      (error: Error) => log.info('keys were not rehearsed', { reason: error.message }),
    );
  }

  #watchIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
    const isIdle = this.#ptys.size === 0 && this.#starting === 0 && this.#current === undefined;
    if (isIdle && !this.#isEnding) this.#idle = setTimeout(() => this.shutdown(), this.#options.idleMs);
  }
}
