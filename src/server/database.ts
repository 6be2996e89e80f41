// sesame.db: opened, checked, brought to our version. Damaged files are set aside, newer ones refused; neither is ever
// written over.
import { chmod, open, rename, stat } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../domain/failure.ts';
import { errorCode, fileFailure } from '../platform/files.ts';
import { migrations } from './migrations.ts';

export interface Database {
  readonly sqlite: DatabaseSync;
  /** Where a damaged file was set aside when this one was opened; null when there was none. */
  readonly damaged: string | null;
  /** All or nothing. Throws a Failure when the disk refuses; then nothing was changed. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Files up to this size are checked page by page when opened (about 1 ms per MB). */
const checkedBytes = 32 << 20;

/**
 * Opens or creates the database, 0600. Throws Failures: `database-newer` (made by a newer sesame), `disk-full` and the
 * like. A damaged file becomes `<path>.damaged-<time>` and a fresh one takes its place.
 */
export async function openDatabase(path: string, now: () => number): Promise<Database> {
  await createPrivate(path);
  try {
    return await openChecked(path, null);
  } catch (error) {
    if (!isDamage(error)) throw storageFailure(error);
  }
  const aside = `${path}.damaged-${new Date(now()).toISOString().replace(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) await setAside(path + suffix, aside + suffix);
  await createPrivate(path);
  try {
    return await openChecked(path, aside);
  } catch (error) {
    throw storageFailure(error);
  }
}

async function openChecked(path: string, damaged: string | null): Promise<Database> {
  const { size } = await stat(path);
  const sqlite = new DatabaseSync(path, { timeout: 5000 });
  try {
    // Reads the header: a file that is none of ours, or half of one, is noticed here, before anything is written.
    const version = userVersion(sqlite);
    if (version > migrations.length) throw newer(path, version);
    if (size > 0 && size <= checkedBytes) checkPages(sqlite);
    sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
    migrate(sqlite, version);
  } catch (error) {
    sqlite.close();
    throw error;
  }
  return {
    sqlite,
    damaged,
    transaction: (work) => transaction(sqlite, work),
    close: () => sqlite.close(),
  };
}

/** Each step and its version number together, so that a crash leaves a whole version behind. */
function migrate(sqlite: DatabaseSync, from: number): void {
  for (const [index, step] of migrations.entries()) {
    if (index < from) continue;
    transaction(sqlite, () => sqlite.exec(`${step}; PRAGMA user_version = ${index + 1};`));
  }
}

function transaction<T>(sqlite: DatabaseSync, work: () => T): T {
  if (sqlite.isTransaction) return work();
  try {
    sqlite.exec('BEGIN IMMEDIATE');
    const result = work();
    sqlite.exec('COMMIT');
    return result;
  } catch (error) {
    if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
    throw storageFailure(error);
  }
}

function userVersion(sqlite: DatabaseSync): number {
  return Number(sqlite.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

function checkPages(sqlite: DatabaseSync): void {
  const answer = Object.values(sqlite.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (answer !== 'ok') throw Object.assign(new Error(String(answer)), { errcode: Sqlite.corrupt });
}

/** SQLite makes its companion files with the same permissions. */
async function createPrivate(path: string): Promise<void> {
  try {
    const file = await open(path, 'a', 0o600);
    await file.close();
    await chmod(path, 0o600);
  } catch (error) {
    throw fileFailure(error, 'open the database', path);
  }
}

async function setAside(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fileFailure(error, 'set aside the damaged database', from);
  }
}

function newer(path: string, version: number): Failure {
  return new Failure({
    code: 'database-newer',
    message: `${path} was made by a newer sesame (its version is ${version}, this one knows ${migrations.length})`,
    remedy: 'start that newer sesame again, or set SESAME_WORK_DIR to another directory; the file was not touched',
  });
}

const Sqlite = { readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === Sqlite.corrupt || code === Sqlite.notADatabase;
}

/** The primary result code, without the extension in the upper bits. */
function sqliteCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}

/** What SQLite said, in the user's words. Failures and errors of ours go through as they are. */
export function storageFailure(error: unknown): unknown {
  const code = sqliteCode(error);
  if (error instanceof Failure || code === null) return error;
  const words = error instanceof Error ? error.message : String(error);
  const body =
    code === Sqlite.full
      ? {
          code: 'disk-full',
          message: 'cannot save: the disk is full',
          remedy: 'free some space, then try again; nothing was lost',
        }
      : code === Sqlite.readOnly || code === Sqlite.cannotOpen
        ? {
            code: 'no-permission',
            message: `cannot write the database: ${words}`,
            remedy: 'make the .sesame directory writable, then try again',
          }
        : {
            code: 'database-error',
            message: `the database refused: ${words}`,
            remedy: 'check the disk, then try again; the server log has more',
          };
  return new Failure(body, { cause: error });
}
