// The server's sessions as this client knows them: loaded once, then kept by events. After a lost connection it goes on
// where it was; when the gap is too wide or the database is another one, it loads afresh.
import { applyEvent } from '../domain/apply-event.ts';
import { costOf, type DayCost } from '../domain/day.ts';
import type { SesameEvent } from '../domain/event.ts';
import { type FailureBody, toFailureBody } from '../domain/failure.ts';
import type { SessionId } from '../domain/ids.ts';
import { isPassing } from '../domain/passing-event.ts';
import type { Session } from '../domain/session.ts';
import type { Hello } from '../protocol/routes.ts';
import type { Client } from './connect.ts';
import { followEvents } from './events.ts';
import { watchSilence } from './silence.ts';

export type MirrorState =
  | { kind: 'connecting' }
  | { kind: 'ready'; hello: Hello }
  /** Being reached again; `sessions` shows what was known last. */
  | { kind: 'lost'; failure: FailureBody }
  /** It is there and does not answer; ready again once it does. What is known of the sessions may be old. */
  | { kind: 'silent'; hello: Hello }
  /** Somebody stopped the server on purpose; becomes ready when one is started. */
  | { kind: 'stopped' }
  /** Trying again is useless (another version); the failure says what to do. */
  | { kind: 'refused'; failure: FailureBody };

export interface Mirror {
  readonly state: MirrorState;
  /** All rows, oldest first, the archived and discarded ones too. A row is replaced, never changed in place. */
  readonly sessions: ReadonlyMap<SessionId, Session>;
  /** The last event applied. */
  readonly seq: number;
  /** Null while no agent told a cost. */
  readonly cost: DayCost | null;
  /** Called after each event, and with null after a change of state or a fresh load. Returns how to stop. */
  onChange(call: (event: SesameEvent | null) => void): () => void;
  /**
   * Somebody looks. A server of which nothing was heard within the last `freshMs` milliseconds is asked whether it is
   * there; the state becomes `silent` when it does not answer.
   */
  check(freshMs: number): void;
  close(): void;
}

/** A gap of more events than this is cheaper to cross by loading the rows. */
const widestGap = 2000;

/** `heardAt`: when the server said something elsewhere, as `performance.now()` counts. */
export function openMirror(
  client: Client,
  now: () => number,
  heardAt: () => number = () => Number.NEGATIVE_INFINITY,
): Mirror {
  const listeners = new Set<(event: SesameEvent | null) => void>();
  const closer = new AbortController();
  const tell = (event: SesameEvent | null): void => {
    for (const call of [...listeners]) call(event);
  };
  const mirror = {
    state: { kind: 'connecting' } as MirrorState,
    sessions: new Map<SessionId, Session>(),
    seq: -1,
    cost: null as DayCost | null,
    onChange: (call: (event: SesameEvent | null) => void) => {
      listeners.add(call);
      return () => void listeners.delete(call);
    },
    check: (freshMs: number) => {
      if (mirror.state.kind === 'ready' || mirror.state.kind === 'silent') silence.check(freshMs);
    },
    close: () => {
      closer.abort();
      silence.close();
    },
  };
  let spokeAt = Number.NEGATIVE_INFINITY;

  const setState = (state: MirrorState): void => {
    mirror.state = state;
    tell(null);
  };

  const spoke = (): void => {
    spokeAt = performance.now();
    if (mirror.state.kind === 'silent') setState({ ...mirror.state, kind: 'ready' });
  };

  const silence = watchSilence({
    heardAt: () => Math.max(spokeAt, heardAt()),
    ask: () => client.call('hello', { signal: closer.signal }),
    silent: () => {
      if (mirror.state.kind === 'ready') setState({ ...mirror.state, kind: 'silent' });
    },
    answered: spoke,
  });

  const follower = {
    after: async (hello: Hello): Promise<number> => {
      const gap = hello.seq - mirror.seq;
      if (mirror.seq < 0 || gap < 0 || gap > widestGap) {
        const { sessions, seq, costToday } = await client.call('sessions', {
          query: { all: '1' },
          signal: closer.signal,
        });
        mirror.sessions = new Map(sessions.map((session) => [session.id, session]));
        mirror.seq = seq;
        mirror.cost = costToday === null ? null : { usd: costToday, at: now() };
      }
      return mirror.seq;
    },
    connected: (hello: Hello) => {
      spokeAt = performance.now();
      setState({ kind: 'ready', hello });
    },
    event: (event: SesameEvent) => {
      spoke();
      if (isPassing(event)) return tell(event);
      if (event.seq <= mirror.seq) return;
      mirror.seq = event.seq;
      if (event.kind === 'usage') mirror.cost = costOf(event);
      const id = event.session;
      if (id !== null) {
        const next = applyEvent(mirror.sessions.get(id) ?? null, event);
        if (next === null) mirror.sessions.delete(id);
        else mirror.sessions.set(id, next);
      }
      tell(event);
    },
    lost: (failure: FailureBody, stopped: boolean) =>
      setState(stopped ? { kind: 'stopped' } : { kind: 'lost', failure }),
  };
  followEvents(client, follower, closer.signal).catch((error: unknown) =>
    setState({ kind: 'refused', failure: toFailureBody(error) }),
  );
  return mirror;
}
