// Whether a submitted text was taken, with real programs in real terminals.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endTestRuns, openTestRuns, programSpec, type TestRuns, until } from '../../../test/support/runs.ts';
import type { Agent } from '../../agents/agent.ts';
import { demo } from '../../agents/demo/index.ts';
import type { Run, RunSpec } from './runs.ts';

let world: TestRuns;
beforeEach(async () => {
  world = await openTestRuns();
});
afterEach(() => endTestRuns(world));

/** `onData` is the body of a function of `text`, what was typed; `say` prints. */
async function start(onData: string, agent: Agent | null = null): Promise<Run> {
  const code = `process.stdin.setRawMode(true); let enters = 0; const say = (t) => process.stdout.write(t);
    process.stdin.on('data', (b) => { const text = b.toString(); ${onData} }); say('ready> ');`;
  const run = await world.runs.start(programSpec(1, [process.execPath, '-e', code], { agent }));
  await until('it is ready', () => run.engine.screenText()[0]?.startsWith('ready>') === true);
  return run;
}

const working = `'\\x1b]7501;state=working\\x07'`;

test('accepted: the program began to work', async () => {
  const run = await start(`if (text.includes('\\r')) say(${working})`, demo);
  expect(await run.submit('do it')).toBe('accepted');
});

test('accepted: the text left the input line', async () => {
  const run = await start(`if (text === '\\r') say('\\r\\x1b[Kready> '); else say(text)`);
  expect(await run.submit('do it')).toBe('accepted');
});

test('typed: the text is still in the input line', async () => {
  const run = await start(`if (text !== '\\r') say(text)`);
  expect(await run.submit('do it')).toBe('typed');
});

test('typed: nothing shows anything', async () => {
  const run = await start('');
  expect(await run.submit('do it')).toBe('typed');
});

test('an enter that got lost is typed once more where the agent says so', async () => {
  const agent: Agent = { ...demo, submit: { settleMs: 40, retry: true } };
  const lossy = `if (text !== '\\r') say(text); else if (++enters === 2) say('\\r\\x1b[Kready> ' + enters);`;
  const run = await start(lossy, agent);
  expect(await run.submit('do it')).toBe('accepted');
  expect(run.engine.screenText()[0]).toBe('ready> 2');
});

test('the enter comes as late as the agent needs it', async () => {
  const agent: Agent = { ...demo, submit: { settleMs: 300 } };
  const run = await start(
    `if (text === '\\r') say(' after ' + (Date.now() - at > 250)); else { globalThis.at = Date.now(); say(text) }`,
    agent,
  );
  void run.submit('do it');
  await until('the enter', () => run.engine.screenText()[0]?.includes('after') === true);
  expect(run.engine.screenText()[0]).toContain('after true');
});

const asking = `'\\x1b]7501;state=blocked:kind=permission\\x07'`;

test('a question that comes up while the text is typed does not get its enter', async () => {
  const agent: Agent = { ...demo, submit: { settleMs: 300, retry: true } };
  const run = await start(`if (text === '\\r') say(' ENTERED'); else say(text + ${asking})`, agent);
  expect(await run.submit('do it')).toBe('typed');
  expect(run.status.state).toBe('waiting');
  expect(run.engine.screenText()[0]).toBe('ready> do it');
});

test('accepted: the program asks something because of it, and no second enter answers that', async () => {
  const agent: Agent = { ...demo, submit: { settleMs: 40, retry: true } };
  const run = await start(`if (text === '\\r') say(++enters + ${asking})`, agent);
  expect(await run.submit('do it')).toBe('accepted');
  // Longer than a lost enter is waited for: what must not come has no event to wait for.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(run.engine.screenText()[0]).toBe('ready> 1');
});

test('a text that stands in the input line drawn anew was not taken: enter again, once it is back', async () => {
  const agent: Agent = { ...demo, submit: { settleMs: 40, retry: true } };
  const redraws = `if (text !== '\\r') say(globalThis.typed = text);
    else if (++enters === 1) { say('\\r\\x1b[Kloading'); setTimeout(() => say('\\r\\x1b[K\\r\\nready> ' + typed), 700); }
    else say(${working} + '\\r\\x1b[Kworks ' + enters);`;
  const run = await start(redraws, agent);
  expect(await run.submit('do it')).toBe('accepted');
  expect(run.engine.screenText()[1]).toBe('works 2');
});

test('no second enter while the text is gone', async () => {
  const agent: Agent = { ...demo, submit: { settleMs: 40, retry: true } };
  const run = await start(`if (text === '\\r') say('\\r\\x1b[Kmenu ' + ++enters); else say(text)`, agent);
  expect(await run.submit('/menu')).toBe('accepted');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(run.engine.screenText()[0]).toBe('menu 1');
});

test('no second enter for who types on', async () => {
  const agent: Agent = { ...demo, submit: { settleMs: 40, retry: true } };
  // A slow program reads the enter together with what follows.
  const counts = `enters += text.split('\\r').length - 1; const rest = text.replaceAll('\\r', '');
    say(rest === '?' ? ' ' + enters : rest)`;
  const run = await start(counts, agent);
  const receipt = run.submit('do it');
  await new Promise((resolve) => setTimeout(resolve, 500));
  run.write(Buffer.from(' and'));
  expect(await receipt).toBe('typed');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  run.write(Buffer.from('?'));
  await until('the count', () => run.engine.screenText()[0] === 'ready> do it and 1');
});

describe('a program that says when it is ready', () => {
  const agent: Agent = { ...demo, submit: { settleMs: 40, saysReady: true } };
  const startSilent = (code: string, more: Partial<RunSpec> = {}): Promise<Run> =>
    world.runs.start(programSpec(1, [process.execPath, '-e', code], { agent, ...more }));
  const idle = `process.stdout.write('\\x1b]7501;state=idle\\x07')`;

  test('is waited for', async () => {
    const run = await startSilent(`process.stdin.setRawMode(true); setTimeout(() => ${idle}, 500);
      process.stdin.on('data', (b) => process.stdout.write(b))`);
    expect(run.status.state).toBe('starting');
    await run.ready();
    expect(run.status.state).toBe('idle');
    await run.ready();
  });

  test('is not waited for once it asks something, or is gone', async () => {
    const asks = await startSilent(`process.stdout.write(${asking}); setTimeout(() => {}, 60_000)`);
    await asks.ready();
    expect(asks.status.state).toBe('waiting');
    const gone = await world.runs.start(
      programSpec(2, [process.execPath, '-e', 'setTimeout(() => {}, 300)'], { agent }),
    );
    await gone.ready();
    expect(gone.exit).not.toBeNull();
  });

  test('takes its first prompt before anything else', async () => {
    const run = await startSilent(
      `process.stdin.setRawMode(true); setTimeout(() => ${idle}, 300);
       process.stdin.on('data', (b) => process.stdout.write(b.toString().replace('\\r', '\\r\\n')))`,
      { paste: 'first' },
    );
    await run.ready();
    expect(run.engine.screenText().slice(0, 2)).toEqual(['first', '']);
  });
});
