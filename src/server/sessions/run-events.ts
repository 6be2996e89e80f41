// What a run says, as events of its session.
import type { Fact } from '../../agents/agent.ts';
import type { Usage } from '../../domain/agent-event.ts';
import type { Run, RunListener } from '../runs/runs.ts';
import type { Context } from './context.ts';

type Listening = Pick<Context, 'agents' | 'events' | 'record' | 'records' | 'exits' | 'closing' | 'spending'> & {
  /** Files may have changed. `atOnce`: a turn has ended, or waits for the user, who may look now. */
  filesMayHaveChanged(run: Run, atOnce: boolean): void;
  /** The program of a session ended, and all that follows from that is recorded. */
  ended(run: Run): void;
};

export function createRunListener(context: () => Listening): RunListener {
  /** A setup command is a phase of its session, not what the session does. */
  const isMain = (run: Run): boolean => context().records.run(run.id)?.kind !== 'setup';
  /** After the server began to leave nothing is stored: the next one learns it from the runs themselves. */
  const isKnown = (run: Run): boolean => !context().closing.aborted && context().events.session(run.session) !== null;

  return {
    status(run, status) {
      if (!isKnown(run) || !isMain(run)) return;
      context().record({ kind: 'run.status', session: run.session, status });
      context().filesMayHaveChanged(run, status.state !== 'working' && status.state !== 'starting');
    },
    notified(run, text) {
      if (isKnown(run)) context().record({ kind: 'run.notified', session: run.session, text });
    },
    clipboard(run, text) {
      if (isKnown(run)) context().record({ kind: 'run.clipboard', session: run.session, text });
    },
    resized(run, cols, rows) {
      const row = isKnown(run) ? context().events.session(run.session) : null;
      if (row === null || (row.run?.cols === cols && row.run.rows === rows)) return;
      context().records.change(run.session, { cols, rows });
      context().record({ kind: 'run.resized', session: run.session, cols, rows });
    },
    learned(run, fact) {
      if (isKnown(run) && isMain(run)) learn(context(), run, fact);
    },
    agentEvent(run, event, offset) {
      if (!isKnown(run)) return;
      context().record({ kind: 'agent.event', session: run.session, run: run.id, offset, event });
      if (event.type === 'conversation') learn(context(), run, { kind: 'conversation', id: event.id });
      if (event.type === 'usage') spend(context(), run, event.usage, totalsOf(context(), run));
      if (event.type === 'file') context().filesMayHaveChanged(run, false);
    },
    exited(run, exit) {
      const { records, exits, record } = context();
      const known = isKnown(run) ? records.run(run.id) : null;
      // Told again for a run whose end is already stored.
      if (known !== null && !known.ended) {
        records.endRun(run.id, exit);
        record({ kind: 'run.exited', session: run.session, code: exit.code, exitSignal: exit.signal });
        if (known.kind !== 'setup') syncStatus(context(), run);
      }
      for (const resolve of exits.get(run.id) ?? []) resolve(exit);
      exits.delete(run.id);
      if (isKnown(run)) context().filesMayHaveChanged(run, true);
      if (known !== null && !known.ended && known.kind !== 'setup') context().ended(run);
    },
  };
}

/** Told again after a restart: what is known already changes nothing. */
function learn(context: Pick<Context, 'events' | 'record' | 'spending'>, run: Run, fact: Fact): void {
  const { session } = run;
  if (fact.kind === 'conversation') {
    const known = context.events.session(session)?.conversation === fact.id;
    if (!known) context.record({ kind: 'session.conversation', session, conversation: fact.id });
    return;
  }
  spend(context, run, fact.usage, 'conversation');
}

function spend(
  context: Pick<Context, 'record' | 'spending'>,
  { id, session }: Run,
  usage: Usage,
  totals: 'run' | 'conversation',
): void {
  const told = context.spending.tell(session, usage, totals === 'run' ? id : null);
  if (told !== null) context.record({ kind: 'usage', session, ...told });
}

/** What the totals count that a task tells. */
function totalsOf(context: Pick<Context, 'agents' | 'events'>, run: Run): 'run' | 'conversation' {
  const agent = context.events.session(run.session)?.agent ?? null;
  return (agent === null ? null : context.agents.find(agent)?.task?.totals) ?? 'run';
}

/** Makes the row say what the run says, when an event was missed or none was sent. */
export function syncStatus(context: Pick<Context, 'events' | 'record'>, run: Run): void {
  const row = context.events.session(run.session);
  if (row === null || JSON.stringify(row.status) === JSON.stringify(run.status)) return;
  context.record({ kind: 'run.status', session: run.session, status: run.status });
}
