// Requests to the outside: the user's proxy and certificates, redirects by rule, an end for those that answer too slowly.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { getCACertificates } from 'node:tls';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../../platform/files.ts';
import { createBodyReader } from './body-reader.ts';
import { authorization, type NpmAccess } from './npm-access.ts';
import { Trouble } from './trouble.ts';

export interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  /** After redirects. */
  url: URL;
  /** Ends with a Trouble when the connection breaks, stalls or is cut short. Reading stops when the loop is left. */
  body: AsyncIterable<Buffer>;
  /** Ends the connection without reading on. */
  dispose(): void;
}

export interface Web {
  /** Any status that is not a redirect. Throws a Trouble when nobody answers or a redirect is refused. */
  open(url: URL, options: { headers?: Record<string, string>; signal: AbortSignal }): Promise<Reply>;
  /** The body of a 200. Throws a Trouble for every other status. */
  text(url: URL, options: { accept?: string; limitBytes?: number; signal: AbortSignal }): Promise<string>;
}

export interface WebOptions {
  settings: NpmAccess;
  /** Version of sesame. */
  version: string;
  /** This much must arrive in `stallMs`, or the connection is given up. */
  stallMs?: number;
  stallBytes?: number;
}

const redirectLimit = 6;
const metadataLimitBytes = 64 << 20;

export function createWeb({ settings, version, stallMs = 30_000, stallBytes = 64 << 10 }: WebOptions): Web {
  const { proxy, certificates, strictSsl } = settings;
  const https = new HttpsAgent({
    proxyEnv: proxy,
    rejectUnauthorized: strictSsl,
    ...(certificates.length > 0 ? { ca: [...getCACertificates('default'), ...certificates] } : {}),
  });
  const http = new HttpAgent({ proxyEnv: proxy });

  const web: Web = {
    async open(start, { headers = {}, signal }) {
      let url = start;
      for (let redirects = 0; redirects <= redirectLimit; redirects++) {
        // Asked for each address anew: a token never follows a redirect to another place.
        const token = authorization(settings, url);
        const sent = {
          'user-agent': `sesame/${version}`,
          ...headers,
          ...(token === null ? {} : { authorization: token }),
        };
        const reply = await send(url, sent, signal);
        const { location } = reply.headers;
        if (![301, 302, 303, 307, 308].includes(reply.status) || location === undefined) return reply;
        reply.dispose();
        url = nextAddress(url, location);
      }
      throw new Trouble('redirect', `more than ${redirectLimit} redirects`, { host: start.host });
    },
    async text(url, { accept = '*/*', limitBytes = metadataLimitBytes, signal }) {
      const reply = await web.open(url, { headers: { accept, 'accept-encoding': 'gzip' }, signal });
      if (reply.status !== 200) {
        reply.dispose();
        throw statusTrouble(reply);
      }
      return readText(reply, limitBytes);
    },
  };
  return web;

  function send(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const options: RequestOptions = { method: 'GET', headers, signal };
      const sent =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, agent: https })
          : httpRequest(url, { ...options, agent: http });
      let received: IncomingMessage | null = null;
      let connected = false;
      sent.once('socket', (socket) => {
        connected = !socket.connecting;
        socket.once('connect', () => {
          connected = true;
        });
      });
      // An answer that has begun does not hear of what ends its request.
      const patience = setTimeout(() => (received ?? sent).destroy(slow()), stallMs);
      const slow = (): Error => {
        const { host } = url;
        const within = `within ${stallMs / 1000} s`;
        if (!connected) return new Trouble('network', `no connection ${within}`, { host, isOffline: true });
        if (received === null) return new Trouble('stalled', `no answer ${within}`, { host });
        return new Trouble('stalled', `hardly anything arrived ${within}`, { host });
      };
      sent.on('error', (error) => {
        clearTimeout(patience);
        reject(signal.aborted ? signal.reason : asTrouble(error, url));
      });
      sent.once('response', (response) => {
        received = response;
        let arrived = 0;
        const reader = createBodyReader(response, (bytes) => {
          arrived += bytes;
          if (arrived < stallBytes) return;
          arrived = 0;
          patience.refresh();
        });
        response.once('close', () => clearTimeout(patience));
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          url,
          body: readBody(reader, url, signal),
          dispose: () => {
            clearTimeout(patience);
            reader.dispose();
          },
        });
      });
      sent.end();
    });
  }
}

async function* readBody(reader: AsyncIterable<Buffer>, url: URL, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* reader;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw asTrouble(error, url);
  }
}

export function statusTrouble({ status, url }: Pick<Reply, 'status' | 'url'>): Trouble {
  return new Trouble('status', `the answer was ${status}`, { host: url.host, status });
}

async function readText(reply: Reply, limitBytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const bytes of decoded(reply)) {
    size += bytes.length;
    if (size > limitBytes) {
      reply.dispose();
      throw new Trouble('too-large', `the answer is larger than ${limitBytes} bytes`, { host: reply.url.host });
    }
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function decoded(reply: Reply): AsyncIterable<Buffer> {
  if (reply.headers['content-encoding'] !== 'gzip') return reply.body;
  const gunzip = createGunzip();
  const feed = async (): Promise<void> => {
    try {
      for await (const bytes of reply.body) {
        if (!gunzip.write(bytes)) await new Promise((resolve) => gunzip.once('drain', resolve));
      }
      gunzip.end();
    } catch (error) {
      gunzip.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  void feed();
  return gunzip as AsyncIterable<Buffer>;
}

function nextAddress(from: URL, location: string): URL {
  const to = URL.parse(location, from.href);
  if (to === null || (to.protocol !== 'https:' && to.protocol !== 'http:')) {
    throw new Trouble('redirect', 'it redirects to something that is no web address', { host: from.host });
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw new Trouble('redirect', `it redirects from https to http (${to.host}), which is refused`, {
      host: from.host,
    });
  }
  return to;
}

const offline: ReadonlySet<string> = new Set(['EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN']);

function asTrouble(error: unknown, url: URL): Trouble {
  if (error instanceof Trouble) return error;
  const code = errorCode(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  const isCertificate = /CERT|SSL|TLS|SIGNED|ERR_OSSL/.test(code);
  const words: Record<string, string> = {
    ENOTFOUND: 'the name is not known',
    EAI_AGAIN: 'the name could not be looked up',
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection broke',
    ETIMEDOUT: 'no answer',
    EHOSTUNREACH: 'it cannot be reached',
    ENETUNREACH: 'the network cannot be reached',
    ENETDOWN: 'the network is down',
  };
  // Node's own words name the proxy with its password.
  if (code.startsWith('ERR_PROXY')) {
    const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 0;
    return status > 0
      ? new Trouble('status', `the proxy answered ${status}`, { host: url.host, status })
      : new Trouble('network', 'the proxy does not answer as one', { host: url.host });
  }
  return new Trouble(isCertificate ? 'certificate' : 'network', words[code] ?? message, {
    host: url.host,
    isOffline: offline.has(code),
    cause: error,
  });
}
