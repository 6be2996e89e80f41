// What sessions used: totals per session and what a day cost. One line per session and day; kept when a session is
// forgotten, because what was spent was spent.
import * as z from 'zod';
import { Usage } from '../../domain/agent-event.ts';
import { startOfDay } from '../../domain/day.ts';
import type { RunId, SessionId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';

export interface Spending {
  /**
   * An agent told totals: of its conversation (`run` null), or of this run of its program alone. Returns those of the
   * session and the cost of the day, null when nothing is new. Totals of another run come on top, and so do those that
   * shrink: they are of another conversation.
   */
  tell(session: SessionId, told: Usage, run: RunId | null): { usage: Usage; costToday: number | null } | null;
  /** A session goes on with a copy of another's conversation: the totals it tells begin with those of that one. */
  forked(from: SessionId, to: SessionId): void;
  /** Of all sessions since midnight (local time); null while no agent told anything. */
  today(): Usage | null;
}

const Line = z.object({ told: Usage, added: Usage, total: Usage, run: z.string().nullable().default(null) });
type Line = z.infer<typeof Line>;

const nothing: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: null };

export function openSpending(database: Database, now: () => number): Spending {
  const { sqlite } = database;
  const selectLast = sqlite.prepare('SELECT at, json FROM usage WHERE session = ? ORDER BY at DESC LIMIT 1');
  const selectDay = sqlite.prepare('SELECT json FROM usage WHERE at >= ?');
  const insert = sqlite.prepare('INSERT INTO usage (session, at, json) VALUES (?, ?, ?)');
  const update = sqlite.prepare('UPDATE usage SET json = ? WHERE session = ? AND at = ?');

  const today = (): Usage | null =>
    selectDay.all(startOfDay(now())).reduce<Usage | null>((sum, row) => {
      const line = readLine(row['json']);
      return line === null || isEqual(line.added, nothing) ? sum : add(sum ?? nothing, line.added);
    }, null);

  return {
    tell(session, told, run) {
      const row = selectLast.get(session);
      const last = readLine(row?.['json']);
      const goesOn = last !== null && last.run === run;
      if (goesOn && isEqual(last.told, told)) return null;
      const added = goesOn && tokens(told) >= tokens(last.told) ? subtract(told, last.told) : told;
      const total = add(last?.total ?? nothing, added);
      const day = startOfDay(now());
      database.transaction(() => {
        if (last !== null && row?.['at'] === day) {
          const line: Line = { told, added: add(last.added, added), total, run };
          update.run(JSON.stringify(line), session, day);
        } else insert.run(session, day, JSON.stringify({ told, added, total, run } satisfies Line));
      });
      return { usage: total, costToday: today()?.cost ?? null };
    },
    forked(from, to) {
      const last = readLine(selectLast.get(from)?.['json']);
      if (last === null) return;
      const told = last.run === null ? last.told : last.total;
      const line: Line = { told, added: nothing, total: nothing, run: null };
      insert.run(to, startOfDay(now()), JSON.stringify(line));
    },
    today,
  };
}

function readLine(json: unknown): Line | null {
  if (typeof json !== 'string') return null;
  const parsed = Line.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}

function tokens(usage: Usage): number {
  return usage.inputTokens + usage.outputTokens + usage.cachedTokens;
}

function isEqual(a: Usage, b: Usage): boolean {
  return (
    a.inputTokens === b.inputTokens &&
    a.outputTokens === b.outputTokens &&
    a.cachedTokens === b.cachedTokens &&
    a.cost === b.cost
  );
}

function add(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    cost: addCost(a.cost, b.cost),
  };
}

function subtract(a: Usage, b: Usage): Usage {
  return {
    inputTokens: Math.max(0, a.inputTokens - b.inputTokens),
    outputTokens: Math.max(0, a.outputTokens - b.outputTokens),
    cachedTokens: Math.max(0, a.cachedTokens - b.cachedTokens),
    cost: a.cost === null ? null : Math.max(0, a.cost - (b.cost ?? 0)),
  };
}

function addCost(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}
