// A model on the loopback that speaks the providers' protocols and does what a script says. No network, no account.
//
//   const model = await startModelServer({ script: [{ steps: [{ write: { path: 'a.txt', content: 'hi' } }] }] });
//   ... a CLI with its base URL at `model.url` ...
//   await model.close();
//
// A protocol is one file beside this one, named in `protocols`. It looks at a request; when the route is its own it
// reads the conversation into `At`, asks `exchange.next(at)` what to do and says that in its provider's words.
// Requests that no protocol knows get 404 and are recorded like all others.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { amp } from './amp.ts';
import { anthropic } from './anthropic.ts';
import { copilotAccount } from './copilot-account.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import { type At, Player, type Reply, type Script } from './script.ts';

export interface RecordedRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: string;
  /** Values that are secrets read `[redacted]`. */
  headers: Record<string, string>;
  /** Parsed where it is JSON. */
  body: unknown;
  /** Milliseconds since the epoch; `endedAt` is null while it is being answered. */
  at: number;
  endedAt: number | null;
  /** What the script made of it; null for a request that is no part of a conversation. */
  turn: 'goes on' | 'over' | 'trouble' | null;
  /** What the answer said it used; null without an answer. */
  usage: Tokens | null;
}

/** `input` holds what came from the cache. */
export interface Tokens {
  input: number;
  cached: number;
  output: number;
}

export interface ModelServer {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  url: string;
  readonly requests: readonly RecordedRequest[];
  setScript(script: Script): void;
  close(): Promise<void>;
}

/** One request and the means to answer it. */
export interface Exchange {
  request: RecordedRequest;
  response: ServerResponse;
  /** Aborted when the client went away or the server closes. */
  signal: AbortSignal;
  /** What the script says. `hang` is to be answered by `never`. */
  next(at: At): Reply;
  /** What this answer says it used: another number each time, so that one counted twice or left out is noticed. */
  use(): Tokens;
  /** Sends JSON with this status. */
  json(status: number, body: unknown, headers?: Record<string, string>): void;
  /** Begins a stream of server-sent events. `send` without a name writes only `data:`. */
  stream(headers?: Record<string, string>): EventStream;
  /** Keeps the request open without an answer until the client or the server ends it. */
  never(): Promise<void>;
}

export interface EventStream {
  send(name: string | null, data: unknown): void;
  /** Writes as it is. */
  raw(text: string): void;
  pause(ms: number): Promise<void>;
  end(): void;
  /** Cuts the connection, after what was sent has left. */
  cut(): Promise<void>;
}

export interface Protocol {
  /** Answers and returns true, or returns false when the route is not its own. */
  handle(exchange: Exchange): Promise<boolean>;
  /** The same for HTTP upgrades (WebSocket). */
  upgrade?(context: UpgradeContext): Promise<boolean>;
}

export interface UpgradeContext {
  request: RecordedRequest;
  incoming: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  signal: AbortSignal;
  /** What the script says, for a conversation that is held on an open connection: recorded as a request of its own. */
  ask(at: At, conversation: unknown): { reply: Reply; use(): Tokens; answered(): void };
}

/** The first that knows the route answers. */
const protocols: readonly Protocol[] = [anthropic, gemini, openaiChat, openaiResponses, amp, copilotAccount];

const bodyLimit = 64 << 20;
const secretHeaders =
  /^(?:authorization|x-api-key|x-goog-api-key|api-key|cookie|proxy-authorization|sec-websocket-key)$/;

export async function startModelServer(options: { script?: Script } = {}): Promise<ModelServer> {
  let player = new Player(options.script ?? []);
  const requests: RecordedRequest[] = [];
  const closing = new AbortController();
  const next = (at: At): Reply => player.reply(at);
  let uses = 0;
  const use = (request: RecordedRequest): Tokens => {
    uses++;
    request.usage ??= { input: 1200 + 10 * uses, cached: 200 + uses, output: 30 + uses };
    return request.usage;
  };

  const server = createServer((incoming, response) => {
    void answer(incoming, response).catch((error: unknown) => {
      if (closing.signal.aborted || response.destroyed) return;
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  });
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const request = record(incoming, await readBody(incoming));
    requests.push(request);
    response.once('close', () => {
      request.endedAt = Date.now();
    });
    const exchange = openExchange(
      request,
      response,
      AbortSignal.any([gone.signal, closing.signal]),
      (at) => {
        const reply = next(at);
        request.turn = turnOf(reply);
        return reply;
      },
      () => use(request),
    );
    for (const protocol of protocols) if (await protocol.handle(exchange)) return;
    exchange.json(404, { error: { type: 'not_found_error', message: `no such route: ${request.path}` } });
  };
  server.on('upgrade', (incoming, socket, head) => {
    const request = record(incoming, '');
    requests.push(request);
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    socket.on('error', () => gone.abort());
    const ask: UpgradeContext['ask'] = (at, conversation) => {
      const reply = next(at);
      const asked: RecordedRequest = {
        ...request,
        method: 'ASK',
        body: conversation,
        at: Date.now(),
        endedAt: null,
        turn: turnOf(reply),
        usage: null,
      };
      requests.push(asked);
      return {
        reply,
        use: () => use(asked),
        answered: () => {
          asked.endedAt = Date.now();
        },
      };
    };
    const context = { request, incoming, socket, head, signal: AbortSignal.any([gone.signal, closing.signal]), ask };
    void upgrade(context).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    setScript: (script) => {
      player = new Player(script);
    },
    close: () => {
      closing.abort();
      return closeServer(server);
    },
  };
}

function turnOf(reply: Reply): RecordedRequest['turn'] {
  if (reply.kind !== 'answer') return 'trouble';
  return reply.tool === null ? 'over' : 'goes on';
}

async function upgrade(context: UpgradeContext): Promise<void> {
  for (const protocol of protocols) if ((await protocol.upgrade?.(context)) === true) return;
  context.socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > bodyLimit) throw new Error('the request is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function record(incoming: IncomingMessage, text: string): RecordedRequest {
  const [path = '', query = ''] = (incoming.url ?? '').split('?');
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
    name,
    secretHeaders.test(name) ? '[redacted]' : String(value),
  ]);
  return {
    method: incoming.method ?? '',
    path,
    query,
    headers: Object.fromEntries(headers),
    body: parsed(text),
    at: Date.now(),
    endedAt: null,
    turn: null,
    usage: null,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function openExchange(
  request: RecordedRequest,
  response: ServerResponse,
  signal: AbortSignal,
  next: (at: At) => Reply,
  use: () => Tokens,
): Exchange {
  const ended = (): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  return {
    request,
    response,
    signal,
    next,
    use,
    json: (status, body, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    },
    stream: (headers = {}) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...headers });
      response.flushHeaders();
      const raw = (text: string): void => {
        if (!response.destroyed) response.write(text);
      };
      return {
        raw,
        send: (name, data) => raw(`${name === null ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`),
        pause: async (ms) => {
          if (ms > 0 && !signal.aborted) await Promise.race([sleep(ms), ended()]);
        },
        end: () => {
          response.end();
        },
        cut: async () => {
          await new Promise<void>((resolve) => response.write('', () => resolve()));
          response.socket?.destroy();
        },
      };
    },
    never: ended,
  };
}
