// The event log over SQLite: an event and the row it leads to are stored together, then told. What was told is therefore
// always on disk, and a client that comes back with a number misses nothing.

import { applyEvent } from '../../domain/apply-event.ts';
import type { EventBody, SesameEvent } from '../../domain/event.ts';
import { EventBody as EventSchema } from '../../domain/event.ts';
import type { SessionId } from '../../domain/ids.ts';
import { Session } from '../../domain/session.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Database } from '../database.ts';
import type { Events } from './events.ts';

/** Events kept; older ones are removed when the server starts. */
const keptEvents = 200_000;
const largestRead = 10_000;

export interface EventLogOptions {
  database: Database;
  clock: Clock;
  log: Log;
}

/** Reads the rows. A row that cannot be read is left in the file, skipped, and named in an `error` event. */
export function openEvents({ database, clock, log }: EventLogOptions): Events {
  const { sqlite } = database;
  const insertEvent = sqlite.prepare('INSERT INTO events (at, session, kind, json) VALUES (?, ?, ?, ?)');
  const upsertSession = sqlite.prepare(
    `INSERT INTO sessions (id, created_at, archived_at, trashed_at, project, json) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET archived_at = excluded.archived_at, trashed_at = excluded.trashed_at, json = excluded.json`,
  );
  const insertPrompt = sqlite.prepare('INSERT OR REPLACE INTO prompts (session, text) VALUES (?, ?)');
  const deleteSession = sqlite.prepare('DELETE FROM sessions WHERE id = ?');
  const deletePrompt = sqlite.prepare('DELETE FROM prompts WHERE session = ?');
  const selectAfter = sqlite.prepare('SELECT seq, at, json FROM events WHERE seq > ? ORDER BY seq LIMIT ?');
  const selectOf = sqlite.prepare(
    'SELECT seq, at, json FROM (SELECT seq, at, json FROM events WHERE session = ? ORDER BY seq DESC LIMIT ?) ORDER BY seq',
  );

  const selectNewest = sqlite.prepare(
    'SELECT seq, at, json FROM events WHERE session = ? AND kind = ? ORDER BY seq DESC LIMIT 1',
  );

  const followers = new Set<(event: SesameEvent) => void>();
  const passing = new Map<string, SesameEvent>();
  const rows = new Map<SessionId, Session>();
  const unreadable: string[] = [];
  for (const { id, json, text } of sqlite
    .prepare('SELECT id, json, text FROM sessions LEFT JOIN prompts ON session = id ORDER BY position')
    .all()) {
    const row = readRow(json, text);
    if (row === null) unreadable.push(String(id));
    else rows.set(row.id, row);
  }
  let lastSeq = startSequence();
  prune();

  const events: Events = {
    get lastSeq() {
      return lastSeq;
    },
    append(body) {
      const at = clock.now();
      const id = body.session;
      const before = id === null ? null : (rows.get(id) ?? null);
      const after = applyEvent(before, body);
      const seq = database.transaction(() => {
        const { lastInsertRowid } = insertEvent.run(at, id, body.kind, JSON.stringify(body));
        if (id !== null && after !== before) store(id, before, after);
        return Number(lastInsertRowid);
      });
      lastSeq = seq;
      if (id !== null) {
        if (after === null) rows.delete(id);
        else rows.set(id, after);
      }
      const event: SesameEvent = { ...body, seq, at };
      tell(event);
      return event;
    },
    pass(name, body) {
      if (body === null) {
        passing.delete(name);
        return;
      }
      const event: SesameEvent = { ...body, seq: lastSeq, at: clock.now() };
      passing.set(name, event);
      tell(event);
    },
    passing: () => [...passing.values()],
    sessions: (all) => [...rows.values()].filter((row) => all || (row.archivedAt === null && row.trash === null)),
    session: (id) => rows.get(id) ?? null,
    after: (seq, limit) => readEvents(selectAfter.all(seq, Math.min(limit, largestRead))),
    newest: (session, kind) => readEvents(selectNewest.all(session, kind))[0] ?? null,
    of: (session, limit) => readEvents(selectOf.all(session, Math.min(limit, largestRead))),
    follow(call) {
      const follower = (event: SesameEvent): void => call(event);
      followers.add(follower);
      return () => followers.delete(follower);
    },
    close() {
      followers.clear();
      database.close();
    },
  };
  report();
  return events;

  function store(id: SessionId, before: Session | null, after: Session | null): void {
    if (after === null) {
      deleteSession.run(id);
      deletePrompt.run(id);
      return;
    }
    if (before?.prompt !== after.prompt) insertPrompt.run(id, after.prompt);
    const { prompt: _, ...kept } = after;
    upsertSession.run(
      id,
      after.createdAt,
      after.archivedAt,
      after.trash?.at ?? null,
      after.project?.id ?? null,
      JSON.stringify(kept),
    );
  }

  /** In order, to those who followed before; one that throws does not keep the others from hearing it. */
  function tell(event: SesameEvent): void {
    for (const follower of [...followers]) {
      try {
        follower(event);
      } catch (error) {
        log.error('a follower of the events failed', { kind: event.kind, error: String(error) });
      }
    }
  }

  function readEvents(found: ReadonlyArray<Record<string, unknown>>): SesameEvent[] {
    const read: SesameEvent[] = [];
    for (const { seq, at, json } of found) {
      const body = readEvent(json);
      if (body !== null) read.push({ ...body, seq: Number(seq), at: Number(at) });
      else log.error('an event cannot be read', { seq });
    }
    return read;
  }

  /** After a damaged file was set aside, numbers go on above any that was ever given. */
  function startSequence(): number {
    const given = Number(sqlite.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'").get()?.['seq'] ?? 0);
    if (given > 0 || database.damaged === null) return given;
    const start = clock.now();
    database.transaction(() =>
      sqlite.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('events', ?)").run(start),
    );
    return start;
  }

  function prune(): void {
    try {
      database.transaction(() => sqlite.prepare('DELETE FROM events WHERE seq <= ?').run(lastSeq - keptEvents));
    } catch (error) {
      // A full disk must not keep the server from starting; the next start tries again.
      log.error('old events could not be removed', { error: String(error) });
    }
  }

  function report(): void {
    if (database.damaged !== null) {
      tryAppend({
        kind: 'error',
        session: null,
        failure: {
          code: 'database-damaged',
          message: 'the list of sessions was damaged and has been set aside; sesame began with an empty one',
          remedy: `branches and worktrees are untouched (git worktree list shows them); the old file is ${database.damaged}`,
        },
      });
    }
    if (unreadable.length > 0) {
      tryAppend({
        kind: 'error',
        session: null,
        failure: {
          code: 'session-unreadable',
          message: `${unreadable.length} of the sessions cannot be read: ${unreadable.slice(0, 10).join(', ')}`,
          remedy: 'they are kept in the database and left out of the list; their branches and worktrees are untouched',
        },
      });
    }
  }

  function tryAppend(body: EventBody): void {
    try {
      events.append(body);
    } catch (error) {
      log.error('an event could not be stored', { kind: body.kind, error: String(error) });
    }
  }
}

function readRow(json: unknown, prompt: unknown): Session | null {
  try {
    return Session.parse({ ...JSON.parse(String(json)), prompt: typeof prompt === 'string' ? prompt : '' });
  } catch {
    return null;
  }
}

function readEvent(json: unknown): EventBody | null {
  try {
    return EventSchema.parse(JSON.parse(String(json)));
  } catch {
    return null;
  }
}
