// A text that is submitted to a program which is still starting.
import { expect, test } from 'vitest';
import { SessionId } from '../../domain/ids.ts';
import type { Status } from '../../domain/status.ts';
import type { Context } from './context.ts';
import { typeInto } from './pane.ts';

const id = SessionId.parse('test1');
const evidence = { signal: 'report', rule: 'a test' } as const;
const idle: Status = { state: 'idle', evidence, since: 0, message: null };

/** A run that is ready when `begin` is called, and what was typed into it. */
function startingRun() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = {
    exit: null as object | null,
    status: { state: 'starting', evidence, since: 0, message: null } as Status,
    typed: [] as string[],
    ready: () => promise,
    submit: (text: string) => {
      run.typed.push(text);
      return Promise.resolve('accepted' as const);
    },
    begin: (status: Status) => {
      run.status = status;
      resolve();
    },
  };
  return run;
}

function contextOf(run: ReturnType<typeof startingRun>) {
  const runs = { newest: run, get: () => runs.newest };
  const session = { id, title: 'a test', mode: 'interactive', run: { paused: false } };
  return { runs, context: { runs, events: { session: () => session } } as unknown as Context };
}

const submit = (context: Context) => typeInto(context, id, { text: 'do it', submit: true });

test('is typed once the program is ready', async () => {
  const run = startingRun();
  const sent = submit(contextOf(run).context);
  await new Promise(setImmediate);
  expect(run.typed).toEqual([]);
  run.begin(idle);
  expect(await sent).toMatchObject({ receipt: 'accepted' });
  expect(run.typed).toEqual(['do it']);
});

test('is not typed under a question that comes up meanwhile', async () => {
  const run = startingRun();
  const sent = submit(contextOf(run).context);
  run.begin({ state: 'waiting', kind: 'trust', question: null, evidence, since: 0, message: null });
  await expect(sent).rejects.toMatchObject({ code: 'asks-first' });
  expect(run.typed).toEqual([]);
});

test('is refused when the program has ended, and goes to the one that was started instead', async () => {
  const run = startingRun();
  const { context, runs } = contextOf(run);
  const refused = submit(context);
  run.exit = {};
  run.begin(idle);
  await expect(refused).rejects.toMatchObject({ code: 'not-running' });
  const next = startingRun();
  const before = startingRun();
  runs.newest = before;
  const late = submit(context);
  runs.newest = next;
  before.begin(idle);
  next.begin(idle);
  expect(await late).toMatchObject({ receipt: 'accepted' });
  expect([before.typed, next.typed]).toEqual([[], ['do it']]);
});
