// The routes of src/protocol/routes.ts on hono: validation in, JSON out, errors as Failures.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { Failure } from '../../domain/failure.ts';
import type { Log } from '../../platform/log.ts';
import { streams } from '../../protocol/endpoints.ts';
import { type Route, routes } from '../../protocol/routes.ts';
import { readJsonBody } from './body.ts';
import { badRequest, errorReply } from './error-reply.ts';
import { eventStream } from './event-stream.ts';
import { createHandlers, type RouteName } from './handlers.ts';
import { outputStream } from './output-stream.ts';
import type { Services } from './services.ts';

type Bindings = { Bindings: HttpBindings };
type AnyHandler = (input: { session: unknown; query: unknown; body: unknown }) => unknown;

const sseHeaders = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };

/** The listener for node:http. */
export function createApi(services: Services, log: Log): (request: IncomingMessage, reply: ServerResponse) => void {
  const app = new Hono<Bindings>();
  const handlers = createHandlers(services);

  for (const name of Object.keys(routes) as RouteName[]) {
    const route: Route = routes[name];
    // The table ties each handler to its schemas; here, where all are served alike, only `unknown` passes through.
    const handle = handlers[name] as AnyHandler;
    app.on(route.method, route.path, async (context) => {
      const id = context.req.param('id');
      return context.json(
        (await handle({
          session: id === undefined ? null : services.sessions.find(id),
          query: parse('query', route.query, context.req.query()),
          body: route.body && parse('body', route.body, await readJsonBody(context.env.incoming)),
        })) as object,
      );
    });
  }

  app.get(streams.events.path, (context) => {
    const after = position(context, 'after') ?? services.events.lastSeq;
    return new Response(eventStream(services.events, after, services.stopping), { headers: sseHeaders });
  });

  app.get(streams.output.path, (context) => {
    const session = services.sessions.find(context.req.param('id'));
    const run = services.runs.get(session.id);
    if (run === null) {
      throw new Failure({
        code: 'no-such-run',
        message: `session ${session.id} has no terminal output`,
        remedy: `start it with \`sesame resume ${session.id}\``,
      });
    }
    return new Response(outputStream(run, position(context, 'from'), services.stopping), { headers: sseHeaders });
  });

  const paths = new Set([...Object.values(routes), ...Object.values(streams)].map(({ path }) => path));
  for (const path of paths) {
    app.all(path, ({ req }) => {
      throw new Failure({
        code: 'method-not-allowed',
        message: `${req.path} does not answer ${req.method}`,
        remedy: 'src/protocol/routes.ts lists every route with its method',
      });
    });
  }
  app.notFound((context) =>
    refuse(
      context,
      new Failure({
        code: 'no-such-route',
        message: `there is no ${context.req.path}`,
        remedy: 'src/protocol/routes.ts lists every route',
      }),
    ),
  );
  app.onError((error, context) => {
    if (!(error instanceof Failure)) log.error('request failed', { path: context.req.path, stack: error.stack });
    return refuse(context, error);
  });
  return getRequestListener(app.fetch);
}

function refuse(context: Context, error: unknown): Response {
  const { status, body } = errorReply(error);
  return context.json(body, status);
}

function parse(where: string, schema: Route['body'], value: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (!result.success) throw badRequest(where, result.error.issues);
  return result.data;
}

/** `Last-Event-ID` or the query parameter, whichever is there. */
function position(context: Context, parameter: string): number | null {
  const text = context.req.header('last-event-id') ?? context.req.query(parameter);
  if (text === undefined) return null;
  if (!/^\d{1,15}$/.test(text)) throw badRequest('query', [{ path: [parameter], message: 'not a number' }]);
  return Number(text);
}
