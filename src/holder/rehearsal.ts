// Types into a terminal that nobody sees, through all that a key passes in this process, so that it is compiled before the
// user's first key: that one would take ten times as long as the thousandth. The terminal has no program; its own echo
// answers.
import type { Socket } from 'node:net';
import { socketPair } from '../platform/local-socket.ts';
import { playRounds, rehearsedKey } from '../platform/rehearsing.ts';
import { HolderRequest } from '../protocol/holder.ts';
import { encodeAck, encodeFrame, encodeJsonFrame, FrameReader } from '../protocol/holder-codec.ts';
import { HolderVersion } from '../protocol/version.ts';
import { Connection, type Host } from './connection.ts';
import { type Exit, openTerminal } from './launch.ts';
import { Pty } from './pty.ts';

const id = 1;
const windowBytes = 64 << 10;
const size = { cols: 80, rows: 24 };

/**
 * About 0.1 s of work in half a second; `socketPath` is used for a moment. Resolves with the number of keys that came
 * back, also after an abort. Rejects with the system's error when there is no terminal or no socket to be had.
 */
export function rehearse(socketPath: string, signal: AbortSignal): Promise<number> {
  return playRounds((keys) => rehearseOnce(socketPath, keys, signal), signal);
}

async function rehearseOnce(socketPath: string, keys: number, signal: AbortSignal): Promise<number> {
  const { promise: exited, resolve: end } = Promise.withResolvers<Exit>();
  // No process group has this number: a signal to it would fail.
  const launched = { pid: Number.NaN, ...openTerminal(size.cols, size.rows), exited };
  const spec = { tag: '', name: 'rehearsal', argv: [], cwd: '/', env: {}, ...size };
  let connection: Connection | null = null;
  const pty = new Pty(id, spec, launched, (changed) => connection?.feeds.changed(changed));
  try {
    const { client, server } = await socketPair(socketPath);
    connection = new Connection(server, hostOf(pty));
    try {
      return await typeInto(client, keys, signal);
    } finally {
      client.destroy();
      connection.close('the rehearsal is over');
    }
  } finally {
    end({ code: 0, signal: 0 });
  }
}

/** As the server does it: hello, an acknowledgement that starts the flow, then keys, each once the last has come back. */
function typeInto(server: Socket, keys: number, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    let typed = 0;
    const next = (): void => {
      if (signal.aborted || typed === keys) {
        resolve(typed);
        return;
      }
      const key = rehearsedKey(typed);
      typed += 1;
      server.write(encodeFrame(HolderRequest.write, id, Buffer.of(key)));
    };
    const reader = new FrameReader({
      frame: () => {
        server.write(encodeAck(HolderRequest.ack, id, 0, windowBytes));
        next();
      },
      output: (_pty, offset, bytes) => {
        next();
        if (typed % 8 === 0) server.write(encodeAck(HolderRequest.ack, id, offset + bytes.length, windowBytes));
      },
    });
    server.on('data', (bytes: Buffer) => reader.push(bytes));
    server.on('error', reject);
    server.on('close', () => resolve(typed));
    signal.addEventListener('abort', () => resolve(typed), { once: true });
    server.write(encodeJsonFrame(HolderRequest.hello, 0, { version: HolderVersion, name: 'rehearsal' }));
  });
}

function hostOf(pty: Pty): Host {
  const nobody = (): void => undefined;
  return {
    accept: nobody,
    closed: nobody,
    find: () => pty,
    list: () => [],
    spawn: () => Promise.reject(new Error('nothing is started here')),
    collect: nobody,
    shutdown: nobody,
  };
}
