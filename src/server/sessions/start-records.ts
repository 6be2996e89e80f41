// What a new server needs to go on with sessions it did not start: how each is started, how far that went, and which
// runs it had. Kept beside the rows, not in them: clients have no use for it.
import * as z from 'zod';
import { RunId, SessionId } from '../../domain/ids.ts';
import type { Project } from '../../domain/project.ts';
import type { Database } from '../database.ts';
import type { RunExit } from '../runs/runs.ts';

export const StartRecord = z.object({
  /** The first phase that is not done; `done` once the agent was started. */
  phase: z.enum(['worktree', 'files', 'setup', 'bootstrap', 'agent', 'done']),
  /** Whether the worktree phase was begun before: it may have left something. */
  begun: z.boolean(),
  /** Shell command, as shown to the user when they asked for the session; null for none. */
  setup: z.string().nullable(),
  /** A plain program instead of an agent. */
  argv: z.array(z.string()).nullable(),
  cols: z.number(),
  rows: z.number(),
  scrollback: z.number(),
  /** A safety copy the worktree is made from, instead of from its base. */
  restores: z.string().optional(),
  /** The conversation a fork begins with. */
  forks: z.string().optional(),
  /** The installed program it began with: it keeps that for its life. */
  binary: z.string().optional(),
});
export type StartRecord = z.infer<typeof StartRecord>;

export type RunKind = 'setup' | 'agent' | 'program';

export interface RunRecord {
  id: RunId;
  session: SessionId;
  kind: RunKind;
  cols: number;
  rows: number;
  scrollback: number;
  /** The prompt is typed into the terminal once the program is ready. */
  pastes: boolean;
  ended: boolean;
}

export interface RunSize {
  cols: number;
  rows: number;
  scrollback: number;
}

export interface StartRecords {
  /** Null for a session that is gone or whose record cannot be read. */
  get(session: SessionId): StartRecord | null;
  set(session: SessionId, record: StartRecord): void;
  change(session: SessionId, change: Partial<StartRecord>): void;
  /** Notes that a run is about to start and gives it its id. Numbers are never reused. */
  beginRun(session: SessionId, kind: RunKind, how: RunSize & { pastes: boolean }): RunId;
  endRun(id: RunId, exit: RunExit): void;
  run(id: RunId): RunRecord | null;
  /** The newest run of the session. */
  latestRun(session: SessionId): RunRecord | null;
  forget(session: SessionId): void;
  /** True when any row, also one that cannot be read, has this id. */
  isTaken(id: string): boolean;
  usedProject(project: Project): void;
}

export function openStartRecords(database: Database, now: () => number): StartRecords {
  const { sqlite } = database;
  const selectStart = sqlite.prepare('SELECT json FROM starts WHERE session = ?');
  const upsertStart = sqlite.prepare('INSERT OR REPLACE INTO starts (session, json) VALUES (?, ?)');
  const selectNumber = sqlite.prepare('SELECT max(number) AS number FROM runs WHERE session = ?');
  const insertRun = sqlite.prepare(
    'INSERT INTO runs (id, session, number, kind, cols, rows, scrollback, pastes, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const updateRun = sqlite.prepare(
    'UPDATE runs SET ended_at = ?, code = ?, signal = ? WHERE id = ? AND ended_at IS NULL',
  );
  const selectRun = sqlite.prepare('SELECT * FROM runs WHERE id = ?');
  const selectLatest = sqlite.prepare('SELECT * FROM runs WHERE session = ? ORDER BY number DESC LIMIT 1');
  const selectSession = sqlite.prepare(
    'SELECT 1 FROM sessions WHERE id = ? UNION ALL SELECT 1 FROM runs WHERE session = ? LIMIT 1',
  );
  const upsertProject = sqlite.prepare(
    `INSERT INTO projects (id, path, name, used_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET path = excluded.path, name = excluded.name, used_at = excluded.used_at`,
  );

  const records: StartRecords = {
    get(session) {
      const json = selectStart.get(session)?.['json'];
      if (typeof json !== 'string') return null;
      const parsed = StartRecord.safeParse(JSON.parse(json));
      return parsed.success ? parsed.data : null;
    },
    set: (session, record) => database.transaction(() => void upsertStart.run(session, JSON.stringify(record))),
    change(session, change) {
      const record = records.get(session);
      if (record !== null) records.set(session, { ...record, ...change });
    },
    beginRun: (session, kind, how) =>
      database.transaction(() => {
        const number = Number(selectNumber.get(session)?.['number'] ?? 0) + 1;
        const id = RunId.parse(`${session}-${number}`);
        insertRun.run(id, session, number, kind, how.cols, how.rows, how.scrollback, how.pastes ? 1 : 0, now());
        return id;
      }),
    endRun: (id, exit) => database.transaction(() => void updateRun.run(now(), exit.code, exit.signal, id)),
    run: (id) => readRun(selectRun.get(id)),
    latestRun: (session) => readRun(selectLatest.get(session)),
    forget: (session) =>
      database.transaction(() => {
        sqlite.prepare('DELETE FROM starts WHERE session = ?').run(session);
        sqlite.prepare('DELETE FROM runs WHERE session = ?').run(session);
      }),
    isTaken: (id) => selectSession.get(id, id) !== undefined,
    usedProject: (project) =>
      database.transaction(() => void upsertProject.run(project.id, project.path, project.name, now())),
  };
  return records;
}

const RunRow = z.object({
  id: RunId,
  session: SessionId,
  kind: z.enum(['setup', 'agent', 'program']),
  cols: z.number(),
  rows: z.number(),
  scrollback: z.number(),
  pastes: z.number(),
  ended_at: z.number().nullable(),
});

function readRun(row: unknown): RunRecord | null {
  const parsed = RunRow.safeParse(row);
  if (!parsed.success) return null;
  const { ended_at: endedAt, pastes, ...run } = parsed.data;
  return { ...run, pastes: pastes === 1, ended: endedAt !== null };
}
