// Typed calls, derived from the route table. Only types are taken from it, so that a call loads no schemas.
// Replies are not checked again: they come from a server of the same API version, run by the same user.
import type { z } from 'zod';
import { Failure, type FailureBody } from '../domain/failure.ts';
import { endpoints } from '../protocol/endpoints.ts';
import type { routes } from '../protocol/routes.ts';
import { requestText } from './http.ts';

type Routes = typeof routes;
export type RouteName = keyof Routes;

type Input<R, K extends string> = K extends keyof R ? (R[K] extends z.ZodType ? z.input<R[K]> : never) : never;
/** `{ [k in K]: T }`, optional when every field of T is. */
type Field<K extends string, T> = [T] extends [never]
  ? Record<never, never>
  : Record<never, never> extends T
    ? { [P in K]?: T }
    : { [P in K]: T };

export type CallOptions<N extends RouteName> = Field<'query', Input<Routes[N], 'query'>> &
  Field<'body', Input<Routes[N], 'body'>> &
  (Routes[N]['path'] extends `${string}:id${string}`
    ? { params: { id: string }; signal?: AbortSignal }
    : { signal?: AbortSignal });

export type CallReply<N extends RouteName> = z.output<Routes[N]['reply']>;

type CallArguments<N extends RouteName> =
  Record<never, never> extends CallOptions<N> ? [options?: CallOptions<N>] : [options: CallOptions<N>];

/** Calls a route by its name. Throws the server's Failure, or `no-server` / `server-lost`. */
export type Call = <N extends RouteName>(name: N, ...rest: CallArguments<N>) => Promise<CallReply<N>>;

interface AnyOptions {
  params?: { id: string };
  query?: Record<string, string | undefined>;
  body?: unknown;
  signal?: AbortSignal;
}

/** `interrupted`: gives up what is under way; the server goes on with it. */
export function createCall(socketPath: string, interrupted?: AbortSignal): Call {
  return async (name, ...rest) => {
    const { method, path } = endpoints[name];
    const options = (rest[0] ?? {}) as AnyOptions;
    if (options.params?.id.trim() === '') throw noId();
    const { status, text } = await requestText(socketPath, {
      method,
      path: fillPath(path, options.params?.id, options.query),
      ...(method === 'GET' ? {} : { body: JSON.stringify(options.body ?? {}) }),
      signal: options.signal ?? interrupted,
    });
    return readReply(status, text) as CallReply<typeof name>;
  };
}

function noId(): Failure {
  return new Failure({
    code: 'usage',
    message: 'the name of a session is empty',
    remedy: 'name one by its id, its number in `sesame ls`, or the beginning of its title',
  });
}

/** `/v1/sessions/:id` with the id and the query in place. */
export function fillPath(path: string, id: string | undefined, query?: Record<string, string | undefined>): string {
  const filled = id === undefined ? path : path.replace(':id', encodeURIComponent(id));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(key, value);
  return search.size === 0 ? filled : `${filled}?${search}`;
}

/** The body of a good reply; throws the Failure of a bad one. */
export function readReply(status: number, text: string): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Failure(
      {
        code: 'server-reply',
        message: `the server's reply (${status}) is not JSON`,
        remedy: 'another program may be listening on the socket; `sesame server status` tells more',
      },
      { cause: error },
    );
  }
  if (status >= 200 && status < 300) return body;
  throw new Failure(
    failureIn(body) ?? { code: 'server-reply', message: `the server answered ${status}`, remedy: 'try again' },
  );
}

function failureIn(body: unknown): FailureBody | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null;
  const { error } = body;
  if (typeof error !== 'object' || error === null) return null;
  const { code, message, remedy, detail } = error as Record<string, unknown>;
  if (typeof code !== 'string' || typeof message !== 'string' || typeof remedy !== 'string') return null;
  return { code, message, remedy, ...(typeof detail === 'string' ? { detail } : {}) };
}
