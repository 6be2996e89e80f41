// The event stream of an agent's own server, from a real one on loopback.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { silentLog } from '../../platform/log.ts';
import { EventFollower } from './event-follower.ts';

let server: Server;
let port: number;
let streams: ServerResponse[] = [];
let answer: (request: IncomingMessage, reply: ServerResponse) => void;
let follower: EventFollower | null = null;

beforeEach(async () => {
  streams = [];
  answer = (request, reply) => {
    if (request.url !== '/event')
      return void reply.end(`{"at":"${request.url}","auth":"${request.headers.authorization}"}`);
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.write('data: {"n":0}\n\n');
    streams.push(reply);
  };
  await listen(0);
});
afterEach(async () => {
  follower?.close();
  await close();
});

async function listen(at: number): Promise<void> {
  server = createServer((request, reply) => answer(request, reply));
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
}

async function close(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function follow(): string[] {
  const told: string[] = [];
  const base = `http://127.0.0.1:${port}`;
  follower = new EventFollower({
    source: { kind: 'events', url: `${base}/event`, snapshots: [`${base}/session`], user: 'u', password: 'p' },
    event: (url, data) => told.push(`${url.slice(base.length)} ${data}`),
    connection: (open) => told.push(open ? 'open' : 'closed'),
    log: silentLog,
  });
  return told;
}

const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;
const snapshot = `/session {"at":"/session","auth":"${basic}"}`;

test('snapshots come first after each connection, then the events', async () => {
  const told = follow();
  await until('the first event', () => told.length === 3);
  streams[0]?.write('data: {"n":');
  streams[0]?.write('1}\n\n: ping\n\n');
  await until('the second event', () => told.length === 4);
  expect(told).toEqual(['open', snapshot, '/event {"n":0}', '/event {"n":1}']);
});

test('a snapshot that is not answered is asked for again before the events are heard', async () => {
  const usual = answer;
  let asked = 0;
  answer = (request, reply) => (request.url === '/session' && asked++ === 0 ? undefined : usual(request, reply));
  const told = follow();
  await until('the first event', () => told.length === 3);
  expect(told).toEqual(['open', snapshot, '/event {"n":0}']);
  expect(asked).toBe(2);
});

test('a server that was not ready is asked again when the program draws, whatever the timer says', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  try {
    const usual = answer;
    let refused = 0;
    answer = (_, reply) => void reply.writeHead(503).end(() => refused++);
    const told = follow();
    while (refused === 0) await turn();
    answer = usual;
    while (told.length < 3) {
      follower?.look();
      await turn();
    }
    expect(told).toEqual(['open', snapshot, '/event {"n":0}']);
  } finally {
    vi.useRealTimers();
  }
});

test('a server that goes and comes back is found again', async () => {
  const told = follow();
  await until('the first event', () => told.length === 3);
  await close();
  await until('it is missed', () => told.includes('closed'));
  await listen(port);
  await until('it is found again', () => told.length === 7);
  expect(told.slice(3)).toEqual(['closed', 'open', snapshot, '/event {"n":0}']);
});

test('a server that is not up yet is tried until it is', async () => {
  await close();
  const told = follow();
  await listen(port);
  await until('the first event', () => told.length === 3);
  expect(told[0]).toBe('open');
});

test('a snapshot that is refused does not keep the events away', async () => {
  const usual = answer;
  answer = (request, reply) => (request.url === '/session' ? void reply.writeHead(500).end() : usual(request, reply));
  const told = follow();
  await until('the first event', () => told.length === 2);
  expect(told).toEqual(['open', '/event {"n":0}']);
});

test('nothing but this machine is asked', () => {
  const source = { kind: 'events', url: 'http://example.com/event', snapshots: [], user: '', password: '' } as const;
  const quiet = { event: () => undefined, connection: () => undefined, log: silentLog };
  expect(() => new EventFollower({ source, ...quiet })).toThrow('not on this machine');
});
