import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Failure } from '../domain/failure.ts';
import { openDatabase } from './database.ts';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sdb-'));
  path = join(directory, 'sesame.db');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const now = (): number => 1_700_000_000_000;

test('a new database is private and keeps what is committed', async () => {
  const first = await openDatabase(path, now);
  first.transaction(() => first.sqlite.exec("INSERT INTO settings VALUES ('a', '1')"));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(`${path}-wal`)).mode & 0o777).toBe(0o600);
  first.close();
  const second = await openDatabase(path, now);
  expect(second.damaged).toBeNull();
  expect(second.sqlite.prepare('SELECT value FROM settings').all()).toEqual([{ value: '1' }]);
  second.close();
});

test('a transaction that fails changes nothing', async () => {
  const database = await openDatabase(path, now);
  expect(() =>
    database.transaction(() => {
      database.sqlite.exec("INSERT INTO settings VALUES ('a', '1')");
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(database.sqlite.prepare('SELECT * FROM settings').all()).toEqual([]);
  database.close();
});

test.each([
  ['text', () => Buffer.from('not a database, but longer than the header of one '.repeat(50))],
  ['half a page', (good: Buffer) => good.subarray(0, 2000)],
  [
    'overwritten pages',
    (good: Buffer) => Buffer.concat([good.subarray(0, 4096), Buffer.alloc(good.length - 4096, 0xa5)]),
  ],
])('a damaged file (%s) is set aside whole and a fresh one begins', async (_, damage) => {
  const good = await openDatabase(path, now);
  good.close();
  const bytes = damage(await readFile(path));
  await writeFile(path, bytes);
  const fresh = await openDatabase(path, now);
  expect(fresh.damaged).not.toBeNull();
  expect((await readFile(fresh.damaged ?? '')).equals(bytes)).toBe(true);
  expect(fresh.sqlite.prepare('SELECT count(*) AS n FROM sessions').get()).toEqual({ n: 0 });
  fresh.close();
});

test('a database of a newer version is refused and not touched', async () => {
  const newer = new DatabaseSync(path);
  newer.exec('PRAGMA user_version = 999; CREATE TABLE tomorrow (x)');
  newer.close();
  const before = await readFile(path);
  const refused = await openDatabase(path, now).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Failure);
  expect((refused as Failure).code).toBe('database-newer');
  expect((await readFile(path)).equals(before)).toBe(true);
  expect(await readdir(directory)).toEqual(['sesame.db']);
});

test('an empty file is a new database', async () => {
  await writeFile(path, '');
  const database = await openDatabase(path, now);
  expect(database.damaged).toBeNull();
  database.close();
});

test('a directory that cannot be written gives a sentence', async () => {
  const failed = await openDatabase(join(directory, 'missing', 'sesame.db'), now).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Failure);
  expect((failed as Failure).message).toContain('missing');
});

test('a full disk is a Failure and leaves the rows as they were', async () => {
  const database = await openDatabase(path, now);
  database.transaction(() => database.sqlite.exec("INSERT INTO settings VALUES ('kept', '1')"));
  const pages = Number(database.sqlite.prepare('PRAGMA page_count').get()?.['page_count']);
  database.sqlite.exec(`PRAGMA max_page_count = ${pages}`);
  const big = 'x'.repeat(200_000);
  let failure: unknown;
  try {
    database.transaction(() => database.sqlite.prepare('INSERT INTO settings VALUES (?, ?)').run('big', big));
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(Failure);
  expect((failure as Failure).code).toBe('disk-full');
  expect(database.sqlite.prepare('SELECT key FROM settings').all()).toEqual([{ key: 'kept' }]);
  database.close();
});
