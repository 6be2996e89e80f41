// Types into a pane that nobody sees, through all that a key and its echo pass in this process, so that it is compiled
// before the user's first key: that one would take ten times as long as the thousandth. The client and the holder at both
// ends are played here, over sockets as real ones; in between everything is as always, in a folder of its own.
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { RunId, SessionId } from '../../domain/ids.ts';
import type { Clock } from '../../platform/clock.ts';
import { listenOnce, socketPair } from '../../platform/local-socket.ts';
import type { Log } from '../../platform/log.ts';
import type { Paths } from '../../platform/paths.ts';
import { playRounds, rehearsedKey } from '../../platform/rehearsing.ts';
import { decodeFrame } from '../../protocol/frame-codec.ts';
import { encodeJsonMessage, encodeMessage, MessageReader } from '../../protocol/frame-message.ts';
import { HolderReply, HolderRequest } from '../../protocol/holder.ts';
import { encodeJsonFrame, encodeOutputHeader, FrameReader } from '../../protocol/holder-codec.ts';
import { PaneVisibility, StreamReply, StreamRequest, type Subscribe } from '../../protocol/stream.ts';
import { HolderVersion } from '../../protocol/version.ts';
import type { CreateEngine } from '../../terminal/engine.ts';
import { openRuns } from '../runs/pty-runs.ts';
import type { RunListener } from '../runs/runs.ts';
import { serveFrameStream } from './frame-stream.ts';

const channel = 1;
const pty = 1;
const size = { cols: 80, rows: 24 };
const session = SessionId.parse('rehearsal');
const run = RunId.parse(`${session}-1`);

const nobody = (): void => undefined;
const deaf: RunListener = { status: nobody, notified: nobody, clipboard: nobody, resized: nobody, exited: nobody };

export interface RehearsalOptions {
  paths: Paths;
  createEngine: CreateEngine;
  clock: Clock;
  log: Log;
  /** Milliseconds since output was parsed for somebody who looks at it: that goes first. */
  sinceShownMs(): number;
  signal: AbortSignal;
}

const aloneMs = 50;
/** Where output does not pause for so long, it compiles its way itself. */
const patienceMs = 10_000;

/**
 * About 0.2 s of work. Resolves with the number of keys that came back, also after an abort. Rejects when
 * there is no socket or no room on the disk for it.
 */
export function rehearse(options: RehearsalOptions): Promise<number> {
  return playRounds((keys) => rehearseOnce(options, keys), options.signal);
}

async function rehearseOnce(options: RehearsalOptions, keys: number): Promise<number> {
  const { paths, createEngine, clock, log } = options;
  const own = { ...paths, holderSocket: join(paths.run, 'rehearsal.p'), output: join(paths.run, 'rehearsal') };
  // A killed server may have left it.
  await rm(own.output, { recursive: true, force: true });
  // Frames are paced for eyes; nobody looks.
  const hurried: Clock = { now: clock.now, elapsed: () => clock.elapsed() * 1000 };
  const holder = await listenOnce(own.holderSocket);
  void holder.socket.then(playHolder);
  const runs = openRuns({
    paths: own,
    holderCommand: [],
    createEngine,
    clock: hurried,
    log,
    listener: deaf,
    watchdogMinutes: 0,
  });
  try {
    const plain = { scrollback: 1000, agent: null, paste: null, argv: ['rehearsal'], cwd: '/', env: {} };
    await runs.start({ id: run, session, ...size, ...plain });
    const { client, server } = await socketPair(join(paths.run, 'rehearsal.f'));
    try {
      const elapsed = hurried.elapsed;
      serveFrameStream(server, new Uint8Array(0), { runs, find: () => session, log, elapsed });
      return await typeInto(client, keys, options);
    } finally {
      client.destroy();
    }
  } finally {
    holder.close();
    await runs.close();
    await rm(own.output, { recursive: true, force: true });
  }
}

/** As a screen does it: every frame is acknowledged, and the next key comes after it. */
function typeInto(client: Socket, keys: number, { sinceShownMs, signal }: RehearsalOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    let typed = 0;
    const giveUpAt = performance.now() + patienceMs;
    const next = (): void => {
      if (signal.aborted || typed === keys || performance.now() > giveUpAt) {
        resolve(typed);
        return;
      }
      const busyMs = aloneMs - sinceShownMs();
      if (busyMs > 0) {
        setTimeout(next, busyMs);
        return;
      }
      const key = rehearsedKey(typed);
      typed += 1;
      client.write(encodeMessage(StreamRequest.input, channel, Uint8Array.of(key)));
    };
    const reader = new MessageReader();
    client.on('data', (bytes: Uint8Array) =>
      reader.push(bytes, (type, _channel, payload) => {
        if (type !== StreamReply.frame) return;
        const acknowledged = new Uint8Array(4);
        new DataView(acknowledged.buffer).setUint32(0, decodeFrame(payload).seq, true);
        client.write(encodeMessage(StreamRequest.ack, channel, acknowledged));
        next();
      }),
    );
    client.on('error', reject);
    client.on('close', () => resolve(typed));
    signal.addEventListener('abort', () => resolve(typed), { once: true });
    const subscribe: Subscribe = { session, ...size, visibility: PaneVisibility.full };
    client.write(encodeJsonMessage(StreamRequest.subscribe, channel, subscribe));
  });
}

/** A holder with one terminal, whose program prints what it is told. */
function playHolder(server: Socket): void {
  let offset = 0;
  const print = (bytes: Uint8Array): void => {
    server.cork();
    server.write(encodeOutputHeader(pty, offset, bytes.length));
    server.write(bytes);
    server.uncork();
    offset += bytes.length;
  };
  const reader = new FrameReader({
    frame: (type, _pty, payload) => {
      if (type === HolderRequest.hello) {
        server.write(encodeJsonFrame(HolderReply.hello, 0, { version: HolderVersion, pid: process.pid }));
      } else if (type === HolderRequest.spawn) {
        const { tag } = JSON.parse(payload.toString('utf8')) as { tag: string };
        server.write(encodeJsonFrame(HolderReply.spawned, pty, { tag, pid: process.pid }));
      } else if (type === HolderRequest.write) {
        print(payload[0] === 13 ? Buffer.from('\r\n') : Buffer.from(payload));
      }
    },
  });
  server.on('data', (bytes: Buffer) => reader.push(bytes));
  server.on('error', () => server.destroy());
}
