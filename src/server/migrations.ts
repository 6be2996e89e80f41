// The schema, one step per version. A step that was released is never changed: a new one is added below it.

export const migrations: readonly string[] = [
  `
  CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    used_at INTEGER NOT NULL
  ) STRICT;

  -- json is the Session without its prompt, which may be large and never changes.
  CREATE TABLE sessions (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    archived_at INTEGER,
    trashed_at INTEGER,
    project TEXT,
    json TEXT NOT NULL
  ) STRICT;
  CREATE TABLE prompts (session TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;

  -- How a session is started and how far that went, so that a new server can go on (src/server/sessions/start-records.ts).
  CREATE TABLE starts (session TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;

  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    cols INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    scrollback INTEGER NOT NULL,
    -- 1 when the prompt is typed into the terminal: a new server may have to do it.
    pastes INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    code INTEGER,
    signal INTEGER
  ) STRICT;
  CREATE INDEX runs_of_session ON runs (session, number);

  -- AUTOINCREMENT: a number is never given twice, also after old events were removed.
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    session TEXT,
    kind TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_of_session ON events (session, seq);

  CREATE TABLE usage (
    session TEXT NOT NULL,
    at INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX usage_of_session ON usage (session, at);

  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  `,
];
