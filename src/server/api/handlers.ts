// One handler per route: from validated input to the reply. What is behind `:id` is already found.
import type { z } from 'zod';
import { isLive } from '../../domain/live.ts';
import type { Session } from '../../domain/session.ts';
import type { routes } from '../../protocol/routes.ts';
import type { Services } from './services.ts';

type Routes = typeof routes;
export type RouteName = keyof Routes;
type Output<R, K extends string> = K extends keyof R ? (R[K] extends z.ZodType ? z.output<R[K]> : unknown) : unknown;

interface Input<N extends RouteName> {
  /** Only for paths with `:id`. */
  session: Routes[N]['path'] extends `${string}:id${string}` ? Session : null;
  query: Output<Routes[N], 'query'>;
  body: Output<Routes[N], 'body'>;
}

type Reply<N extends RouteName> = z.input<Routes[N]['reply']>;

export type Handlers = { [N in RouteName]: (input: Input<N>) => Reply<N> | Promise<Reply<N>> };

const defaultLogEvents = 200;
const largestLogEvents = 5000;

export function createHandlers({ sessions, agents, events, runs, hello, stop }: Services): Handlers {
  return {
    hello,
    agents: async () => ({ agents: await sessions.agents() }),
    binaries: async ({ query }) => ({
      binaries: await sessions.binaries.describe(agents.all, query.ask === '1'),
    }),
    installAgent: async ({ body }) => ({
      binary: await sessions.binaries.install(agents.get(body.agent), body.version ?? null),
    }),
    updateAgent: async ({ body }) => ({ binary: await sessions.binaries.update(agents.get(body.agent)) }),
    pinAgent: async ({ body }) => ({ binary: await sessions.binaries.pin(agents.get(body.agent), body.version) }),
    rollbackAgent: async ({ body }) => ({ binary: await sessions.binaries.rollback(agents.get(body.agent)) }),
    useAgentPath: async ({ body }) => ({ binary: await sessions.binaries.usePath(agents.get(body.agent), body.path) }),
    inspect: ({ body }) => sessions.inspect(body.path, body.base),
    branches: async ({ body }) => ({ branches: await sessions.branches(body.path) }),
    sessions: ({ query }) => {
      const usageToday = sessions.usageToday();
      return {
        sessions: sessions.list(query.all === '1'),
        seq: events.lastSeq,
        costToday: usageToday?.cost ?? null,
        usageToday,
      };
    },
    create: async ({ body }) => ({ sessions: await sessions.create(body) }),
    run: async ({ body }) => ({ session: await sessions.run(body) }),
    session: ({ session }) => ({ session }),
    rename: ({ session, body }) => ({ session: sessions.rename(session.id, body.title) }),
    stop: async ({ session }) => ({ session: await sessions.stop(session.id) }),
    pause: ({ session, body }) => ({ session: sessions.pause(session.id, body.paused) }),
    resume: async ({ session, body: { cols, rows } }) => ({
      session: await sessions.resume(session.id, cols === undefined || rows === undefined ? null : { cols, rows }),
    }),
    fork: async ({ session, body: { prompt, cols, rows } }) => ({
      session: await sessions.fork(session.id, {
        prompt,
        size: cols === undefined || rows === undefined ? null : { cols, rows },
      }),
    }),
    archive: async ({ session }) => ({ session: await sessions.archive(session.id) }),
    discard: ({ session }) => sessions.discard(session.id),
    undo: ({ body }) => sessions.undo(body.session ?? null),
    seen: ({ session }) => ({ session: sessions.seen(session.id) }),
    screen: ({ session, query }) => sessions.screen(session.id, Number(query.history ?? 0)),
    search: ({ session, query: { text, direction, line, col } }) =>
      sessions.search(session.id, {
        text,
        direction,
        from: line === undefined ? null : { line: Number(line), col: Number(col ?? 0) },
      }),
    input: ({ session, body }) => sessions.input(session.id, body),
    answer: ({ session, body }) => {
      sessions.answer(session.id, body.digit, body.digest);
      return { accepted: true };
    },
    broadcast: async ({ body }) => ({ receipts: await sessions.broadcast(body.sessions, body.text) }),
    resize: ({ session, body }) => ({ session: sessions.resize(session.id, body.cols, body.rows) }),
    why: ({ session }) => sessions.why(session.id),
    diff: ({ session }) => sessions.diff(session.id),
    fileDiff: ({ session, query }) => sessions.fileDiff(session.id, query.path, query.all === '1'),
    patch: async ({ session }) => ({ patch: await sessions.patch(session.id) }),
    ship: ({ session, body }) => sessions.ship(session.id, { message: body.message, push: body.push }),
    log: ({ session, query }) => ({
      events: events.of(session.id, Math.min(Number(query.limit ?? defaultLogEvents), largestLogEvents)),
    }),
    pids: () => ({ server: process.pid, holder: runs.holderPid(), programs: runs.programPids() }),
    stopServer: async ({ body }) => {
      const ended = body.all ? sessions.list(true).filter((session) => isLive(session.status) && session.run?.pid) : [];
      if (body.all) await sessions.endAll();
      stop();
      return { ended: ended.map((session) => session.id) };
    },
  };
}
