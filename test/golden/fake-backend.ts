// A server in memory, as the TUI sees one: what is called is listed, panes are grids one writes into.
import type { Call, CallReply, RouteName } from '../../src/client/calls.ts';
import type { MirrorState } from '../../src/client/mirror.ts';
import type { Frame, PaneListener } from '../../src/client/stream.ts';
import { applyEvent } from '../../src/domain/apply-event.ts';
import type { EventBody, SesameEvent } from '../../src/domain/event.ts';
import type { FailureBody } from '../../src/domain/failure.ts';
import { Failure } from '../../src/domain/failure.ts';
import type { SessionId } from '../../src/domain/ids.ts';
import type { Session } from '../../src/domain/session.ts';
import { CellTable } from '../../src/terminal/cell-table.ts';
import { Grid } from '../../src/terminal/grid.ts';
import type { Backend } from '../../src/tui/backend.ts';
import { agents, fileDiff, makeSession, now, project, sessionId, statusOf, summary } from './fixture.ts';

export interface FakePane {
  readonly session: SessionId;
  cols: number;
  rows: number;
  visibility: number;
  readonly listener: PaneListener;
  input: string;
  acked: number;
  seq: number;
  modes: number;
  history: number;
  oldest: number;
}

export interface FakeBackend extends Backend {
  readonly calls: Array<{ name: string; options: unknown }>;
  readonly panes: Map<SessionId, FakePane>;
  /** Answers or refuses calls of this name instead of the default. */
  answers: Partial<Record<RouteName, (options: unknown) => unknown>>;
  tell(event: EventBody): void;
  setState(state: MirrorState): void;
  /** Shows lines of text in a pane. */
  show(session: string, lines: readonly string[], more?: Partial<Pick<FakePane, 'modes' | 'history' | 'oldest'>>): void;
  failure(body: Partial<FailureBody>): Failure;
  called(name: RouteName): unknown[];
}

export function createFakeBackend(given: readonly Session[]): FakeBackend {
  const sessions = new Map(given.map((session) => [session.id, session]));
  const listeners = new Set<(event: SesameEvent | null) => void>();
  const panes = new Map<SessionId, FakePane>();
  const calls: FakeBackend['calls'] = [];
  let state: MirrorState = { kind: 'connecting' };
  let seq = 0;

  const defaults: FakeBackend['answers'] = {
    agents: () => ({ agents }),
    inspect: () => project,
    diff: () => summary,
    fileDiff: () => fileDiff,
    ship: () => ({ commit: null, branch: '', pushed: true, remote: null, pullRequest: null }),
    answer: () => ({ accepted: true }),
    undo: () => ({ session: null, undone: 'brought back' }),
    stopServer: () => ({ ended: [] }),
    why: (options) => {
      const { id } = (options as { params: { id: SessionId } }).params;
      return { status: sessions.get(id)?.status ?? statusOf('unknown'), history: [] };
    },
    session: (options) => {
      const { id } = (options as { params: { id: string } }).params;
      const found = sessions.get(id as SessionId) ?? [...sessions.values()][Number(id) - 1];
      if (found === undefined) throw new Failure({ code: 'no-such-session', message: `no session ${id}`, remedy: 'ls' });
      return { session: found };
    },
    create: (options) => {
      const { body } = options as { body: { prompt: string; agents: Array<{ agent: string; count: number }> } };
      const made = body.agents.flatMap(({ agent, count }) =>
        Array.from({ length: count }, (_, index) =>
          makeSession(`n${sessions.size}${agent.slice(0, 2)}${index}`, {
            label: agent,
            title: body.prompt,
            prompt: body.prompt,
            status: statusOf('starting'),
            run: null,
            createdAt: now + sessions.size * 10 + index,
          }),
        ),
      );
      for (const session of made) backend.tell({ kind: 'session.created', session: session.id, value: session });
      return { sessions: made };
    },
    broadcast: (options) => {
      const { body } = options as { body: { sessions: SessionId[] } };
      return { receipts: body.sessions.map((session) => ({ session, accepted: true, receipt: 'accepted', reason: null })) };
    },
  };

  const call = (async (name: RouteName, ...rest: unknown[]) => {
    calls.push({ name, options: rest[0] });
    const answer = backend.answers[name] ?? defaults[name];
    if (answer !== undefined) return answer(rest[0]) as CallReply<typeof name>;
    const { id } = ((rest[0] ?? {}) as { params?: { id: SessionId } }).params ?? {};
    return { session: id === undefined ? null : sessions.get(id) };
  }) as Call;

  const backend: FakeBackend = {
    calls,
    panes,
    answers: {},
    call,
    mirror: {
      cost: null,
      get state() {
        return state;
      },
      sessions,
      get seq() {
        return seq;
      },
      onChange: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      check: (freshMs) => void calls.push({ name: 'check', options: freshMs }),
      close: () => undefined,
    },
    stream: {
      connected: true,
      heardAt: 0,
      retry: () => undefined,
      open: (session, size, visibility, listener) => {
        const pane: FakePane = { session, ...size, visibility, listener, input: '', acked: 0, seq: 0, modes: 0, history: 0, oldest: 0 };
        panes.set(session, pane);
        return {
          input: (bytes) => {
            if (!backend.stream.connected) return 'there is no server now';
            pane.input += Buffer.from(bytes).toString('utf8');
            return null;
          },
          resize: (cols, rows) => void Object.assign(pane, { cols, rows }),
          setVisibility: (next) => {
            pane.visibility = next;
          },
          ack: (number) => {
            pane.acked = number;
          },
          history: (from, count) => {
            const first = Math.max(pane.oldest, from);
            const rows = Math.max(0, Math.min(from + count, pane.oldest + pane.history) - first);
            const lines = Array.from({ length: rows }, (_, index) => `old ${first + index}`);
            return Promise.resolve({ ...frameOf(pane, lines, rows), oldest: first });
          },
          close: () => void panes.delete(session),
        };
      },
      close: () => undefined,
    },
    close: () => undefined,
    tell: (body) => {
      seq += 1;
      const event = { ...body, seq, at: now } as SesameEvent;
      if (event.session !== null) {
        const next = applyEvent(sessions.get(event.session) ?? null, event);
        if (next === null) sessions.delete(event.session);
        else sessions.set(event.session, next);
      }
      for (const listener of [...listeners]) listener(event);
    },
    setState: (next) => {
      state = next;
      for (const listener of [...listeners]) listener(null);
    },
    show: (session, lines, more = {}) => {
      const pane = panes.get(sessionId(session));
      if (pane === undefined) throw new Error(`no pane for ${session}`);
      Object.assign(pane, more);
      pane.seq += 1;
      pane.listener.frame(frameOf(pane, lines, pane.rows));
    },
    failure: (body) => new Failure({ code: 'trouble', message: 'something went wrong', remedy: 'try again', ...body }),
    called: (name) => calls.filter((one) => one.name === name).map((one) => one.options),
  };
  return backend;
}

function frameOf(pane: FakePane, lines: readonly string[], rows: number): Frame {
  const grid = new Grid(pane.cols, rows, new CellTable());
  for (const [row, line] of lines.entries()) grid.text(0, row, line);
  return {
    seq: pane.seq,
    cols: pane.cols,
    rows,
    cursorX: Math.min(pane.cols - 1, lines.at(-1)?.length ?? 0),
    cursorY: Math.max(0, lines.length - 1),
    modes: pane.modes,
    history: pane.history,
    oldest: pane.oldest,
    reset: true,
    clusters: [],
    extras: [],
    spans: [{ row: 0, col: 0, words: grid.words.slice() }],
  };
}
