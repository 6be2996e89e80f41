// One request over the server's Unix socket. A new connection each: it costs a third of a millisecond and leaves
// nothing to time out.
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { Failure } from '../domain/failure.ts';
import { errorCode } from '../platform/files.ts';

// An `import` of node:http evaluates every export and with them undici, 35 ms; this does not.
const http = process.getBuiltinModule('node:http');

const replyLimitBytes = 256 << 20;

export interface HttpRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal | undefined;
}

/** Sends and resolves at the reply's headers. Throws a Failure (`no-server`, `server-lost`) when nobody answers. */
export function openRequest(socketPath: string, request: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = startRequest(socketPath, request);
    sent.on('response', resolve);
    sent.on('error', (error) => reject(connectionFailure(error, socketPath)));
    sent.end(request.body);
  });
}

export function startRequest(socketPath: string, request: HttpRequest): ClientRequest {
  const options: RequestOptions & { servername: string } = {
    socketPath,
    method: request.method,
    path: request.path,
    agent: false,
    // Node would look whether the host is an address, and compile a pattern of a kilobyte for it.
    servername: '',
    headers: {
      host: 'sesame',
      ...(request.body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(request.body) }),
      ...request.headers,
    },
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
  return http.request(options);
}

/** The whole reply as text. */
export async function requestText(socketPath: string, request: HttpRequest): Promise<{ status: number; text: string }> {
  const response = await openRequest(socketPath, request);
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > replyLimitBytes) throw new Error(`reply is larger than ${replyLimitBytes} bytes`);
      pieces.push(piece);
    }
  } catch (error) {
    throw connectionFailure(error, socketPath);
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') };
}

/** A connection error in the user's words. An abort is passed on as it is. */
export function connectionFailure(error: unknown, socketPath: string): Error {
  if (error instanceof Error && error.name === 'AbortError') return error;
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return new Failure(
      {
        code: 'no-server',
        message: 'no sesame server is running',
        remedy: 'start it with `sesame server start`',
      },
      { cause: error },
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new Failure(
      {
        code: 'no-permission',
        message: `not allowed to use the server's socket ${socketPath}`,
        remedy: 'run sesame as the user who owns the work directory, or set SESAME_WORK_DIR to a directory of yours',
      },
      { cause: error },
    );
  }
  return new Failure(
    {
      code: 'server-lost',
      message: `the connection to the sesame server broke: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'look whether it was done before you do it again; `sesame server status` shows whether the server runs',
    },
    { cause: error },
  );
}
