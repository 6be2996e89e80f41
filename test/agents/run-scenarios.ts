// The scenarios of scenarios.ts, each against the real program in the real product.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { createRegistry } from '../../src/agents/registry.ts';
import type { Usage } from '../../src/domain/agent-event.ts';
import { agentCache } from '../support/agent-cache.ts';
import { openWorld, type Watched, type World, type WorldOptions } from '../support/agent-world.ts';
import { changedNames, type Home, openHome } from '../support/home.ts';
import type { RecordedRequest } from '../support/model-server/model-server.ts';
import type { Fail } from '../support/model-server/script.ts';
import { type RunRecorder, recordRun } from '../support/record-run.ts';
import { saveRecording } from '../support/recorded-output.ts';
import { addVerdict, allowed, judge } from '../support/status-truth.ts';
import type { AgentUnderTest } from './agents-under-test.ts';
import { aloneBeside, environmentOf, ownConfigs, rest, runAlone } from './own-config.ts';
import type { Scenario } from './scenarios.ts';

/** What a scenario with more than one conversation has judged. */
interface Judged {
  session: Watched;
  requests: readonly RecordedRequest[];
  /** Milliseconds since the epoch. */
  end: number;
}

const registry = createRegistry({});
const hour = 3600;
/** Longer than what these programs are silent for while they start and draw. */
const watchdogS = 8;
const size = { cols: 100, rows: 30 };
/** Scenarios whose terminal bytes are kept as fixtures. */
const recorded: readonly Scenario[] = [
  'permission-answer',
  'question-answer',
  'interactive-write-file',
  'interrupt',
  '401',
  '429',
  'usage-limit',
];

