// Totals that agents tell, as totals of sessions and days.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Usage } from '../../domain/agent-event.ts';
import { RunId, SessionId } from '../../domain/ids.ts';
import { type Database, openDatabase } from '../database.ts';
import { openSpending } from './spending.ts';

const a = SessionId.parse('aaaa');
const b = SessionId.parse('bbbb');
const day = new Date(2026, 5, 1, 12).getTime();
let directory: string;
let database: Database;
let now = day;
beforeEach(async () => {
  now = day;
  directory = await mkdtemp(join(tmpdir(), 'ssp-'));
  database = await openDatabase(join(directory, 'x.db'), () => now);
});
afterEach(async () => {
  database.close();
  await rm(directory, { recursive: true });
});

const used = (tokens: number, cost: number | null): Usage => ({
  inputTokens: tokens,
  outputTokens: 0,
  cachedTokens: 0,
  cost,
});

test('totals replace each other, and the same told again is nothing new', () => {
  const spending = openSpending(database, () => now);
  expect(spending.today()).toBeNull();
  spending.tell(a, used(100, 0.5), null);
  expect(spending.tell(a, used(150, 0.75), null)).toEqual({ usage: used(150, 0.75), costToday: 0.75 });
  expect(spending.tell(a, used(150, 0.75), null)).toBeNull();
  expect(spending.tell(b, used(10, 0.25), null)?.costToday).toBe(1);
  expect(spending.today()).toEqual(used(160, 1));
});

test('another conversation of the same session comes on top', () => {
  const spending = openSpending(database, () => now);
  spending.tell(a, used(100, 0.5), null);
  expect(spending.tell(a, used(20, 0.25), null)?.usage).toEqual(used(120, 0.75));
  expect(spending.tell(a, used(30, 0.5), null)?.usage).toEqual(used(130, 1));
});

test('totals of each run add up, also when the next one begins with more, or with the same', () => {
  const spending = openSpending(database, () => now);
  const [first, second, third] = ['aaaa-1', 'aaaa-2', 'aaaa-3'].map((id) => RunId.parse(id)) as [RunId, RunId, RunId];
  spending.tell(a, used(60, 0.25), first);
  expect(spending.tell(a, used(100, 0.5), first)?.usage).toEqual(used(100, 0.5));
  expect(spending.tell(a, used(150, 0.75), second)?.usage).toEqual(used(250, 1.25));
  const later = openSpending(database, () => now);
  expect(later.tell(a, used(150, 0.75), second)).toBeNull();
  expect(later.tell(a, used(150, 0.75), third)).toEqual({ usage: used(400, 2), costToday: 2 });
});

test('a day counts only what it added, also after a restart', () => {
  openSpending(database, () => now).tell(a, used(100, 0.5), null);
  now += 24 * 60 * 60 * 1000;
  const next = openSpending(database, () => now);
  expect(next.today()).toBeNull();
  expect(next.tell(a, used(140, 0.75), null)).toEqual({ usage: used(140, 0.75), costToday: 0.25 });
});

test('an agent that tells no cost makes none up', () => {
  const spending = openSpending(database, () => now);
  expect(spending.tell(a, used(100, null), null)).toEqual({ usage: used(100, null), costToday: null });
});

test('a fork pays for its own turns, not again for those it was copied with', () => {
  const spending = openSpending(database, () => now);
  spending.tell(a, used(100, 0.5), null);
  spending.forked(a, b);
  expect(spending.today()).toEqual(used(100, 0.5));
  expect(spending.tell(b, used(130, 0.75), null)).toEqual({ usage: used(30, 0.25), costToday: 0.75 });
  expect(spending.tell(a, used(110, 0.5), null)?.usage).toEqual(used(110, 0.5));
  expect(spending.today()).toEqual(used(140, 0.75));
});

test('a fork of a session that told nothing counts from nothing', () => {
  const spending = openSpending(database, () => now);
  spending.forked(a, b);
  expect(spending.tell(b, used(30, null), null)?.usage).toEqual(used(30, null));
});
