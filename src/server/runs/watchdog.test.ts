// The watchdog on a real terminal: a program that says it works and then only spins.
import { writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import {
  endTestRuns,
  openTestRuns,
  screenShows,
  scriptSpec,
  type TestRuns,
  until,
} from '../../../test/support/runs.ts';
import type { Agent } from '../../agents/agent.ts';
import { plainAgent } from '../../agents/plain-agent.ts';
import { reportDetector } from '../../agents/report-detector.ts';
import { silentLog } from '../../platform/log.ts';

const spinning = { ...plainAgent, detector: reportDetector } as unknown as Agent;
const working = String.raw`printf '\033]7501;state=working\007'; `;
/** Turns and counts, and says that it works, until a file is there. */
const spin = String.raw`n=0; while [ ! -e "$GO" ]; do n=$((n+1)); printf '\033]7501;state=working\007\033]2;%s Fix\007\r%s Thinking (%ss)' "$n" "$n" "$n"; sleep 0.05; done; `;
const open: TestRuns[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await endTestRuns(each);
});

/** A watchdog of half a second. */
async function watched(): Promise<TestRuns> {
  const runs = await openTestRuns(undefined, silentLog, 0.5 / 60);
  open.push(runs);
  return runs;
}

const states = ({ told }: TestRuns): string[] =>
  told.statuses.map(({ status }) => (status.state === 'failed' ? `failed:${status.reason}` : status.state));

test('a spinner that turns for ever is a warning, and the program goes on; a word brings it back', async () => {
  const test = await watched();
  const go = `${test.paths.workDir}/go`;
  const script = `${working}${spin}echo; echo I write; sleep 60`;
  const spec = scriptSpec(1, script, { agent: spinning });
  const run = await test.runs.start({ ...spec, env: { ...spec.env, GO: go } });
  await until('the warning', () => states(test).at(-1) === 'failed:stalled');
  expect(run.pid).not.toBeNull();
  expect(run.status.evidence.rule).toBe('nothing new on its screen and in its reports for 1 second while working');

  writeFileSync(go, '');
  await until('it works again', () => states(test).at(-1) === 'working' || states(test).length > 2);
  expect(states(test).slice(0, 3)).toEqual(['working', 'failed:stalled', 'working']);
});

test('a program that writes one word after the other is not said to hang', async () => {
  const test = await watched();
  const words = 'for w in one two three four five six seven eight nine ten; do echo $w; sleep 0.15; done; ';
  await test.runs.start(scriptSpec(2, `${working}${words}printf '\\033]7501;state=done\\007'`, { agent: spinning }));
  await until('its end', () => states(test).includes('done'));
  expect(states(test)).not.toContain('failed:stalled');
});

test('a silent program is a warning too', async () => {
  const test = await watched();
  await test.runs.start(scriptSpec(3, `${working}sleep 60`, { agent: spinning }));
  await until('the warning', () => states(test).at(-1) === 'failed:stalled');
});

test('a hanging program that is looked at in another size draws itself anew, and still hangs', async () => {
  const test = await watched();
  const draw = `trap 'printf "\\033[2J\\033[Hin another shape"' WINCH; `;
  const script = `${draw}${working}echo as it was; while :; do sleep 0.1; done`;
  const run = await test.runs.start(scriptSpec(4, script, { agent: spinning }));
  await until('the warning', () => states(test).at(-1) === 'failed:stalled');
  run.resize(60, 20);
  await screenShows(run, 'in another shape');
  // Longer than it takes to look at the screen that has settled.
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(states(test)).toEqual(['working', 'failed:stalled']);
});
