// What every scenario of one agent uses: the world it plays in, its sessions, and the judge of their statuses.
import { afterAll, afterEach, beforeAll, expect, type TestContext, test } from 'vitest';
import { createRegistry } from '../../src/agents/registry.ts';
import { agentCache, isCached } from '../support/agent-cache.ts';
import { openWorld, type Watched, type World, type WorldOptions } from '../support/agent-world.ts';
import type { RecordedRequest } from '../support/model-server/model-server.ts';
import { type RunRecorder, recordRun } from '../support/record-run.ts';
import { saveRecording } from '../support/recorded-output.ts';
import { addVerdict, allowed, judge } from '../support/status-truth.ts';
import type { AgentUnderTest } from './agents-under-test.ts';
import { isChosen, notChosen, type Scenario } from './scenarios.ts';

export interface Stage {
  readonly agent: AgentUnderTest;
  /** How long something may take, in milliseconds. */
  readonly wait: number;
  /** The one that most scenarios share. */
  readonly world: World;
  /** Another world, for this test only. */
  elsewhere(env: WorldOptions['env'], config?: object): Promise<World>;
  /** In the shared world unless told. It is stopped after the test. */
  start(options: Parameters<World['start']>[0], where?: World): Promise<Watched>;
  /** A session that was made otherwise: it is stopped after the test too. */
  adopt(session: Watched): void;
  /** Of a scenario that is recorded, the resumed run is what is kept. */
  resume(session: Watched): Promise<void>;
  interrupt(session: Watched): Promise<void>;
  /** A figure to be printed at the end of the run. */
  note(text: string): void;
  /** Keys one after the other, as fast as a hand: what comes in one piece is read as another key. */
  press(session: Watched, keys: readonly string[]): Promise<void>;
  /** A test of the matrix. What the body returns is judged; otherwise the first session that it started. */
  scenario(name: Scenario, body: () => Promise<readonly Judged[] | undefined>): void;
}

/** What a scenario with more than one conversation has judged. */
export interface Judged {
  session: Watched;
  requests: readonly RecordedRequest[];
  /** Milliseconds since the epoch. */
  end: number;
}

const registry = createRegistry({});
const size = { cols: 100, rows: 30 };
/** Scenarios whose terminal bytes are kept as fixtures. */
const recorded: readonly Scenario[] = [
  'permission-answer',
  'question-answer',
  'interactive-write-file',
  'interrupt',
  'resume',
  '401',
  '429',
  'usage-limit',
];

/** Within a `describe` of the agent's name. */
export function openStage(agent: AgentUnderTest): Stage {
  let world: World;
  let version = '';
  const open = new Set<Watched>();
  const others: World[] = [];
  const places = new Map<Watched | undefined, World>();
  let recording: Scenario | null = null;
  let recorder: RunRecorder | null = null;
  let resumes = false;
  let notes: string[] = [];

  beforeAll(async () => {
    if (!isCached(agent.id)) throw new Error(`${agent.id} could not be installed; the beginning of the run says why`);
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
  const record = async (session: Watched): Promise<void> => {
    const place = places.get(session) ?? world;
    if (recording !== null) recorder = await recordRun(session, place.program.paths, agent.kept ?? (() => true));
  };
  const start = async (options: Parameters<World['start']>[0], where = world): Promise<Watched> => {
    const session = await where.start({ ...size, ...options });
    open.add(session);
    places.set(session, where);
    resumes = false;
    await record(session);
    return session;
  };
  const scenario = (name: Scenario, body: () => Promise<readonly Judged[] | undefined>): void => {
    test(name, async (context: TestContext) => {
      context.task.meta.version = version;
      const why = agent.skip?.[name];
      if (why !== undefined) context.skip(why);
      if (!isChosen(name)) context.skip(notChosen);
      const before = world.model.requests.length;
      notes = [];
      context.task.meta.notes = notes;
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
        const run = { name, version, ...size, bytes: session.output(), signals, resumes };
        const places = [place.program.paths.workDir, place.repository.place, agentCache()];
        await saveRecording(registry.get(agent.id), run, places);
      }
    });
  };
  const wait = agent.deadlineMs ?? 40_000;
  const press = async (session: Watched, [first = '', ...rest]: readonly string[]): Promise<void> => {
    await session.press(first);
    for (const key of rest) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await session.press(key);
    }
  };

  return {
    agent,
    wait,
    get world() {
      return world;
    },
    elsewhere,
    start,
    adopt: (session) => {
      open.add(session);
      places.set(session, world);
    },
    resume: async (session) => {
      await recorder?.finish();
      const before = session.row.run?.id;
      await session.resume();
      await session.until('its next run', ({ run }) => run?.pid != null && run.id !== before);
      resumes = true;
      await record(session);
    },
    note: (text) => notes.push(`${agent.id}: ${text}`),
    press,
    interrupt: (session) => press(session, [agent.interrupt ?? '\u001b'].flat()),
    scenario,
  };
}