export function runScenarios(agent: AgentUnderTest): void {
  describe(agent.id, () => {
    let world: World;
    let version = '';
    const open = new Set<Watched>();
    const others: World[] = [];
    const places = new Map<Watched | undefined, World>();
    let recording: Scenario | null = null;
    let recorder: RunRecorder | null = null;

    beforeAll(async () => {
      world = await openWorld({ agent: agent.id, env: agent.env });
      const { agents } = await world.client.call('agents');
      const found = agents.find(({ id }) => id === agent.id);
      version = found?.available.ok === true ? found.available.version : '';
    });
    afterEach(async () => {
      for (const session of open) if (session.row.run?.pid != null) await session.stop();
      open.clear();
      for (const place of others.splice(0)) await place.end();
    });
    afterAll(async () => {
      await world?.end();
    });

    /** Another world, for this test only. */
    const elsewhere = async (env: WorldOptions['env'], config?: object): Promise<World> => {
      const place = await openWorld({ agent: agent.id, env, ...(config === undefined ? {} : { config }) });
      others.push(place);
      return place;
    };
    const start = async (options: Parameters<World['start']>[0], where = world): Promise<Watched> => {
      const session = await where.start({ ...size, ...options });
      open.add(session);
      places.set(session, where);
      if (recording !== null) recorder = await recordRun(session, where.program.paths, agent.kept ?? (() => true));
      return session;
    };
    const scenario = (name: Scenario, body: () => Promise<readonly Judged[] | undefined>): void => {
      test(name, async (context: TestContext) => {
        context.task.meta.version = version;
        const why = agent.skip?.[name];
        if (why !== undefined) context.skip(why);
        const before = world.model.requests.length;
        recording = process.env['UPDATE_FIXTURES'] === '1' && recorded.includes(name) ? name : null;
        const judged = await body();
        const [session] = open;
        const place = places.get(session) ?? world;
        // Only one conversation at a time talks to the model, so its requests are those of the session.
        const requests = place.model.requests.slice(place === world ? before : 0);
        const whole = session === undefined ? [] : [{ session, requests, end: Date.now() }];
        for (const { session: one, requests: its, end } of judged ?? whole) {
          const verdict = judge(one, its, end);
          context.task.meta.truth = addVerdict(context.task.meta.truth, verdict);
          expect(verdict.earlyMs, 'milliseconds of `done` while the model was answering').toBeLessThan(allowed.earlyMs);
          expect(verdict.lateMs, 'milliseconds of `working` after the turn was over').toBeLessThan(allowed.lateMs);
        }
        if (recording !== null && recorder !== null && session !== undefined) {
          // What was on its way to the log when the status came.
          await new Promise((resolve) => setTimeout(resolve, 1000));
          const signals = await recorder.finish();
          const run = { name, version, ...size, bytes: session.output(), signals };
          const places = [place.program.paths.workDir, place.repository.place, agentCache()];
          await saveRecording(registry.get(agent.id), run, places);
        }
      });
    };
    const wait = agent.deadlineMs ?? 40_000;
    const interrupt = async (session: Watched): Promise<void> => {
      const [first = '\u001b', ...rest] = [agent.interrupt ?? []].flat();
      await session.press(first);
      for (const key of rest) {
        // As fast as a hand: what comes in one piece is read as another key.
        await new Promise((resolve) => setTimeout(resolve, 100));
        await session.press(key);
      }
    };

    scenario('interactive-write-file', async () => {
      world.model.setScript([
        { when: 'hello file', steps: [{ say: 'I write it.' }, { write: hello }, { say: 'The file is written.' }] },
      ]);
      const session = await start({ prompt: 'make the hello file', permissions: 'accept-edits' });
      await session.reaches('working', wait);
      await session.reaches('done', wait);
      expect(session.file(hello.path)).toBe(hello.content);
      expect(await changed(session)).toEqual([hello.path]);
      expect(session.words()).toMatch(/^starting (unknown |idle )*working done$/);
    });

    scenario('task-write-file', async () => {
      world.model.setScript([
        { when: 'hello file', steps: [{ say: 'I write it.' }, { write: hello }, { say: 'The file is written.' }] },
      ]);
      const session = await start({ prompt: 'make the hello file', mode: 'task', permissions: 'accept-edits' });
      await session.reaches('done', wait);
      expect(session.file(hello.path)).toBe(hello.content);
      expect(session.agentEvents).toContainEqual(expect.objectContaining({ type: 'done', ok: true }));
      expect(session.agentEvents.map(({ type }) => type)).toEqual(expect.arrayContaining(['message', 'tool']));
    });

    scenario('long-prompt', async () => {
      world.model.setScript([{ steps: [{ say: 'read.' }] }]);
      const lines = Array.from({ length: 1000 }, (_, at) => `${at} ${'süß $HOME `x` "y" '.repeat(5)}`.slice(0, 100));
      const prompt = `/ is no command: read this\n${lines.join('\n')}\n--end`;
      const session = await start({ prompt });
      await session.reaches('done', wait);
      const sent = JSON.stringify(world.model.requests.map(({ body }) => body));
      expect(sent).toContain(JSON.stringify(prompt).slice(1, -1));
    });

    scenario('permission-answer', async () => {
      world.model.setScript([{ steps: [{ say: 'I write it.' }, { write: hello }, { say: 'Written.' }] }]);
      const session = await start({ prompt: 'write with permission' });
      await session.reaches('waiting:permission', wait);
      expect(session.file(hello.path)).toBeNull();
      await session.answer(agent.allow ?? '1');
      await session.reaches('done', wait);
      expect(session.file(hello.path)).toBe(hello.content);
      expect(session.words()).toMatch(/^starting (unknown |idle )*working waiting:permission working done$/);
    });

    scenario('permission-refuse', async () => {
      world.model.setScript([{ steps: [{ say: 'I write it.' }, { write: hello }, { say: 'Well then.' }] }]);
      const session = await start({ prompt: 'write what is refused' });
      await session.reaches('waiting:permission', wait);
      await session.until('the choices', ({ status }) => status.state === 'waiting' && status.question !== null);
      const { status } = session.row;
      const choices = status.state === 'waiting' ? (status.question?.choices ?? []) : [];
      const refuse = choices.find(({ label }) => /^(?:no|reject|deny)\b/i.test(label));
      // Somebody looked at it and moved the selection, then it is answered from elsewhere.
      await session.press(agent.next ?? '\u001b[B');
      // As soon as a second person would: in some of them nothing but a colour tells that it has moved.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await session.answer(refuse?.digit ?? 'none');
      await session.reaches(/^(working|idle|done)$/, wait);
      // Amp asks then what to do instead.
      await session.reaches(/^(idle|done|waiting:question)$/, wait);
      expect(session.file(hello.path)).toBeNull();
    });

    scenario('question-answer', async () => {
      const choices = ['red paint', 'blue paint'];
      world.model.setScript([{ steps: [{ ask: { question: 'Which paint?', choices } }, { say: 'Painted.' }] }]);
      const session = await start({ prompt: 'ask me which paint' });
      await session.reaches('waiting:question', wait);
      await session.answer('2');
      await session.reaches('done', wait);
      expect(JSON.stringify(world.model.requests.at(-1)?.body)).toContain('blue paint');
    });

    scenario('interrupt', async () => {
      world.model.setScript([{ steps: [{ say: 'word '.repeat(400), slowMs: 200 }] }]);
      const session = await start({ prompt: 'talk slowly' });
      await session.reaches('working', wait);
      await seesOnScreen(session, 'word word');
      await interrupt(session);
      await session.reaches(/^(idle|done)$/, 10_000);
    });

    scenario('resume', async () => {
      world.model.setScript([{ steps: [{ say: 'noted.' }] }]);
      const session = await start({ prompt: 'remember the word walnut' });
      await session.reaches('done', wait);
      await session.stop();
      await session.reaches(/^(exited|failed:crash)$/);
      await session.resume();
      await session.reaches(/^(idle|unknown|done)$/, wait);
      await session.type('which word was it?');
      await session.reaches('done', wait);
      const last = JSON.stringify(
        world.model.requests.filter(({ body }) => hasText(body, 'which word was it?')).at(-1),
      );
      expect(last).toContain('walnut');
    });

    scenario('fork', async () => {
      world.model.setScript([{ steps: [{ say: 'noted.' }] }]);
      const session = await start({ prompt: 'remember the word walnut' });
      await session.reaches('done', wait);
      writeFileSync(join(session.row.workplace.path, 'draft.txt'), 'not committed\n');
      const at = { time: Date.now(), request: world.model.requests.length };
      const fork = await session.fork('which word was it?');
      open.add(fork);
      places.set(fork, world);
      await fork.reaches('done', wait);
      expect(fork.file('draft.txt')).toBe('not committed\n');
      const asked = world.model.requests.slice(at.request);
      const sent = JSON.stringify(asked.filter(({ body }) => hasText(body, 'which word was it?')).at(-1));
      expect(sent).toContain('walnut');
      await fork.until('an id of its own', ({ conversation }) => conversation !== null);
      expect(fork.row.conversation).not.toBe(session.row.conversation);
      // It pays for its own turn only.
      const expected = usedBy(asked, agent.usage.interactive ?? 'conversation');
      await fork.until('usage', ({ usage }) => isSame(usage, expected), 5000).catch(() => undefined);
      expect(tokensOf(fork.row.usage)).toEqual(expected);
      // The one it comes from goes on, and knows nothing of the other.
      const end = Date.now();
      await session.type('say it once more');
      const later = (): RecordedRequest[] =>
        world.model.requests.filter(({ turn, body }) => turn === 'over' && hasText(body, 'say it once more'));
      await session.until('the end of its second turn', () => later().length > 0, wait);
      expect(JSON.stringify(later())).not.toContain('which word was it?');
      return [
        { session, requests: world.model.requests.slice(0, at.request), end: at.time },
        { session: fork, requests: asked, end },
      ];
    });

    scenario('my-config', async () => {
      const homes: Home[] = [];
      const place = await elsewhere((url, repository) => {
        const home = openHome(ownConfigs[agent.id].files(url, repository));
        homes.push(home);
        return environmentOf(agent.id, home, url);
      });
      const [home] = homes as [Home];
      try {
        const script = [{ steps: [{ say: 'I write it.' }, { write: hello }, { say: 'The file is written.' }] }];
        place.model.setScript(script);
        const before = home.files();
        const session = await start(
          { prompt: 'make the hello file', permissions: 'accept-edits', config: 'own' },
          place,
        );
        await session.reaches('done', wait);
        const end = Date.now();
        expect(session.file(hello.path)).toBe(hello.content);
        const alone = aloneBeside(session);
        await rest();
        await session.stop();
        const traces = changedNames(before, home.files(), session.row.workplace.path);
        const tracesAlone = await runAlone(agent.id, place, alone, script, wait);
        expect([...traces].filter((name) => !tracesAlone.has(name))).toEqual([]);
        return [{ session, requests: place.model.requests, end }];
      } finally {
        home.end();
      }
    });

    scenario('usage', async () => {
      const place = await elsewhere(agent.env);
      place.model.setScript([{ steps: [{ say: 'I write it.' }, { write: hello }, { say: 'The file is written.' }] }]);
      const { interactive, task } = agent.usage;
      const what = { prompt: 'make the hello file', permissions: 'accept-edits' } as const;
      const session = await start(what, place);
      await session.reaches('done', wait);
      const end = Date.now();
      const expected = interactive === null ? null : usedBy(place.model.requests, interactive);
      await session.until('usage', ({ usage }) => isSame(usage, expected), 5000).catch(() => undefined);
      expect(tokensOf(session.row.usage)).toEqual(expected);
      await session.stop();
      const requests = [...place.model.requests];

      const race = await place.race({ ...what, mode: 'task' }, 2);
      for (const one of race) await one.reaches('done', wait);
      const both = usedBy(place.model.requests.slice(requests.length), task);
      const [first] = race as [Watched];
      const shown = await place.program.json<{ raceUsage: Usage }>(['show', first.id]);
      expect(tokensOf(shown.raceUsage)).toEqual(both);
      const { usageToday } = await place.client.call('sessions', { query: {} });
      expect(tokensOf(usageToday)).toEqual(expected === null ? both : sumOfTokens(expected, both));
      return [{ session, requests, end }];
    });

    const failure = (name: Scenario, fail: Fail, word: string | RegExp): void => {
      scenario(name, async () => {
        world.model.setScript([{ steps: [{ fail: agent.fail?.[name] ?? fail }] }]);
        const session = await start({ prompt: `meet a ${name}` });
        await session.reaches(word, wait);
        expect(session.words()).not.toContain('done');
      });
    };
    failure('401', { status: 401 }, 'failed:auth');
    failure('429', { status: 429, retryAfter: 5 }, 'failed:rate-limit');
    failure('500', { status: 500 }, /^failed:(overloaded|agent|network)$/);
    failure('529', { status: 529 }, 'failed:overloaded');

    scenario('usage-limit', async () => {
      const resetsAt = Math.ceil(Date.now() / 1000 / 60) * 60 + hour;
      const other = agent.usageLimitEnv;
      const place = other === undefined ? world : await elsewhere(other);
      const fail = agent.fail?.['usage-limit'] ?? { status: 429, usageLimit: { resetsAt } };
      place.model.setScript([{ steps: [{ fail }] }]);
      const session = await start({ prompt: 'meet the limit' }, place);
      await session.reaches('failed:rate-limit', wait);
      const until = fail.usageLimit?.resetsAt;
      if (until === undefined) return;
      await session.until(
        `the end of the limit, ${until}`,
        ({ status }) => status.state === 'failed' && status.retryAt === until * 1000,
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

    scenario('broken-stream', async () => {
      world.model.setScript([{ steps: [{ breakStream: true, times: 1 }, { say: 'whole again.' }] }]);
      const session = await start({ prompt: 'survive a broken stream' });
      await session.reaches('done', wait);
    });

    scenario('ship', async () => {
      world.model.setScript([{ steps: [{ write: { ...hello, path: 'shipped.txt' } }, { say: 'Ready to ship.' }] }]);
      const session = await start({ prompt: 'make the shipped file', permissions: 'accept-edits' });
      await session.reaches('done', wait);
      const result = await session.ship();
      expect(result).toMatchObject({ pushed: true });
      expect(await world.repository.git('ls-remote', 'origin', result.branch)).toContain(result.commit);
    });
  });
}

const hello = { path: 'hello.txt', content: 'hello from the model\n' };

async function changed(session: Watched): Promise<string[]> {
  return (await session.diff()).files.map(({ path }) => path);
}

async function seesOnScreen(session: Watched, text: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await session.screen()).includes(text)) {
    if (performance.now() > end) throw new Error(`never saw ${text} on the screen:\n${await session.screen()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function hasText(body: unknown, text: string): boolean {
  return JSON.stringify(body).includes(text);
}

interface TokenSums {
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
}

/** What the model server said that it used, in our words. `conversation`: without titles and the like. */
function usedBy(requests: readonly RecordedRequest[], which: 'all' | 'conversation'): TokenSums {
  return requests
    .filter(({ turn }) => which === 'all' || turn !== null)
    .map(({ usage }) => usage ?? { input: 0, cached: 0, output: 0 })
    .map(({ input, cached, output }) => ({
      inputTokens: input - cached,
      outputTokens: output,
      cachedTokens: cached,
    }))
    .reduce(sumOfTokens, { inputTokens: 0, outputTokens: 0, cachedTokens: 0 });
}

function sumOfTokens(a: TokenSums, b: TokenSums): TokenSums {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
  };
}

function tokensOf(usage: Usage | null): TokenSums | null {
  if (usage === null) return null;
  const { inputTokens, outputTokens, cachedTokens } = usage;
  return { inputTokens, outputTokens, cachedTokens };
}

function isSame(usage: Usage | null, expected: TokenSums | null): boolean {
  return JSON.stringify(tokensOf(usage)) === JSON.stringify(expected);
}
