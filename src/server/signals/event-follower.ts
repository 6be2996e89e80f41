// Follows the event stream of an agent's own server on loopback. After each connection it reads the snapshots first and
// hands on the stream's events after them; a lost or not yet open server is tried again, ever less often while the run
// is quiet, and soon when its program draws.
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { SignalSource } from '../../agents/agent.ts';
import type { Log } from '../../platform/log.ts';
import { SseParser } from '../../protocol/sse.ts';

const firstDelayMs = 100;
const longestDelayMs = 5000;
const answerTimeoutMs = 5000;
/**
 * A server that is still starting may take a request and never answer it, while the next one is answered. Events wait
 * for the snapshots, so the first try is short.
 */
const snapshotTimeoutsMs = [1000, 3000];
/** Between two tries when the program draws. */
const leastGapMs = 250;
const eventLimit = 4 << 20;
const snapshotLimit = 8 << 20;

export interface EventFollowerOptions {
  source: Extract<SignalSource, { kind: 'events' }>;
  event(url: string, data: string): void;
  connection(open: boolean): void;
  log: Log;
}

export class EventFollower {
  readonly #options: EventFollowerOptions;
  readonly #stop = new AbortController();
  #delayMs = firstDelayMs;
  #timer: NodeJS.Timeout | null = null;
  #triedAt = 0;
  #open = false;

  /** Throws when the address is not on this machine. */
  constructor(options: EventFollowerOptions) {
    for (const url of [options.source.url, ...options.source.snapshots]) requireLoopback(url);
    this.#options = options;
    void this.#connect();
  }

  close(): void {
    this.#stop.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The program draws: a server that was not up may be by now. */
  look(): void {
    if (this.#timer === null || performance.now() - this.#triedAt < leastGapMs) return;
    clearTimeout(this.#timer);
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const { source } = this.#options;
    this.#timer = null;
    this.#triedAt = performance.now();
    try {
      const stream = await this.#request(source.url, 'text/event-stream', answerTimeoutMs);
      try {
        await this.#follow(stream);
      } finally {
        stream.destroy();
      }
    } catch (error) {
      // Tried again below. The first tries meet a server that is not up yet: that is no news.
      if (this.#open) this.#options.log.info('the event stream of an agent broke', { error: String(error) });
    }
    if (this.#stop.signal.aborted) return;
    if (this.#open) {
      this.#open = false;
      this.#options.connection(false);
    }
    this.#timer = setTimeout(() => void this.#connect(), this.#delayMs);
    this.#timer.unref();
    this.#delayMs = Math.min(longestDelayMs, this.#delayMs * 2);
  }

  async #follow(stream: IncomingMessage): Promise<void> {
    const { source, connection, event } = this.#options;
    this.#open = true;
    this.#delayMs = firstDelayMs;
    connection(true);
    // The stream is not read meanwhile: what it tells is newer than the snapshots.
    const bodies = await Promise.all(source.snapshots.map((url) => this.#snapshot(url)));
    if (this.#stop.signal.aborted) return;
    for (const [index, url] of source.snapshots.entries()) {
      const body = bodies[index] ?? null;
      if (body !== null) event(url, body);
    }
    const parser = new SseParser(({ data }) => {
      if (!this.#stop.signal.aborted) event(source.url, data);
    }, eventLimit);
    for await (const bytes of stream) parser.push(bytes as Buffer);
  }

  async #snapshot(url: string): Promise<string | null> {
    let failure: unknown;
    for (const timeoutMs of snapshotTimeoutsMs) {
      if (this.#stop.signal.aborted) return null;
      try {
        return await this.#read(url, timeoutMs);
      } catch (error) {
        failure = error;
      }
    }
    this.#options.log.info('a snapshot of an agent could not be read', { url: bare(url), error: String(failure) });
    return null;
  }

  async #read(url: string, timeoutMs: number): Promise<string> {
    const reply = await this.#request(url, 'application/json', timeoutMs);
    reply.setTimeout(answerTimeoutMs, () => reply.destroy(new Error('the answer stopped')));
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const bytes of reply) {
      length += (bytes as Buffer).length;
      if (length > snapshotLimit) throw new Error('the answer is too long');
      pieces.push(bytes as Buffer);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  #request(url: string, accept: string, timeoutMs: number): Promise<IncomingMessage> {
    const { user, password } = this.#options.source;
    const auth = user === '' && password === '' ? {} : { auth: `${user}:${password}` };
    return new Promise((resolve, reject) => {
      const request: ClientRequest = get(url, {
        headers: { accept },
        ...auth,
        agent: false,
        signal: this.#stop.signal,
      });
      const late = setTimeout(() => request.destroy(new Error('no answer')), timeoutMs);
      late.unref();
      request.on('error', (error) => {
        clearTimeout(late);
        reject(error);
      });
      request.on('response', (reply) => {
        clearTimeout(late);
        if (reply.statusCode === 200) return resolve(reply);
        reply.destroy();
        reject(new Error(`answered ${reply.statusCode}`));
      });
    });
  }
}

function requireLoopback(url: string): void {
  const { protocol, hostname } = new URL(url);
  const isLocal = hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
  if (protocol !== 'http:' || !isLocal) throw new Error(`an agent's own server is not on this machine: ${hostname}`);
}

/** Without a query, which may hold a token. */
function bare(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
