// What goes wrong: refused, limited, overloaded, unreachable, silent.
import { expect } from 'vitest';
import type { Session } from '../../src/domain/session.ts';
import type { Fail } from '../support/model-server/script.ts';
import type { Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';

const hour = 3600;
/** As OpenAI says it. */
const expired = 'Provided authentication token is expired. Please try signing in again.';
/** Longer than what these programs are silent for while they start and draw. */
const watchdogS = 8;

export function playTroubles(stage: Stage): void {
  const { agent, wait, scenario, start, interrupt, elsewhere } = stage;

  const failure = (name: Scenario, fail: Fail, word: string | RegExp, tellsWhen = false): void => {
    scenario(name, async () => {
      stage.world.model.setScript([{ steps: [{ fail: agent.fail?.[name] ?? fail }] }]);
      const session = await start({ prompt: `meet a ${name}` });
      const { since } = await session.reaches(word, wait);
      expect(session.words()).not.toContain('done');
      if (!tellsWhen) return;
      const isNext = ({ status }: Session): boolean =>
        status.state === 'failed' && status.retryAt !== null && status.retryAt > since;
      await session.until('the time of the next try', isNext, 5000);
    });
  };
  failure('401', { status: 401 }, 'failed:auth');
  failure('token-expired', { status: 401, message: expired }, 'failed:token-expired');
  failure('429', { status: 429, retryAfter: 5 }, 'failed:rate-limit', agent.tellsNextTry === true);
  failure('500', { status: 500 }, /^failed:(overloaded|agent|network)$/);
  failure('529', { status: 529 }, 'failed:overloaded');

  scenario('usage-limit', async () => {
    const resetsAt = Math.ceil(Date.now() / 1000 / 60) * 60 + hour;
    const other = agent.usageLimitEnv;
    const place = other === undefined ? stage.world : await elsewhere(other);
    const fail = agent.fail?.['usage-limit'] ?? { status: 429, usageLimit: { resetsAt } };
    place.model.setScript([{ steps: [{ fail }] }]);
    const session = await start({ prompt: 'meet the limit' }, place);
    await session.reaches('failed:rate-limit', wait);
    const span = fail.retryAfter === undefined ? undefined : Date.now() / 1000 + fail.retryAfter;
    const until = fail.usageLimit?.resetsAt ?? span;
    if (until === undefined) return;
    // Where it tells a span, it is one in words.
    const leewayMs = fail.usageLimit === undefined ? 60_000 : 0;
    await session.until(
      `the end of the limit, ${until}`,
      ({ status }) =>
        status.state === 'failed' && status.retryAt !== null && Math.abs(status.retryAt - until * 1000) <= leewayMs,
      5000,
    );
  });

  scenario('network-down', async () => {
    const place = await elsewhere(() => agent.env('http://127.0.0.1:9'));
    const session = await start({ prompt: 'call nobody' }, place);
    await session.reaches('failed:network', wait);
  });

  scenario('hang', async () => {
    const place = await elsewhere(agent.env, { watchdog: { minutes: watchdogS / 60 } });
    place.model.setScript([{ steps: [{ hang: true }] }]);
    const session = await start({ prompt: 'wait for ever' }, place);
    await session.reaches('working', wait);
    const { evidence, since } = await session.reaches('failed:stalled', watchdogS * 1000 + 20_000);
    expect(evidence.rule).toContain('nothing new on its screen');
    const asked = place.model.requests.find(({ turn }) => turn !== null);
    expect(since - (asked?.at ?? 0)).toBeGreaterThan(watchdogS * 900);
    // A warning: it lives, and takes keys.
    expect(session.row.run?.pid).not.toBeNull();
    await interrupt(session);
    await session.reaches(/^(idle|done)$/, 10_000);
  });

  scenario('silence', async () => {
    const place = await elsewhere(agent.env, { watchdog: { minutes: watchdogS / 60 } });
    const pauseMs = watchdogS * 1000 + 4000;
    place.model.setScript([{ steps: [{ say: 'Unhurriedly finished.', slowMs: pauseMs }] }]);
    const session = await start({ prompt: 'speak slowly' }, place);
    await session.reaches('failed:stalled', pauseMs + wait);
    await session.reaches('working', pauseMs);
    await session.reaches('done', pauseMs + wait);
  });

  scenario('crash', async () => {
    stage.world.model.setScript([{ steps: [{ hang: true }] }]);
    const session = await start({ prompt: 'work until you die' });
    await session.reaches('working', wait);
    process.kill(session.row.run?.pid ?? 0, 'SIGKILL');
    const status = await session.reaches('failed:crash', 10_000);
    expect(status.message).toContain('signal 9');
  });

  scenario('exit', async () => {
    stage.world.model.setScript([{ steps: [{ say: 'bye.' }] }]);
    const session = await start({ prompt: 'say bye' });
    await session.reaches('done', wait);
    const quit = agent.exit ?? '/exit';
    await (typeof quit === 'string' ? session.type(quit) : stage.press(session, quit.keys));
    expect(await session.reaches(/^exited$/, 20_000)).toMatchObject({ code: 0 });
  });

  scenario('broken-stream', async () => {
    stage.world.model.setScript([{ steps: [{ breakStream: true, times: 1 }, { say: 'whole again.' }] }]);
    const session = await start({ prompt: 'survive a broken stream' });
    await session.reaches('done', wait);
  });
}
