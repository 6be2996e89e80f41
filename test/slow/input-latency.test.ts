// How long a key takes to the screen while sixteen other programs flood theirs. Reported, not asserted: the machine
// that runs the tests is not ours.
import { expect, test } from 'vitest';
import { PaneVisibility } from '../../src/protocol/stream.ts';
import { openFrameServer } from '../support/frames.ts';
import { endTestRuns, openTestRuns, programSpec, scriptSpec, until } from '../support/runs.ts';

const keys = 200;
const floods = ['yes "a line of a log as programs write them, some eighty characters long, more or less"', 'yes'];

test.each(floods)('key to frame under sixteen floods of: %s', async (flood) => {
  const open = await openTestRuns();
  const server = await openFrameServer(open.runs, open.paths.workDir);
  try {
    await open.runs.start(programSpec(1, ['/bin/cat']));
    for (let i = 2; i < 18; i++) await open.runs.start(scriptSpec(i, flood));
    const client = await server.connect();
    client.subscribe(1, 'test1', PaneVisibility.full);
    await until('the first frame', () => client.framesOf(1) > 0);
    const times: number[] = [];
    for (let i = 0; i < keys; i++) {
      const frames = client.framesOf(1);
      const start = performance.now();
      client.type(1, 'x');
      await client.nextFrame(1, frames);
      times.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    times.sort((a, b) => a - b);
    const at = (share: number): string => (times[Math.floor((keys - 1) * share)] ?? 0).toFixed(1);
    console.log(`key to frame, 16 floods: p50 ${at(0.5)} p90 ${at(0.9)} p99 ${at(0.99)} max ${at(1)} ms`);
    expect(times).toHaveLength(keys);
  } finally {
    await server.close();
    await endTestRuns(open);
  }
}, 120_000);
