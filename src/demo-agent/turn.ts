// One turn: think, perhaps ask, edit, say what was done. The caller draws and answers; this file decides what happens.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Edited, makeEdit } from './edit-files.ts';
import { makePlan } from './plan.ts';

export type Answer = 'yes' | 'always' | 'no';

export interface TurnView {
  /** What the spinner says. */
  doing(text: string): void;
  thought(text: string): void;
  edited(edited: Edited): void;
  note(text: string): void;
  /** Bulk output; resolves when the terminal took it. */
  bulk(lines: string[]): Promise<void>;
  ask(question: string): Promise<Answer>;
}

export interface TurnOptions {
  prompt: string;
  variant: number;
  turn: number;
  root: string;
  speed: number;
  /** Ask whatever the prompt says; or never. */
  ask: boolean;
  never: boolean;
}

export type TurnEnd = { kind: 'done'; summary: string } | { kind: 'failed'; message: string };

const thinkMs = 500;
const editMs = 650;
const bulkLines = 20_000;
const bulkStep = 100;

/** Throws an AbortError when the signal stops it; edits made until then stay. */
export async function runTurn(options: TurnOptions, view: TurnView, signal: AbortSignal): Promise<TurnEnd> {
  const plan = makePlan(options.prompt, options.variant, options.turn);
  const pause = (ms: number): Promise<void> => sleep(ms / options.speed, undefined, { signal });

  for (const thought of plan.thoughts) {
    view.doing(`${thought}…`);
    await pause(thinkMs);
    view.thought(thought);
  }
  if (plan.trouble.hang) {
    view.doing('Working…');
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  }
  if (plan.trouble.fail) {
    view.doing('Saving…');
    await pause(editMs);
    return { kind: 'failed', message: 'the demo agent was told to fail' };
  }
  if (plan.trouble.flood) {
    view.doing('Printing…');
    for (let from = 1; from <= bulkLines; from += bulkStep) {
      await view.bulk(Array.from({ length: bulkStep }, (_, index) => bulkLine(from + index)));
      signal.throwIfAborted();
    }
  }
  let mayAsk = (plan.trouble.ask || options.ask) && !options.never;
  let left = 0;
  let changed = 0;
  for (const edit of plan.edits) {
    if (mayAsk) {
      mayAsk = false;
      view.doing('Waiting for your answer');
      const answer = await view.ask(`Allow editing ${edit.path}?`);
      if (answer === 'no') {
        view.note(`You said no: ${edit.path} is left as it is.`);
        left++;
        continue;
      }
    }
    view.doing(`Editing ${edit.path}…`);
    await pause(editMs);
    const result = await makeEdit(options.root, edit);
    if ('refused' in result) {
      view.note(result.refused);
    } else {
      changed++;
      view.edited(result);
    }
    // As a program that runs out of memory: no last word.
    if (plan.trouble.crash) process.kill(process.pid, 'SIGKILL');
  }
  const summary = plan.summary(changed);
  return { kind: 'done', summary: left === 0 ? summary : `${summary} One file was left as it is.` };
}

function bulkLine(number: number): string {
  return `${String(number).padStart(6, '0')} the quick brown fox jumps over the lazy dog`;
}
