// HolderLink over the holder's socket. Output is handed on from the read buffer as it comes, never collected.
import { connect, type Socket } from 'node:net';
import * as z from 'zod';
import { Failure } from '../../domain/failure.ts';
import {
  type HolderPty,
  HolderReply,
  HolderRequest,
  type HolderSpawn,
  HolderWriteQueueBytes,
} from '../../protocol/holder.ts';
import {
  encodeAck,
  encodeFrame,
  encodeJsonFrame,
  encodeResize,
  FrameReader,
  ProtocolError,
  readJson,
} from '../../protocol/holder-codec.ts';
import { HolderVersion } from '../../protocol/version.ts';
import type { HolderLink, HolderListener } from './link.ts';

const readBytes = 64 << 10;
/** Input goes in frames of at most this size, well below the frame limit. */
const writeBytes = 1 << 20;
const helloPatienceMs = 10_000;

const Hello = z.object({ version: z.number(), pid: z.number() });
const Spawned = z.object({ tag: z.string(), pid: z.number() });
const Failed = z.object({ tag: z.string(), code: z.string(), message: z.string() });
const Exited = z.object({ code: z.number(), signal: z.number(), end: z.number() });
const Refused = z.object({ queued: z.number() });
const Pty = z.object({
  pty: z.number(),
  name: z.string(),
  pid: z.number(),
  cols: z.number(),
  rows: z.number(),
  start: z.number(),
  end: z.number(),
  exit: z.object({ code: z.number(), signal: z.number() }).nullable(),
});
const List = z.object({ ptys: z.array(Pty) });

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/**
 * Connects and shakes hands. Rejects with the socket's error when nobody listens, with a Failure when the holder does
 * not answer or speaks another version.
 */
export async function openLink(socketPath: string, name: string, listener: HolderListener): Promise<HolderLink> {
  const link = new SocketLink(socketPath, listener);
  await link.handshake(name);
  return link;
}

type State = 'shaking-hands' | 'open' | 'leaving' | 'closed';

class SocketLink implements HolderLink {
  pid = 0;
  version = 0;
  readonly #listener: HolderListener;
  readonly #socket: Socket;
  #joined = false;
  readonly #closed = Promise.withResolvers<void>();
  readonly #hello = Promise.withResolvers<z.infer<typeof Hello>>();
  readonly #spawns = new Map<string, Waiting<{ pty: number; pid: number }>>();
  readonly #lists: Array<Waiting<HolderPty[]>> = [];
  #lastTag = 0;
  #state: State = 'shaking-hands';
  #trouble: Error | undefined;

