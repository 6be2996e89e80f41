// What a user does with the program of a session: look, type, answer.
import { Failure } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import { asksFirst } from '../../domain/live.ts';
import type { Session } from '../../domain/session.ts';
import type { Status } from '../../domain/status.ts';
import type { ScreenText } from '../../protocol/routes.ts';
import type { Run } from '../runs/runs.ts';
import type { Receipt } from '../runs/submission.ts';
import { type Context, rowOf } from './context.ts';

const mostHistoryLines = 100_000;
const enter = new TextEncoder().encode('\r');

export function readScreen(context: Context, id: SessionId, historyLines: number): ScreenText {
  const session = rowOf(context, id);
  const run = context.runs.get(id);
  if (run === null) {
    throw new Failure({
      code: 'no-screen',
      message: `${session.title} has no screen${session.status.state === 'starting' ? ' yet: it is being prepared' : ''}`,
      remedy: session.status.state === 'starting' ? 'wait a moment' : 'resume it to get one',
    });
  }
  const { engine } = run;
  const history = Math.min(historyLines, engine.history, mostHistoryLines);
  return {
    cols: engine.cols,
    rows: engine.rows,
    cursor: { x: engine.cursorX, y: engine.cursorY },
    title: run.title,
    lines: [...engine.historyText(engine.history - history, engine.history), ...engine.screenText()],
    digest: run.screenDigest(),
  };
}

export interface Typed {
  text?: string | undefined;
  base64?: string | undefined;
  submit: boolean;
  /** The text is meant for the question the session asks. */
  answer?: boolean | undefined;
}

export interface TypedReceipt {
  /** False when the program does not read: nothing was typed. */
  accepted: boolean;
  /** `accepted` only when something shows that a submitted text was taken; `typed` when the keys went out. */
  receipt: Receipt;
  queued: number;
}

/**
 * A text that is submitted waits until a program that is starting is ready for it, and then up to 3 s for a sign that it
 * was taken. Refuses to press enter under a question that the text is not said to answer: the enter would take whatever
 * choice is marked.
 */
export async function typeInto(context: Context, id: SessionId, input: Typed): Promise<TypedReceipt> {
  const session = rowOf(context, id);
  const run = runningRun(context, session);
  if (session.mode === 'task') {
    throw new Failure({
      code: 'task-reads-nothing',
      message: `${session.title} runs as a task, which reads no input`,
      remedy: 'wait for its end, or stop it',
    });
  }
  refusePaused(session);
  if (input.text?.includes('\0') === true) {
    throw new Failure({
      code: 'text-has-nul',
      message: 'the text holds a NUL character',
      remedy: 'send bytes as base64, or remove it',
    });
  }
  if (input.text !== undefined && input.submit) {
    await run.ready();
    if (context.runs.get(id) !== run) return typeInto(context, id, input);
    const now = rowOf(context, id);
    runningRun(context, now);
    refusePaused(now);
    if (input.answer !== true) refuseUnderQuestion(now, run.status);
  }
  let taken = true;
  if (input.base64 !== undefined) taken = run.write(Buffer.from(input.base64, 'base64'));
  if (taken && input.text !== undefined && input.submit) return asReply(await run.submit(input.text));
  if (taken && input.text !== undefined) taken = run.paste(input.text, false);
  if (taken && input.text === undefined && input.submit) taken = run.write(enter);
  return asReply(taken ? 'typed' : 'refused');
}

function refuseUnderQuestion(session: Session, status: Status): void {
  if (status.state !== 'waiting' || !asksFirst(status)) return;
  const asked = status.question?.text ?? status.message;
  throw new Failure({
    code: 'asks-first',
    message: `${session.title} waits for an answer${asked === null ? '' : ` to: ${asked}`}`,
    remedy: 'answer it in the inbox, or say that the text is the answer: `sesame send --answer`',
  });
}

function asReply(receipt: Receipt): TypedReceipt {
  return { accepted: receipt !== 'refused', receipt, queued: 0 };
}

/** An agent needs a moment to take an answer; until then its question still stands on the screen. */
const answerTakenMs = 1000;
const answered = new WeakMap<Run, { digest: string; since: number; at: number }>();

/** The same question is answered once: a digit pressed twice must not reach the question that comes after it. */
export function answerQuestion(context: Context, id: SessionId, digit: string, digest: string): void {
  const session = rowOf(context, id);
  const run = runningRun(context, session);
  refusePaused(session);
  const at = context.clock.elapsed();
  const { since } = run.status;
  const last = answered.get(run);
  if (last !== undefined && last.digest === digest && last.since === since && at - last.at < answerTakenMs) {
    throw new Failure({
      code: 'answered-already',
      message: 'that question has just been answered',
      remedy: 'if it still asks in a second, answer again',
    });
  }
  run.answer(digit, digest);
  answered.set(run, { digest, since, at });
}

export interface BroadcastReceipt {
  session: SessionId;
  accepted: boolean;
  receipt: Receipt;
  reason: string | null;
}

export function broadcastText(context: Context, ids: readonly SessionId[], text: string): Promise<BroadcastReceipt[]> {
  return Promise.all(
    [...new Set(ids)].map(async (session) => {
      try {
        const { accepted, receipt } = await typeInto(context, session, { text, submit: true });
        return { session, accepted, receipt, reason: reasons[receipt] };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { session, accepted: false, receipt: 'refused' as const, reason: error.message };
      }
    }),
  );
}

const reasons: Record<Receipt, string | null> = {
  accepted: null,
  typed: 'it was typed, and nothing shows yet that it was taken',
  refused: 'the program does not read its input',
};

export function resizePane(context: Context, id: SessionId, cols: number, rows: number): Session {
  rowOf(context, id);
  const run = context.runs.get(id);
  if (run !== null && run.exit === null) run.resize(cols, rows);
  // The next run begins at this size.
  else context.records.change(id, { cols, rows });
  return rowOf(context, id);
}

export function markSeen(context: Context, id: SessionId): Session {
  const session = rowOf(context, id);
  const run = context.runs.get(id);
  // Also after the end: a task is done when its program has gone.
  run?.seen();
  return context.events.session(id) ?? session;
}

/** All of the program's process group stands still, and goes on where it was. */
export function pauseSession(context: Context, id: SessionId, paused: boolean): Session {
  const session = rowOf(context, id);
  const run = runningRun(context, session);
  if (session.run === null) {
    throw new Failure({
      code: 'not-running',
      message: `${session.title} is still being prepared`,
      remedy: 'wait until its program runs',
    });
  }
  if ((session.run.paused === true) === paused) return session;
  // First the note: a server that ends in between must not leave a stopped program that nobody knows of.
  context.events.append({ kind: 'run.paused', session: id, paused });
  run.pause(paused);
  return rowOf(context, id);
}

export function explainStatus(context: Context, id: SessionId): { status: Status; history: Status[] } {
  const { status } = rowOf(context, id);
  return { status, history: [...(context.runs.get(id)?.statusHistory ?? [])] };
}

function refusePaused(session: Session): void {
  if (session.run?.paused !== true) return;
  throw new Failure({
    code: 'paused',
    message: `${session.title} is paused and reads nothing`,
    remedy: 'let it go on first: `p`, or `sesame unpause`',
  });
}

function runningRun(context: Context, session: Session): Run {
  const run = context.runs.get(session.id);
  if (run !== null && run.exit === null) return run;
  throw new Failure({
    code: 'not-running',
    message: `${session.title} is not running`,
    remedy: 'resume it first',
  });
}
