// The setup phase: the project's setup command in the pane, in a PTY of its own. The agent gets another one afterwards:
// a PTY belongs to one trust level for its whole life.
import { Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { Run } from '../runs/runs.ts';
import { type Context, rowOf, waitForExit } from './context.ts';
import { projectCommand } from './project-command.ts';
import type { PhaseOutcome } from './start.ts';
import type { RunSize } from './start-records.ts';

const shownLines = 12;

export async function runSetup(context: Context, id: SessionId, signal: AbortSignal): Promise<PhaseOutcome> {
  const session = rowOf(context, id);
  const record = context.records.get(id);
  if (record?.setup == null || session.project === null) return { state: 'skipped', detail: null };
  const { cols, rows, scrollback } = record;
  const size = { cols, rows, scrollback };
  const run = runningSetup(context, id) ?? (await startSetup(context, id, record.setup, size, session.project.path));
  const end = (): void => run.end();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const exit = await waitForExit(context, run);
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (exit.code === 0 && exit.signal === null) return { state: 'done', detail: record.setup };
  throw new Failure({
    code: 'setup-failed',
    message: `the setup command ${howItEnded(exit)}: ${plainLine(record.setup).slice(0, 200)}`,
    remedy: 'its output is in the pane; correct it, then resume the session to try again',
    detail: lastLines(run),
  });
}

/** A setup that the holder kept running while there was no server. */
function runningSetup(context: Context, id: SessionId): Run | null {
  const run = context.runs.get(id);
  const latest = context.records.latestRun(id);
  return run !== null && run.exit === null && latest?.id === run.id && latest.kind === 'setup' ? run : null;
}

async function startSetup(
  context: Context,
  id: SessionId,
  command: string,
  size: RunSize,
  repository: string,
): Promise<Run> {
  const runId = context.records.beginRun(id, 'setup', { ...size, pastes: false });
  const run = await context.runs.start({
    id: runId,
    session: id,
    ...projectCommand(context, rowOf(context, id), repository, command),
    cols: size.cols,
    rows: size.rows,
    scrollback: size.scrollback,
    agent: null,
    paste: null,
  });
  context.record({
    kind: 'run.started',
    session: id,
    run: { id: runId, pid: run.pid, cols: size.cols, rows: size.rows },
  });
  return run;
}

function howItEnded(exit: { code: number | null; signal: number | null }): string {
  if (exit.signal !== null) return `was ended by signal ${exit.signal}`;
  return exit.code === null ? 'ended while sesame was not running' : `exited with ${exit.code}`;
}

function lastLines(run: Run): string {
  const lines = run.engine.screenText();
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(Math.max(0, last + 1 - shownLines), last + 1).join('\n');
}