  constructor(socketPath: string, listener: HolderListener) {
    this.#listener = listener;
    const reader = new FrameReader({
      frame: (type, pty, payload) => this.#handle(type, pty, payload),
      output: (pty, offset, bytes) => {
        if (this.#state === 'open') listener.output(pty, offset, bytes);
      },
    });
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    const callback = (length: number): boolean => {
      try {
        reader.push(buffer.subarray(0, length));
      } catch (error) {
        if (!(error instanceof ProtocolError) && !(error instanceof z.ZodError)) throw error;
        this.#socket.destroy(error);
      }
      return true;
    };
    this.#socket = connect({ path: socketPath, onread: { buffer, callback } });
    this.#socket.on('error', (error) => {
      this.#trouble = error;
    });
    this.#socket.on('close', () => this.#onClose());
  }

  async handshake(name: string): Promise<void> {
    this.#socket.write(encodeJsonFrame(HolderRequest.hello, 0, { version: HolderVersion, name }));
    const patience = setTimeout(() => {
      this.#socket.destroy(
        new Failure({
          code: 'holder-silent',
          message: 'the holder does not answer',
          remedy: 'its programs may still run; see holder.log in the run directory, then end the holder and try again',
        }),
      );
    }, helloPatienceMs);
    try {
      const { version, pid } = await this.#hello.promise;
      if (version !== HolderVersion) throw versionFailure(version, pid);
      this.version = version;
      this.pid = pid;
      this.#state = 'open';
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(patience);
    }
  }

  list(): Promise<HolderPty[]> {
    const waiting = Promise.withResolvers<HolderPty[]>();
    if (this.#isGone) waiting.reject(lostFailure());
    else {
      this.#lists.push(waiting);
      this.#send(HolderRequest.list, 0);
    }
    return waiting.promise;
  }

  spawn(spec: Omit<HolderSpawn, 'tag'>): Promise<{ pty: number; pid: number }> {
    const waiting = Promise.withResolvers<{ pty: number; pid: number }>();
    if (this.#isGone) waiting.reject(lostFailure());
    else {
      this.#lastTag += 1;
      const tag = String(this.#lastTag);
      this.#spawns.set(tag, waiting);
      this.#socket.write(encodeJsonFrame(HolderRequest.spawn, 0, { ...spec, tag }));
    }
    return waiting.promise;
  }

  write(pty: number, bytes: Uint8Array): void {
    // A holder that does not run (stopped, swapped out) must not grow the server.
    if (this.#socket.writableLength > HolderWriteQueueBytes) {
      this.#listener.refused(pty, this.#socket.writableLength);
      return;
    }
    for (let at = 0; at < bytes.byteLength; at += writeBytes) {
      this.#send(HolderRequest.write, pty, bytes.subarray(at, at + writeBytes));
    }
  }

  resize(pty: number, cols: number, rows: number): void {
    this.#join();
    if (!this.#isGone) this.#socket.write(encodeResize(HolderRequest.resize, pty, cols, rows));
  }

  ack(pty: number, offset: number, windowBytes: number): void {
    this.#join();
    if (!this.#isGone) this.#socket.write(encodeAck(HolderRequest.ack, pty, offset, windowBytes));
  }

  signal(pty: number, signal: Parameters<HolderLink['signal']>[1]): void {
    if (!this.#isGone) this.#socket.write(encodeJsonFrame(HolderRequest.signal, pty, { signal }));
  }

  end(pty: number): void {
    if (!this.#isGone) this.#socket.write(encodeJsonFrame(HolderRequest.signal, pty, { end: true }));
  }

  collect(pty: number): void {
    this.#send(HolderRequest.collect, pty);
  }

  async shutdown(): Promise<void> {
    this.#send(HolderRequest.shutdown, 0);
    this.#state = this.#isGone ? 'closed' : 'leaving';
    await this.#closed.promise;
  }

  close(): void {
    if (this.#isGone) return;
    this.#state = 'leaving';
    // What was said in this turn still goes.
    this.#socket.uncork();
    this.#socket.destroy();
  }

  get #isGone(): boolean {
    return this.#state === 'closed' || this.#socket.destroyed;
  }

  /**
   * What is said in one turn leaves in one system call: an answer to a query and the acknowledgement that covers it reach
   * the holder both or, when this server is killed, neither.
   */
  #join(): void {
    if (this.#isGone || this.#joined) return;
    this.#joined = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#joined = false;
      this.#socket.uncork();
    });
  }

  #send(type: number, pty: number, payload: Uint8Array = new Uint8Array()): void {
    this.#join();
    if (!this.#isGone) this.#socket.write(encodeFrame(type, pty, payload));
  }

  #handle(type: number, pty: number, payload: Buffer): void {
    if (type === HolderReply.hello) {
      this.#hello.resolve(Hello.parse(readJson(payload)));
      return;
    }
    // A link that was closed by its owner tells it nothing any more; what awaits an answer is rejected on close.
    if (this.#state !== 'open') return;
    switch (type) {
      case HolderReply.spawned: {
        const { tag, pid } = Spawned.parse(readJson(payload));
        this.#spawns.get(tag)?.resolve({ pty, pid });
        this.#spawns.delete(tag);
        return;
      }
      case HolderReply.failed: {
        const { tag, code, message } = Failed.parse(readJson(payload));
        this.#spawns.get(tag)?.reject(spawnFailure(code, message));
        this.#spawns.delete(tag);
        return;
      }
      case HolderReply.exited:
        this.#listener.exited(pty, Exited.parse(readJson(payload)));
        return;
      case HolderReply.list:
        this.#lists.shift()?.resolve(List.parse(readJson(payload)).ptys);
        return;
      case HolderReply.refused:
        this.#listener.refused(pty, Refused.parse(readJson(payload)).queued);
        return;
      default:
        throw new ProtocolError(`an unknown reply ${type}`);
    }
  }

  #onClose(): void {
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    const error = this.#trouble ?? lostFailure();
    this.#hello.reject(error);
    // Nobody waits for the greeting once it has come; its rejection is no news then.
    this.#hello.promise.catch(() => undefined);
    for (const waiting of [...this.#spawns.values(), ...this.#lists]) waiting.reject(lostFailure());
    this.#spawns.clear();
    this.#lists.length = 0;
    this.#closed.resolve();
    if (wasOpen) this.#listener.lost(this.#trouble?.message ?? 'the holder closed the connection');
  }
}

function lostFailure(): Failure {
  return new Failure({
    code: 'holder-lost',
    message: 'the holder is gone, and with it the programs it held',
    remedy: 'resume the sessions to start their agents again',
  });
}

function versionFailure(version: number, pid: number): Failure {
  const age = version < HolderVersion ? 'an older' : 'a newer';
  return new Failure({
    code: 'holder-version',
    message: `the running holder (process ${pid}) is from ${age} sesame: it speaks version ${version}, this one ${HolderVersion}`,
    remedy:
      'its sessions keep running: go on with the sesame that started them, or end them with its `sesame server stop --all` and try again',
  });
}

function spawnFailure(code: string, message: string): Failure {
  const isArguments = code === 'E2BIG' || code === 'ERR_INVALID_ARG_VALUE';
  return new Failure({
    code: isArguments ? 'bad-arguments' : 'no-terminal',
    message: isArguments
      ? `the program's arguments or environment cannot be passed on: ${message}`
      : `the system gave no terminal or process for the program: ${message}`,
    remedy: isArguments
      ? 'shorten them, or remove NUL characters'
      : 'end some programs, or raise the limits for open files, processes and terminals, then try again',
  });
}
