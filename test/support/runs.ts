// For tests: runs on a real holder in a work directory of their own, and waiting for conditions.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { RunId, SessionId } from '../../src/domain/ids.ts';
import type { Status } from '../../src/domain/status.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type Log, silentLog } from '../../src/platform/log.ts';
import { type Paths, resolvePaths } from '../../src/platform/paths.ts';
import { builtEntry } from '../../src/platform/program.ts';
import { openRuns } from '../../src/server/runs/pty-runs.ts';
import type { Run, RunExit, RunListener, RunSpec, Runs } from '../../src/server/runs/runs.ts';
import type { VtListener } from '../../src/terminal/engine.ts';
import { createVtEngine } from '../../src/terminal/vt/vt-engine.ts';

export const holderCommand = [process.execPath, builtEntry('holder')];

export interface Told {
  statuses: Array<{ run: string; status: Status }>;
  exits: Array<{ run: string; exit: RunExit }>;
  notices: string[];
}

export interface TestRuns {
  runs: Runs;
  paths: Paths;
  told: Told;
}

/** A short path: sockets allow little more than 100 bytes. */
export function makeWorkDirectory(): Paths {
  return resolvePaths({ SESAME_WORK_DIR: mkdtempSync(join(tmpdir(), 'sr-')) });
}

export async function openTestRuns(
  paths: Paths = makeWorkDirectory(),
  log: Log = silentLog,
  watchdogMinutes = 10,
): Promise<TestRuns> {
  const told: Told = { statuses: [], exits: [], notices: [] };
  const listener: RunListener = {
    status: (run, status) => told.statuses.push({ run: run.id, status }),
    notified: (_run, text) => told.notices.push(text),
    clipboard: () => undefined,
    resized: () => undefined,
    exited: (run, exit) => told.exits.push({ run: run.id, exit }),
  };
  const runs = openRuns({
    paths,
    holderCommand,
    createEngine: createVtEngine,
    clock: systemClock,
    log,
    listener,
    watchdogMinutes,
  });
  return { runs, paths, told };
}

export async function endTestRuns({ runs, paths }: TestRuns): Promise<void> {
  await runs.shutdownHolder();
  await runs.close();
  rmSync(paths.workDir, { recursive: true, force: true });
}

/** A run of a shell script, named after its number. */
export function scriptSpec(number: number, script: string, more: Partial<RunSpec> = {}): RunSpec {
  return programSpec(number, ['/bin/sh', '-c', script], more);
}

export function programSpec(number: number, argv: string[], more: Partial<RunSpec> = {}): RunSpec {
  const session = `test${number}`;
  return {
    id: RunId.parse(`${session}-1`),
    session: SessionId.parse(session),
    argv,
    cwd: tmpdir(),
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    cols: 80,
    rows: 24,
    scrollback: 1000,
    agent: null,
    paste: null,
    ...more,
  };
}

export async function until(what: string, condition: () => boolean, deadlineMs = 15_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`did not happen in time: ${what}`);
    await wait(5);
  }
}

export async function screenShows(run: Run, text: string): Promise<void> {
  await until(`the screen shows ${text}`, () => run.engine.screenText().join('\n').includes(text));
}

export async function loggedOutput(run: Run): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const { bytes } of run.output(null, new AbortController().signal)) pieces.push(bytes);
  return Buffer.concat(pieces);
}

const nothing = (): void => undefined;

/** For engines whose program is not listened to. */
export const silent: VtListener = {
  reply: nothing,
  title: nothing,
  bell: nothing,
  notification: nothing,
  progress: nothing,
  programStatus: nothing,
  clipboard: nothing,
  osc: nothing,
};
