import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AgentId } from '../../domain/ids.ts';
import type { PassingEvent } from '../../domain/passing-event.ts';
import { systemClock } from '../../platform/clock.ts';
import { silentLog } from '../../platform/log.ts';
import { openDatabase } from '../database.ts';
import { openEvents } from '../events/event-log.ts';
import type { Events } from '../events/events.ts';
import { eventStream } from './event-stream.ts';

let directory: string;
let events: Events;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'se-'));
  const database = await openDatabase(join(directory, 'sesame.db'), Date.now);
  events = openEvents({ database, clock: systemClock, log: silentLog });
});
afterEach(() => {
  events.close();
  rmSync(directory, { recursive: true, force: true });
});

const failure = { code: 'x', message: 'something', remedy: 'nothing' };
const progress = (doneBytes: number): PassingEvent => ({
  kind: 'bootstrap.progress',
  session: null,
  agent: AgentId.parse('some'),
  progress: { step: 'download', version: '1.0.0', host: 'r.example', doneBytes, totalBytes: 100 },
});

interface Piece {
  id: string | null;
  seq: number;
  kind: string;
  doneBytes: number | undefined;
}

/** Reads one piece at a time, as a client that takes its time would. */
function reader(after: number): { next(): Promise<Piece[]>; end(): Promise<void> } {
  const stream = eventStream(events, after, new AbortController().signal).getReader();
  return {
    async next() {
      const { value } = await stream.read();
      return new TextDecoder()
        .decode(value)
        .split('\n\n')
        .filter((text) => text.includes('data: '))
        .map((text) => {
          const event = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '{}');
          const id = /^id: (.*)$/m.exec(text)?.[1] ?? null;
          return { id, seq: event.seq, kind: event.kind, doneBytes: event.progress?.doneBytes };
        });
    },
    end: () => stream.cancel(),
  };
}

test('what passes is told to all who listen, without a number of its own, and is not stored', async () => {
  events.append({ kind: 'error', session: null, failure });
  const listening = reader(0);
  expect(await listening.next()).toEqual([]);
  expect(await listening.next()).toMatchObject([{ id: '1', kind: 'error' }]);
  const next = listening.next();
  events.pass('some', progress(10));
  expect(await next).toEqual([{ id: null, seq: 1, kind: 'bootstrap.progress', doneBytes: 10 }]);
  expect(events.after(0, 10)).toHaveLength(1);
  expect(events.lastSeq).toBe(1);
  await listening.end();
});

test('who comes in between is told the newest, after what is stored; what has ended is not told', async () => {
  events.pass('some', progress(10));
  events.pass('some', progress(20));
  events.append({ kind: 'error', session: null, failure });
  const late = reader(0);
  await late.next();
  expect((await late.next())[0]?.kind).toBe('error');
  expect(await late.next()).toEqual([{ id: null, seq: 1, kind: 'bootstrap.progress', doneBytes: 20 }]);
  events.pass('some', null);
  const later = reader(0);
  await later.next();
  await later.next();
  const next = later.next();
  events.append({ kind: 'error', session: null, failure });
  expect(await next).toMatchObject([{ id: '2', kind: 'error' }]);
  await Promise.all([late.end(), later.end()]);
});

test('a slow reader is told the newest only, however many there were', async () => {
  const slow = reader(0);
  await slow.next();
  for (let done = 0; done <= 1000; done++) events.pass('some', progress(done));
  const [first, ...others] = await slow.next();
  expect(first?.doneBytes).toBe(1000);
  expect(others).toEqual([]);
  await slow.end();
});
