// node:http on the Unix socket. The guard is the run directory (0700) and the socket's own mode (0600): only the owner
// can connect; Node offers no way to ask for the peer's user id.
//
// Every connection carries one request (the reply says `Connection: close`), so nothing idles and nothing has to be
// swept: Node's periodic check of connections is put off for good, and each connection has its own deadline instead.
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { fileFailure } from '../../platform/files.ts';
import { endpoints } from '../../protocol/endpoints.ts';
import type { Hello } from '../../protocol/routes.ts';
import { errorReply } from './error-reply.ts';

export type RequestListener = (request: IncomingMessage, reply: ServerResponse) => void;
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface HttpServerOptions {
  socketPath: string;
  /** Answered at once, before the rest of the server is ready. */
  hello(): Hello;
  /** Everything else waits for this. A rejection is the reply to those who waited. */
  ready: Promise<{ request: RequestListener; upgrade: UpgradeListener }>;
}

const headersTimeoutMs = 10_000;
const neverMs = 2 ** 31 - 1;
const mostConnections = 1000;

/** Listens; a socket file left over by a dead server is replaced (the caller holds the lock). */
export async function openHttpServer(options: HttpServerOptions): Promise<{ close(): Promise<void> }> {
  const { socketPath, hello, ready } = options;
  const server = createServer({
    connectionsCheckingInterval: neverMs,
    headersTimeout: 0,
    requestTimeout: 0,
    keepAliveTimeout: 0,
  });
  server.maxRequestsPerSocket = 1;
  server.maxConnections = mostConnections;

  const upgraded = new Set<Duplex>();
  const deadlines = new WeakMap<object, NodeJS.Timeout>();
  const arrived = (socket: object): void => clearTimeout(deadlines.get(socket));

  server.on('connection', (socket) => {
    deadlines.set(
      socket,
      setTimeout(() => socket.destroy(), headersTimeoutMs),
    );
    socket.once('close', () => arrived(socket));
  });
  server.on('request', (request, reply) => {
    arrived(request.socket);
    // The limit of one request alone says `close` and leaves the closing to the client, who may wait for the end.
    reply.setHeader('connection', 'close');
    if (request.method === endpoints.hello.method && request.url === endpoints.hello.path) {
      sendJson(reply, 200, hello());
      return;
    }
    ready.then(
      (listeners) => listeners.request(request, reply),
      (error: unknown) => sendError(reply, error),
    );
  });
  server.on('upgrade', (request, socket, head) => {
    arrived(socket);
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    // A peer that goes away in the middle is no event worth a word; without a listener it would end the server.
    socket.on('error', () => socket.destroy());
    ready.then(
      (listeners) => listeners.upgrade(request, socket, head),
      () => socket.destroy(),
    );
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(malformed);
    else socket.destroy();
  });

  await listen(server, socketPath);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of upgraded) socket.destroy();
        server.closeIdleConnections();
        // Streams have been told by now; who still reads after a second is cut off.
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      }),
  };
}

async function listen(server: Server, socketPath: string): Promise<void> {
  try {
    await rm(socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, () => {
        server.off('error', reject);
        resolve();
      });
    });
    await chmod(socketPath, 0o600);
  } catch (error) {
    throw fileFailure(error, 'listen on', socketPath);
  }
}

function sendError(reply: ServerResponse, error: unknown): void {
  const { status, body } = errorReply(error);
  sendJson(reply, status, body);
}

function sendJson(reply: ServerResponse, status: number, body: unknown): void {
  reply.writeHead(status, { 'content-type': 'application/json' });
  reply.end(JSON.stringify(body));
}

const malformedBody = JSON.stringify({
  error: { code: 'bad-request', message: 'this is not HTTP', remedy: 'speak HTTP/1.1, for example with curl' },
});
const malformed = `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(
  malformedBody,
)}\r\nconnection: close\r\n\r\n${malformedBody}`;
