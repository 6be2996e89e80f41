// A server's connection. It must introduce itself first; what it sends wrongly closes it and nothing else.
import type { Socket } from 'node:net';
import { type HolderPty, HolderReply, HolderRequest, type HolderSpawn } from '../protocol/holder.ts';
import { encodeJsonFrame, FrameReader, ProtocolError } from '../protocol/holder-codec.ts';
import { HolderVersion } from '../protocol/version.ts';
import { Feeds } from './feeds.ts';
import type { Pty } from './pty.ts';
import { parseAck, parseHello, parseResize, parseSignal, parseSpawn } from './requests.ts';

/** What connections need of the holder. */
export interface Host {
  /** The connection speaks our version and is now the server's; an older one has been closed. */
  accept(connection: Connection): void;
  closed(connection: Connection, reason: string): void;
  find(pty: number): Pty | undefined;
  list(): HolderPty[];
  spawn(spec: HolderSpawn): Promise<Pty>;
  collect(pty: Pty): void;
  shutdown(): void;
}

/** Replies hold a few hundred bytes; a server that asks and never reads is not worth more memory than this. */
const unreadReplyLimit = 8 << 20;

export class Connection {
  readonly feeds: Feeds;
  readonly #socket: Socket;
  readonly #host: Host;
  #state: 'new' | 'accepted' | 'closed' = 'new';

  constructor(socket: Socket, host: Host) {
    this.#socket = socket;
    this.#host = host;
    this.feeds = new Feeds(socket);
    const reader = new FrameReader({ frame: (type, pty, payload) => this.#handle(type, pty, payload) });
    socket.on('data', (bytes: Buffer) => {
      try {
        reader.push(bytes);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.close(error.message);
      }
    });
    socket.on('error', (error) => this.close(error.message));
    socket.on('close', () => this.close('the server left'));
  }

  close(reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.feeds.close();
    this.#socket.destroy();
    this.#host.closed(this, reason);
  }

  #handle(type: number, id: number, payload: Buffer): void {
    // Frames that came in the same read as the one that closed the connection.
    if (this.#state === 'closed') return;
    if (type === HolderRequest.hello) {
      if (parseHello(payload) === HolderVersion) {
        this.#state = 'accepted';
        this.#host.accept(this);
      }
      this.#reply(HolderReply.hello, 0, { version: HolderVersion, pid: process.pid });
      return;
    }
    if (this.#state === 'new') throw new ProtocolError('a request before hello');
    // A PTY that was collected while the request was on its way is no mistake.
    const pty = this.#host.find(id);
    switch (type) {
      case HolderRequest.list:
        this.#reply(HolderReply.list, 0, { ptys: this.#host.list() });
        return;
      case HolderRequest.spawn:
        void this.#spawn(parseSpawn(payload));
        return;
      case HolderRequest.shutdown:
        this.#host.shutdown();
        return;
      case HolderRequest.write:
        if (pty?.write(payload) === false) this.#reply(HolderReply.refused, id, { queued: pty.queuedInput });
        return;
      case HolderRequest.resize: {
        const { cols, rows } = parseResize(payload);
        pty?.resize(cols, rows);
        return;
      }
      case HolderRequest.ack: {
        const { offset, windowBytes } = parseAck(payload);
        if (pty === undefined) return;
        pty.acknowledge(offset);
        this.feeds.acknowledge(pty, offset, windowBytes);
        return;
      }
      case HolderRequest.signal: {
        const signal = parseSignal(payload);
        if (signal === 'end') void pty?.end();
        else pty?.signal(signal);
        return;
      }
      case HolderRequest.collect:
        if (pty !== undefined) this.#host.collect(pty);
        return;
      default:
        throw new ProtocolError(`an unknown request ${type}`);
    }
  }

  async #spawn(spec: HolderSpawn): Promise<void> {
    const { tag } = spec;
    try {
      const { id, pid } = await this.#host.spawn(spec);
      this.#reply(HolderReply.spawned, id, { tag, pid });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
      const message = error instanceof Error ? error.message : String(error);
      this.#reply(HolderReply.failed, 0, { tag, code, message });
    }
  }

  #reply(type: number, pty: number, value: unknown): void {
    if (this.#state === 'closed') return;
    this.#socket.write(encodeJsonFrame(type, pty, value));
    if (this.#socket.writableLength > unreadReplyLimit) this.close('the server does not read');
  }
}
