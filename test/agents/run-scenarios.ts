// The scenarios of scenarios.ts, each against the real program in the real product.
import { afterAll, afterEach, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { openWorld, type Watched, type World } from '../support/agent-world.ts';
import type { Fail } from '../support/model-server/script.ts';
import { saveRecording } from '../support/recorded-output.ts';
import { judge } from '../support/status-truth.ts';
import type { RealAgent } from './real-agents.ts';
import type { Scenario } from './scenarios.ts';

export interface AgentUnderTest {
  id: RealAgent;
  /** Base URL and a fake key, as the server's owner would have them set. */
  env(modelUrl: string): Record<string, string>;
  /** Key or keys that interrupt the turn; several are typed one after the other. */
  interrupt?: string | readonly string[];
  /** The same agent with another credential, where the usage limit exists only for that. */
  usageLimitEnv?(modelUrl: string): Record<string, string>;
  /** How the failures look to this provider, where a plain status is not enough. */
  fail?: Partial<Record<Scenario, Fail>>;
  /** Why a scenario does not apply. */
  skip?: Partial<Record<Scenario, string>>;
  /** The digit that allows once; 1 unless told. */
  allow?: string;
  /** The key that selects the next choice of a permission; down unless told. */
  next?: string;
  /** Whether the agent repeats requests by itself after a trouble, so that it recovers in the end. */
  deadlineMs?: number;
}

const hour = 3600;
const size = { cols: 100, rows: 30 };
/** Scenarios whose terminal bytes are kept as fixtures. */
const recorded: readonly Scenario[] = [
  'permission-answer',
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
    const elsewhere = async (env: AgentUnderTest['env']): Promise<World> => {
      const place = await openWorld({ agent: agent.id, env });
      others.push(place);
      return place;
    };
    const start = async (options: Parameters<World['start']>[0], where = world): Promise<Watched> => {
      const session = await where.start({ ...size, ...options });
      open.add(session);
      places.set(session, where);
      return session;
    };
    const scenario = (name: Scenario, body: () => Promise<void>): void => {
      test(name, async (context: TestContext) => {
        context.task.meta.version = version;
        const why = agent.skip?.[name];
        if (why !== undefined) context.skip(why);
        const before = world.model.requests.length;
        await body();
        const [session] = open;
        const place = places.get(session) ?? world;
        // Only one conversation at a time talks to the model, so its requests are those of the session.
        const requests = place.model.requests.slice(place === world ? before : 0);
        if (session !== undefined) {
          const { confusion, earlyMs, lateMs } = judge(session, requests, Date.now());
          context.task.meta.confusion = confusion;
          expect(earlyMs, 'milliseconds of `done` while the model was answering').toBeLessThan(500);
          expect(lateMs, 'milliseconds of `working` after the turn was over').toBeLessThan(2000);
        }
        if (process.env['UPDATE_FIXTURES'] === '1' && recorded.includes(name)) {
          // What was on its way to the log when the status came.
          await new Promise((resolve) => setTimeout(resolve, 1000));
          const { workDir } = place.program.paths;
          if (session !== undefined) saveRecording(agent.id, name, session.output(), workDir, { version, ...size });
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
      await session.reaches(/^(idle|done)$/, wait);
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
      world.model.setScript([{ steps: [{ hang: true }] }]);
      const session = await start({ prompt: 'wait for ever' });
      await session.reaches('working', wait);
      const before = session.seen.length;
      await new Promise((resolve) => setTimeout(resolve, 5000));
      // Nothing is concluded from silence but by the watchdog, much later.
      expect(session.seen.slice(before).map(({ word }) => word)).toEqual([]);
      await interrupt(session);
      await session.reaches(/^(idle|done)$/, 10_000);
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
