// How true the status was: what the model server knows against what the session said, in milliseconds.
//
//   busy       a request of the conversation is being answered
//   between    the model waits for the CLI: a text was just typed, a tool runs, the user is asked, a request is repeated
//   over       the last request ended the turn
import type { Watched } from './agent-world.ts';
import type { RecordedRequest } from './model-server/model-server.ts';

export type Truth = 'busy' | 'between' | 'over';
/** Milliseconds by truth and status word. */
export type Confusion = Record<Truth, Record<string, number>>;

export interface Verdict {
  confusion: Confusion;
  /** Longest time that it said `done` while the model was answering. */
  earlyMs: number;
  /** Longest time that it said `working` after the turn was over. */
  lateMs: number;
}

/** From the first request of the conversation until `end`. Requests that are not of a conversation do not count. */
export function judge(
  { seen, typedAt }: Pick<Watched, 'seen' | 'typedAt'>,
  all: readonly RecordedRequest[],
  end: number,
): Verdict {
  const requests = all.filter(({ turn }) => turn !== null).sort((a, b) => a.at - b.at);
  const begin = requests[0]?.at ?? end;
  const cuts = [begin, end, ...seen.map(({ at }) => at), ...requests.flatMap(({ at, endedAt }) => [at, endedAt ?? end])]
    .filter((at) => at >= begin && at <= end)
    .sort((a, b) => a - b);
  const verdict: Verdict = { confusion: { busy: {}, between: {}, over: {} }, earlyMs: 0, lateMs: 0 };
  let early = 0;
  let late = 0;
  for (const [index, from] of cuts.entries()) {
    const lengthMs = (cuts[index + 1] ?? from) - from;
    if (lengthMs === 0) continue;
    const truth = truthAt(requests, typedAt, from);
    const word = seen.findLast(({ at }) => at <= from)?.word ?? 'starting';
    verdict.confusion[truth][word] = (verdict.confusion[truth][word] ?? 0) + lengthMs;
    early = truth === 'busy' && word === 'done' ? early + lengthMs : 0;
    late = truth === 'over' && word === 'working' ? late + lengthMs : 0;
    verdict.earlyMs = Math.max(verdict.earlyMs, early);
    verdict.lateMs = Math.max(verdict.lateMs, late);
  }
  return verdict;
}

function truthAt(requests: readonly RecordedRequest[], typedAt: readonly number[], at: number): Truth {
  const begun = requests.filter((request) => request.at <= at);
  if (begun.some(({ endedAt }) => endedAt === null || endedAt > at)) return 'busy';
  const last = begun.at(-1);
  const isNewTurn = typedAt.some((typed) => typed <= at && typed > (last?.at ?? 0));
  return last?.turn === 'over' && !isNewTurn ? 'over' : 'between';
}

/** Verdicts over many runs. */
export interface TruthSum {
  runs: number;
  confusion: Confusion;
  /** Runs in which it said `done` too early, or `working` too late, at all and beyond what is allowed. */
  early: Errors;
  late: Errors;
}

interface Errors {
  runs: number;
  wrong: number;
  longestMs: number;
}

/** Milliseconds; a status is an event behind the truth. */
export const allowed = { earlyMs: 500, lateMs: 2000 } as const;

const nothing: TruthSum = {
  runs: 0,
  confusion: { busy: {}, between: {}, over: {} },
  early: { runs: 0, wrong: 0, longestMs: 0 },
  late: { runs: 0, wrong: 0, longestMs: 0 },
};

export function addVerdict(sum: TruthSum | undefined, { confusion, earlyMs, lateMs }: Verdict): TruthSum {
  return addTruth(sum, {
    runs: 1,
    confusion,
    early: { runs: earlyMs > 0 ? 1 : 0, wrong: earlyMs >= allowed.earlyMs ? 1 : 0, longestMs: earlyMs },
    late: { runs: lateMs > 0 ? 1 : 0, wrong: lateMs >= allowed.lateMs ? 1 : 0, longestMs: lateMs },
  });
}

export function addTruth(a: TruthSum = nothing, b: TruthSum = nothing): TruthSum {
  const confusion: Confusion = structuredClone(a.confusion);
  for (const truth of ['busy', 'between', 'over'] as const) {
    for (const [word, ms] of Object.entries(b.confusion[truth])) {
      confusion[truth][word] = (confusion[truth][word] ?? 0) + ms;
    }
  }
  const errors = (x: Errors, y: Errors): Errors => ({
    runs: x.runs + y.runs,
    wrong: x.wrong + y.wrong,
    longestMs: Math.max(x.longestMs, y.longestMs),
  });
  return { runs: a.runs + b.runs, confusion, early: errors(a.early, b.early), late: errors(a.late, b.late) };
}
