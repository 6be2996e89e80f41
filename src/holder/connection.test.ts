// What a wrong or hostile peer may do to a holder: lose its own connection.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtEntry } from '../platform/program.ts';
import { HolderReply, HolderRequest } from '../protocol/holder.ts';
import { encodeFrame, encodeJsonFrame, encodeResize, FrameReader } from '../protocol/holder-codec.ts';

let directory: string;
let holder: ChildProcess;
let socketPath: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sc-'));
  socketPath = join(directory, '.sesame/run/holder.sock');
  holder = await startHolder(builtEntry('holder'));
});

afterEach(() => {
  holder.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function startHolder(...args: string[]): Promise<ChildProcess> {
  const env = { SESAME_WORK_DIR: directory, PATH: process.env['PATH'] };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  await once(child.stdout!, 'data');
  return child;
}

class Peer {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  readonly #frames: Array<{ type: number; pty: number; value: unknown }> = [];
  #look: (() => void) | undefined;

  constructor() {
    this.socket = connect(socketPath);
    this.socket.on('error', () => undefined);
    this.closed = once(this.socket, 'close');
    const reader = new FrameReader({
      frame: (type, pty, payload) => {
        this.#frames.push({ type, pty, value: JSON.parse(payload.toString('utf8')) });
        this.#look?.();
      },
      output: () => undefined,
    });
    this.socket.on('data', (bytes: Buffer) => reader.push(bytes));
  }

  send(type: number, value: unknown, pty = 0): void {
    this.socket.write(encodeJsonFrame(type, pty, value));
  }

  reply(type: number): Promise<{ pty: number; value: unknown }> {
    return new Promise((resolve) => {
      this.#look = () => {
        const found = this.#frames.findIndex((frame) => frame.type === type);
        if (found >= 0) resolve(this.#frames.splice(found, 1)[0]!);
      };
      this.#look();
    });
  }

  async hello(version = 1): Promise<unknown> {
    this.send(HolderRequest.hello, { version, name: 'test' });
    return (await this.reply(HolderReply.hello)).value;
  }
}

async function greeted(): Promise<Peer> {
  const peer = new Peer();
  await peer.hello();
  return peer;
}

const spec = {
  tag: '1',
  name: 'r',
  argv: ['sleep', '60'],
  cwd: '/',
  env: { PATH: '/usr/bin:/bin' },
  cols: 80,
  rows: 24,
};

const wrong: Array<[string, Buffer]> = [
  ['bytes that are no frames', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a frame longer than allowed', Buffer.from([0xff, 0xff, 0xff, 0x7f, 3, 0, 0, 0, 0])],
  ['an unknown request', encodeFrame(99, 0, Buffer.from('x'))],
  ['text that is not JSON', encodeFrame(HolderRequest.spawn, 0, Buffer.from('{"argv":'))],
  ['deeply nested JSON', encodeFrame(HolderRequest.spawn, 0, Buffer.from('['.repeat(100_000)))],
  ['a spawn without a program', encodeJsonFrame(HolderRequest.spawn, 0, { ...spec, argv: [] })],
  ['a spawn with a number for an argument', encodeJsonFrame(HolderRequest.spawn, 0, { ...spec, argv: ['a', 1] })],
  ['a spawn of no size', encodeJsonFrame(HolderRequest.spawn, 0, { ...spec, cols: 0 })],
  ['a spawn of a broken size', encodeJsonFrame(HolderRequest.spawn, 0, { ...spec, rows: 1.5 })],
  ['a resize to nothing', encodeResize(HolderRequest.resize, 1, 0, 24)],
  ['an ack that is too short', encodeFrame(HolderRequest.ack, 1, Buffer.alloc(5))],
  ['a signal nobody may send', encodeJsonFrame(HolderRequest.signal, 1, { signal: 'SIGSEGV' })],
];

test('a wrong message closes its connection; programs and later servers notice nothing', async () => {
  const first = await greeted();
  first.send(HolderRequest.spawn, spec);
  const { pty } = await first.reply(HolderReply.spawned);
  expect(pty).toBe(1);
  for (const [what, bytes] of wrong) {
    const peer = await greeted();
    peer.socket.write(bytes);
    await peer.closed;
    const next = await greeted();
    next.send(HolderRequest.list, {});
    const { value } = await next.reply(HolderReply.list);
    expect(value, what).toMatchObject({ ptys: [{ pty: 1, name: 'r', exit: null }] });
  }
  const last = await greeted();
  last.send(HolderRequest.shutdown, {});
  await once(holder, 'exit');
});

test('a request before hello closes the connection', async () => {
  const peer = new Peer();
  peer.send(HolderRequest.list, {});
  await peer.closed;
});

test('a server of another version is answered and does not replace the one that is there', async () => {
  const mine = await greeted();
  const other = new Peer();
  expect(await other.hello(2)).toEqual({ version: 1, pid: holder.pid });
  mine.send(HolderRequest.list, {});
  expect((await mine.reply(HolderReply.list)).value).toEqual({ ptys: [] });
});

test('requests for a terminal that is gone are no mistake', async () => {
  const peer = await greeted();
  peer.socket.write(encodeFrame(HolderRequest.write, 42, Buffer.from('x')));
  peer.send(HolderRequest.collect, {}, 42);
  peer.send(HolderRequest.list, {});
  expect((await peer.reply(HolderReply.list)).value).toEqual({ ptys: [] });
});

test('hang-up and interrupt do not end the holder', async () => {
  holder.kill('SIGHUP');
  holder.kill('SIGINT');
  const peer = await greeted();
  peer.send(HolderRequest.list, {});
  await peer.reply(HolderReply.list);
});

test('a second holder leaves the work directory to the first', async () => {
  const second = spawn(process.execPath, [builtEntry('holder')], {
    env: { SESAME_WORK_DIR: directory },
    stdio: 'ignore',
  });
  expect(await once(second, 'exit')).toEqual([75, null]);
  await greeted();
});

test('a holder without programs and without a server ends by itself and leaves no socket', async () => {
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const script = `
    import { runHolder } from ${JSON.stringify(resolve('src/holder/holder.ts'))};
    import { silentLog } from ${JSON.stringify(resolve('src/platform/log.ts'))};
    await runHolder({ socket: ${JSON.stringify(socketPath)}, lock: ${JSON.stringify(`${socketPath}.lock`)}, log: silentLog,
      idleMs: 300, ready: () => console.log('ready') });`;
  holder = await startHolder('--input-type=module-typescript', '-e', script);
  const ended = once(holder, 'exit');
  // A server keeps it, and so does a program without one.
  const peer = await greeted();
  peer.send(HolderRequest.spawn, { ...spec, argv: ['sleep', '0.6'] });
  const { pty } = await peer.reply(HolderReply.spawned);
  peer.socket.destroy();
  await peer.closed;
  const later = await greeted();
  later.socket.write(encodeFrame(HolderRequest.ack, pty, Buffer.from('000000000000000000000100', 'hex')));
  await later.reply(HolderReply.exited);
  later.send(HolderRequest.collect, {}, pty);
  later.socket.end();
  expect(await ended).toEqual([0, null]);
  expect(existsSync(socketPath)).toBe(false);
});
