// What agents' programs are fetched from, on the loopback: a registry, a release API and a bucket, with the faults of real
// ones. It keeps count of what it was asked.
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { digest } from './archive.ts';

/** How one path misbehaves. Counts down: after `times` answers it is well again. */
export type Fault =
  | { kind: 'status'; status: number }
  | { kind: 'redirect'; to: string }
  /** The connection ends after so many bytes of the body. */
  | { kind: 'cut'; after: number }
  /** After so many bytes nothing more comes, or only what comes after `until`. */
  | { kind: 'stall'; after: number; until?: Promise<void> }
  /** A wrong byte in the middle. */
  | { kind: 'corrupt' }
  /** Nothing at all is answered. */
  | { kind: 'mute' };

interface File {
  bytes: Buffer;
  type: string;
  etag: string;
}

export interface Mirror {
  /** Ends with a slash. */
  url: string;
  /** Requests by path, as they came. */
  asked: Array<{ path: string; range: string | null; authorization: string | null; status: number }>;
  count(path: string): number;
  put(path: string, content: string | Buffer, type?: string): void;
  fail(path: string, fault: Fault, times?: number): void;
  /** Publishes a version of a package; `latest` unless told otherwise. Returns the path of its archive. */
  npm(
    name: string,
    version: string,
    tgz: Buffer,
    options?: { integrity?: string | null; latest?: string; tarball?: string },
  ): string;
  close(): Promise<void>;
}

export async function openMirror(secure?: { key: string; cert: string }): Promise<Mirror> {
  const files = new Map<string, File>();
  const faults = new Map<string, { fault: Fault; left: number }>();
  const packages = new Map<string, { 'dist-tags': Record<string, string>; versions: Record<string, unknown> }>();
  const asked: Mirror['asked'] = [];

  const answer = (request: IncomingMessage, reply: ServerResponse): void => {
    const path = decodeURIComponent((request.url ?? '/').replace(/^https?:\/\/[^/]+/, ''));
    const said = (status: number): void => {
      asked.push({
        path,
        range: request.headers.range ?? null,
        authorization: request.headers.authorization ?? null,
        status,
      });
    };
    const trouble = faults.get(path);
    const fault = trouble !== undefined && trouble.left > 0 ? trouble.fault : null;
    if (trouble !== undefined) trouble.left--;
    if (fault?.kind === 'mute') {
      said(0);
      return;
    }
    if (fault?.kind === 'status') {
      said(fault.status);
      return void reply.writeHead(fault.status).end('no');
    }
    if (fault?.kind === 'redirect') {
      said(302);
      return void reply.writeHead(302, { location: fault.to }).end();
    }
    const file = files.get(path);
    if (file === undefined) {
      said(404);
      return void reply.writeHead(404).end('{}');
    }
    let from = 0;
    const { range } = request.headers;
    if (range !== undefined && request.headers['if-range'] === file.etag) {
      from = Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);
      if (from >= file.bytes.length) {
        said(416);
        return void reply.writeHead(416, { 'content-range': `bytes */${file.bytes.length}` }).end();
      }
    }
    let body = file.bytes.subarray(from);
    if (fault?.kind === 'corrupt') {
      body = Buffer.from(body);
      const middle = body.length >> 1;
      body[middle] = (body[middle] ?? 0) ^ 0xff;
    }
    const status = from > 0 ? 206 : 200;
    said(status);
    reply.writeHead(status, {
      'content-type': file.type,
      'content-length': body.length,
      etag: file.etag,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${file.bytes.length - 1}/${file.bytes.length}` } : {}),
    });
    if (fault?.kind === 'cut') return void reply.write(body.subarray(0, fault.after), () => reply.destroy());
    if (fault?.kind === 'stall') {
      reply.write(body.subarray(0, fault.after));
      void fault.until?.then(() => reply.end(body.subarray(fault.after)));
      return;
    }
    reply.end(body);
  };

  const server: Server = secure === undefined ? createPlain(answer) : createSecure(secure, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `${secure === undefined ? 'http' : 'https'}://127.0.0.1:${port}/`;

  const mirror: Mirror = {
    url,
    asked,
    count: (path) => asked.filter((known) => known.path === path).length,
    put: (path, content, type = 'application/octet-stream') => {
      const bytes = Buffer.from(content);
      files.set(path, { bytes, type, etag: `"${digest('sha256', bytes).slice(0, 16)}"` });
    },
    fail: (path, fault, times = 1_000_000) => void faults.set(path, { fault, left: times }),
    npm(name, version, tgz, options = {}) {
      const path = `/${name}/-/${name.replace(/^@.*\//, '')}-${version}.tgz`;
      mirror.put(path, tgz);
      const known = packages.get(name) ?? { 'dist-tags': {}, versions: {} };
      const integrity =
        options.integrity === undefined ? `sha512-${digest('sha512', tgz, 'base64')}` : options.integrity;
      known['dist-tags']['latest'] = options.latest ?? version;
      known.versions[version] = {
        dist: { tarball: options.tarball ?? `${url}${path.slice(1)}`, ...(integrity === null ? {} : { integrity }) },
      };
      packages.set(name, known);
      mirror.put(`/${name}`, JSON.stringify(known), 'application/json');
      return path;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return mirror;
}
