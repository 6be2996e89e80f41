import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFakeBackend, type FakeBackend } from '../../test/golden/fake-backend.ts';
import { makeSession, now, sessions } from '../../test/golden/fixture.ts';
import { createVirtualTerminal, type VirtualTerminal } from '../../test/support/virtual-terminal.ts';
import { defaultConfig } from '../domain/default-config.ts';
import { systemSchedulerClock } from './frame/scheduler.ts';
import { rehearse } from './rehearsal.ts';

const atRest = (): number => 0;
let directory: string;
let terminal: VirtualTerminal;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sr-'));
  terminal = await createVirtualTerminal({ cols: 80, rows: 24 });
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Given {
  backend?: FakeBackend;
  zoom?: string | null;
  busyForMs?: () => number;
}

function start({ backend = createFakeBackend(sessions), zoom = null, busyForMs = atRest }: Given = {}) {
  const leaving = new AbortController();
  const app = {
    terminal: terminal.terminal,
    connect: () => Promise.reject(new Error('the real one')),
    killServer: () => Promise.reject(new Error('the real one')),
    config: defaultConfig,
    problems: [],
    cwd: '/',
    shell: '/bin/sh',
    editor: 'vi',
    zoom,
    now: () => now,
    clock: systemSchedulerClock,
    savePreferences: () => Promise.reject(new Error('the real ones')),
  };
  const socketPath = join(directory, 's');
  const done = rehearse({ app, backend, socketPath, busyForMs, signal: leaving.signal });
  return { backend, done, leaving };
}

test.each([
  null,
  '1',
])('every key is drawn (zoom %s), and neither the terminal nor the server hears of it', async (zoom) => {
  const { backend, done } = start({ zoom });
  backend.setState({ kind: 'ready', hello: {} as never });
  expect(await done).toBe(280);
  expect(terminal.written).toBe(0);
  expect(backend.calls).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
});

test('without a session nothing happens until there is one', async () => {
  const { backend, done } = start({ backend: createFakeBackend([]) });
  backend.setState({ kind: 'ready', hello: {} as never });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(readdirSync(directory)).toEqual([]);
  backend.tell({ kind: 'session.created', session: sessions[0]!.id, value: makeSession(sessions[0]!.id) });
  expect(await done).toBe(280);
});

test('who leaves does not wait for it', async () => {
  const { done, leaving } = start({ backend: createFakeBackend([]) });
  leaving.abort();
  expect(await done).toBe(0);
});

test('nothing is typed while the user’s own screen is busy', async () => {
  const { backend, done, leaving } = start({ busyForMs: () => 100 });
  backend.setState({ kind: 'ready', hello: {} as never });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  leaving.abort();
  expect(await done).toBe(0);
});
