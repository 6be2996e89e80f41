import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SesameEvent } from '../../domain/event.ts';
import { Session } from '../../domain/session.ts';
import { systemClock } from '../../platform/clock.ts';
import { silentLog } from '../../platform/log.ts';
import { openDatabase } from '../database.ts';
import { openEvents } from './event-log.ts';
import type { Events } from './events.ts';

let directory: string;
const opened: Events[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sev-'));
});
afterEach(async () => {
  for (const events of opened.splice(0)) events.close();
  await rm(directory, { recursive: true, force: true });
});

async function open(): Promise<Events> {
  const database = await openDatabase(join(directory, 'sesame.db'), Date.now);
  const events = openEvents({ database, clock: systemClock, log: silentLog });
  opened.push(events);
  return events;
}

function closeLast(): void {
  opened.pop()?.close();
}

function row(id: string, prompt = 'do it'): Session {
  return Session.parse({
    id,
    title: 'do it',
    agent: null,
    label: 'cat',
    mode: 'interactive',
    permissions: 'ask',
    model: null,
    prompt,
    project: null,
    workplace: { kind: 'directory', path: '/tmp' },
    race: null,
    variant: 1,
    status: { state: 'starting', evidence: { signal: 'server', rule: 'test' }, since: 1, message: null },
    run: null,
    conversation: null,
    diff: null,
    ship: null,
    problem: null,
    createdAt: 1,
    archivedAt: null,
    trash: null,
  });
}

test('rows and numbers are the same after the server starts again', async () => {
  const first = await open();
  const one = row('s111', '🙂'.repeat(100_000));
  first.append({ kind: 'session.created', session: one.id, value: one });
  first.append({ kind: 'session.created', session: row('s222').id, value: row('s222') });
  first.append({ kind: 'session.renamed', session: one.id, title: 'other' });
  const rows = first.sessions(true);
  expect(first.lastSeq).toBe(3);
  closeLast();
  const second = await open();
  expect(second.sessions(true)).toEqual(rows);
  expect(second.session(one.id)?.title).toBe('other');
  expect(second.session(one.id)?.prompt).toBe(one.prompt);
  expect(second.append({ kind: 'session.forgotten', session: one.id }).seq).toBe(4);
  expect(second.session(one.id)).toBeNull();
});

test('a follower hears each event after it is stored, and one that throws stops nobody', async () => {
  const events = await open();
  const heard: SesameEvent[] = [];
  events.follow(() => {
    throw new Error('broken');
  });
  const stop = events.follow((event) => {
    expect(events.after(event.seq - 1, 1)).toEqual([event]);
    heard.push(event);
  });
  events.append({ kind: 'session.created', session: row('s111').id, value: row('s111') });
  stop();
  events.append({ kind: 'session.renamed', session: row('s111').id, title: 'x' });
  expect(heard.map(({ kind }) => kind)).toEqual(['session.created']);
});

test('events are read from a number on, or those of one session', async () => {
  const events = await open();
  for (const id of ['s111', 's222']) events.append({ kind: 'session.created', session: row(id).id, value: row(id) });
  for (let n = 0; n < 5; n++) events.append({ kind: 'session.renamed', session: row('s111').id, title: `t${n}` });
  expect(events.after(5, 10).map(({ seq }) => seq)).toEqual([6, 7]);
  expect(events.after(0, 2).map(({ seq }) => seq)).toEqual([1, 2]);
  expect(events.of(row('s111').id, 2).map(({ seq }) => seq)).toEqual([6, 7]);
  expect(events.of(row('s222').id, 10)).toHaveLength(1);
});

test('what cannot be stored is not told and changes no row', async () => {
  const database = await openDatabase(join(directory, 'sesame.db'), Date.now);
  const events = openEvents({ database, clock: systemClock, log: silentLog });
  opened.push(events);
  events.append({ kind: 'session.created', session: row('s111').id, value: row('s111') });
  const heard: string[] = [];
  events.follow(({ kind }) => heard.push(kind));
  database.sqlite.exec('PRAGMA query_only = ON');
  expect(() => events.append({ kind: 'session.renamed', session: row('s111').id, title: 'new' })).toThrow();
  database.sqlite.exec('PRAGMA query_only = OFF');
  expect(heard).toEqual([]);
  expect(events.session(row('s111').id)?.title).toBe('do it');
  expect(events.append({ kind: 'session.renamed', session: row('s111').id, title: 'new' }).seq).toBe(2);
});

test('a row that cannot be read is left out, kept, and said', async () => {
  const first = await open();
  for (const id of ['s111', 's222']) first.append({ kind: 'session.created', session: row(id).id, value: row(id) });
  closeLast();
  const raw = await openDatabase(join(directory, 'sesame.db'), Date.now);
  raw.sqlite.exec("UPDATE sessions SET json = '{' WHERE id = 's111'");
  raw.close();
  const second = await open();
  expect(second.sessions(true).map(({ id }) => id)).toEqual(['s222']);
  expect(second.after(2, 10)).toMatchObject([{ kind: 'error', failure: { code: 'session-unreadable' } }]);
});

test('after damage an event says so and numbers go on above the old ones', async () => {
  const first = await open();
  for (let n = 0; n < 5; n++) first.append({ kind: 'session.created', session: row('s111').id, value: row('s111') });
  closeLast();
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(directory, 'sesame.db'), 'garbage '.repeat(1000));
  const second = await open();
  expect(second.lastSeq).toBeGreaterThan(5);
  expect(second.after(0, 10)).toMatchObject([{ kind: 'error', failure: { code: 'database-damaged' } }]);
});
