// What six agents at their prompts, each real, cost the server and the holder while nothing happens.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type Watched, type World } from '../support/agent-world.ts';
import { agentsUnderTest } from './agents-under-test.ts';
import { realAgents } from './real-agents.ts';

const measuredS = 60;
/** Until what they do by themselves after a turn is over: titles, caches, updates of their files. */
const settleS = 30;
/** Of one core. */
const limitPercent = 1;

let world: World;
beforeAll(async () => {
  world = await openWorld({
    agent: realAgents,
    env: (url) => Object.assign({}, ...realAgents.map((agent) => agentsUnderTest[agent].env(url))),
  });
});
afterAll(async () => {
  await world?.end();
});

describe('idle', () => {
  test(`six idle agents cost the server under ${limitPercent} % of a core`, { timeout: 600_000 }, async (context) => {
    world.model.setScript([{ steps: [{ say: 'Here I am.' }] }]);
    const sessions: Watched[] = [];
    for (const agent of realAgents) {
      const session = await world.start({ agent, prompt: 'say something' });
      // One after the other: a machine of two cores starts them no faster together.
      await session.reaches('done', 180_000);
      sessions.push(session);
    }
    await wait(settleS * 1000);
    const { server, holder } = await world.client.call('pids', {});
    const before = { server: cpuSeconds(server), holder: cpuSeconds(holder ?? 0), at: performance.now() };
    const bytesBefore = sessions.map((session) => session.output().length);
    await wait(measuredS * 1000);
    const seconds = (performance.now() - before.at) / 1000;
    const percent = (used: number): number => (used / seconds) * 100;
    const cost = {
      server: percent(cpuSeconds(server) - before.server),
      holder: percent(cpuSeconds(holder ?? 0) - before.holder),
    };
    const bytes = sessions.map(
      (session, at) => `${realAgents[at]} ${session.output().length - (bytesBefore[at] ?? 0)}`,
    );
    const text = `idle, ${Math.round(seconds)} s: server ${cost.server.toFixed(2)} %, holder ${cost.holder.toFixed(2)} % of a core; bytes drawn: ${bytes.join(', ')}`;
    context.task.meta.notes = [text];
    for (const session of sessions) expect(session.row.run?.pid).not.toBeNull();
    expect(cost.server + cost.holder).toBeLessThan(limitPercent);
  });
});

/** User and system time of a process, in seconds. */
function cpuSeconds(pid: number): number {
  const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = after.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Linux tells times in these. */
const ticksPerSecond = 100;
