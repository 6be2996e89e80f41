// Follows the event stream of an agent's own server on loopback. After each connection it reads the snapshots first and
// hands on the stream's events after them; a lost or not yet open server is tried again, ever less often, while the
// run lives.
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { SignalSource } from '../../agents/agent.ts';
import type { Log } from '../../platform/log.ts';
import { SseParser } from '../../protocol/sse.ts';

const firstDelayMs = 100;
const longestDelayMs = 5000;
const answerTimeoutMs = 5000;
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
  }

  async #connect(): Promise<void> {
    const { source } = this.#options;
    try {
      const stream = await this.#request(source.url, { accept: 'text/event-stream' });
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
    for (const url of source.snapshots) {
      const body = await this.#snapshot(url);
      if (this.#stop.signal.aborted) return;
      if (body !== null) event(url, body);
    }
    const parser = new SseParser(({ data }) => {
      if (!this.#stop.signal.aborted) event(source.url, data);
    }, eventLimit);
    for await (const bytes of stream) parser.push(bytes as Buffer);
  }

  async #snapshot(url: string): Promise<string | null> {
    try {
      const reply = await this.#request(url, { accept: 'application/json' });
      reply.setTimeout(answerTimeoutMs, () => reply.destroy(new Error('the answer stopped')));
      const pieces: Buffer[] = [];
      let length = 0;
      for await (const bytes of reply) {
        length += (bytes as Buffer).length;
        if (length > snapshotLimit) throw new Error('the answer is too long');
        pieces.push(bytes as Buffer);
      }
      return Buffer.concat(pieces).toString('utf8');
    } catch (error) {
      this.#options.log.info('a snapshot of an agent could not be read', { url: bare(url), error: String(error) });
      return null;
    }
  }

  #request(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
    const { user, password } = this.#options.source;
    const auth = user === '' && password === '' ? {} : { auth: `${user}:${password}` };
    return new Promise((resolve, reject) => {
      const request: ClientRequest = get(url, { headers, ...auth, agent: false, signal: this.#stop.signal });
      const late = setTimeout(() => request.destroy(new Error('no answer')), answerTimeoutMs);
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
