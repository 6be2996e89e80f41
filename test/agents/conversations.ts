// What a conversation is beyond a turn: continued, copied, held in the user's own configuration, paid for.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Usage } from '../../src/domain/agent-event.ts';
import type { Watched } from '../support/agent-world.ts';
import { changedNames, type Home, openHome } from '../support/home.ts';
import type { RecordedRequest, Tokens } from '../support/model-server/model-server.ts';
import { aloneBeside, environmentOf, ownConfigs, rest, runAlone } from './own-config.ts';
import { addCosts, asTold, isSame, noTokens, sumOf, tokensOf, usageOf, usedBy } from './spent.ts';
import type { Stage } from './stage.ts';
import { hello } from './turns.ts';

export function playConversations(stage: Stage): void {
  const { agent, wait, scenario, start, elsewhere } = stage;

  /** What these tokens cost by the agent's own word, read past the product. */
  const costOf = (session: Watched, tokens: Tokens): number | null => agent.cost?.(tokens, session.said()) ?? null;

  scenario('resume', async () => {
    stage.world.model.setScript([{ steps: [{ say: 'noted.' }] }]);
    const session = await start({ prompt: 'remember the word walnut' });
    await session.reaches('done', wait);
    await session.stop();
    await session.reaches(/^(exited|failed:crash)$/);
    await stage.resume(session);
    await session.reaches(/^(idle|unknown|done)$/, wait);
    await session.type('which word was it?');
    await session.reaches('done', wait);
    const last = JSON.stringify(
      stage.world.model.requests.filter(({ body }) => hasText(body, 'which word was it?')).at(-1),
    );
    expect(last).toContain('walnut');
  });

  scenario('fork', async () => {
    stage.world.model.setScript([{ steps: [{ say: 'noted.' }] }]);
    const from = stage.world.model.requests.length;
    const session = await start({ prompt: 'remember the word walnut' });
    await session.reaches('done', wait);
    writeFileSync(join(session.row.workplace.path, 'draft.txt'), 'not committed\n');
    const at = { time: Date.now(), request: stage.world.model.requests.length };
    const fork = await session.fork('which word was it?');
    stage.adopt(fork);
    await fork.reaches('done', wait);
    expect(fork.file('draft.txt')).toBe('not committed\n');
    const asked = stage.world.model.requests.slice(at.request);
    const sent = JSON.stringify(asked.filter(({ body }) => hasText(body, 'which word was it?')).at(-1));
    expect(sent).toContain('walnut');
    await fork.until('an id of its own', ({ conversation }) => conversation !== null);
    expect(fork.row.conversation).not.toBe(session.row.conversation);
    // It pays for its own turn only.
    const expected = usageOf(usedBy(asked, agent.usage.interactive ?? 'conversation'));
    await fork.until('usage', ({ usage }) => isSame(usage, expected), 5000).catch(() => undefined);
    expect(tokensOf(fork.row.usage)).toEqual(expected);
    // The one it comes from goes on, and knows nothing of the other.
    const end = Date.now();
    await session.type('say it once more');
    const later = (): RecordedRequest[] =>
      stage.world.model.requests.filter(({ turn, body }) => turn === 'over' && hasText(body, 'say it once more'));
    await session.until('the end of its second turn', () => later().length > 0, wait);
    expect(JSON.stringify(later())).not.toContain('which word was it?');
    return [
      { session, requests: stage.world.model.requests.slice(from, at.request), end: at.time },
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
      const session = await start({ prompt: 'make the hello file', permissions: 'accept-edits', config: 'own' }, place);
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
    const requests = [...place.model.requests];
    const expected = interactive === null ? null : usageOf(usedBy(requests, interactive));
    await session.until('usage', ({ usage }) => isSame(usage, expected), 5000).catch(() => undefined);
    expect(tokensOf(session.row.usage)).toEqual(expected);
    await session.stop();
    const cost = interactive === null ? null : costOf(session, usedBy(requests, interactive));
    expect(session.row.usage?.cost ?? null).toEqual(cost);

    const race = await place.race({ ...what, mode: 'task' }, 2);
    for (const one of race) await one.reaches('done', wait);
    const used = usedBy(place.model.requests.slice(requests.length), task);
    const [first] = race as [Watched];
    const { raceUsage } = await place.program.json<{ raceUsage: Usage }>(['show', first.id]);
    expect(tokensOf(raceUsage)).toEqual(usageOf(used));
    const costs = race.map((one) => costOf(one, one.row.usage === null ? noTokens : asTold(one.row.usage)));
    const raceCost = costs.reduce(addCosts, null);
    expect(raceUsage.cost).toEqual(raceCost === null ? null : expect.closeTo(raceCost, 9));
    const { usageToday } = await place.client.call('sessions', { query: {} });
    expect(tokensOf(usageToday)).toEqual(expected === null ? usageOf(used) : sumOf(expected, usageOf(used)));
    const costToday = addCosts(cost, raceCost);
    expect(usageToday?.cost).toEqual(costToday === null ? null : expect.closeTo(costToday, 9));
    const text = (usage: Usage | null): string => (usage === null ? 'nothing told' : JSON.stringify(usage));
    stage.note(`interactive ${text(session.row.usage)}; race of two tasks ${text(raceUsage)}; day ${text(usageToday)}`);
    return [{ session, requests, end }];
  });
}

function hasText(body: unknown, text: string): boolean {
  return JSON.stringify(body).includes(text);
}
