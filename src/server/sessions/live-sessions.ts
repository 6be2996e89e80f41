// The sessions of this server: each verb is a file of its own, this one puts them together.
import type { AgentRegistry } from '../../agents/registry.ts';
import { Failure } from '../../domain/failure.ts';
import type { AgentId, SessionId } from '../../domain/ids.ts';
import { titleOf } from '../../domain/names.ts';
import type { Clock } from '../../platform/clock.ts';
import { exists } from '../../platform/files.ts';
import type { Log } from '../../platform/log.ts';
import type { Paths } from '../../platform/paths.ts';
import type { Binaries } from '../bootstrap/bootstrap.ts';
import { type CredentialStore, emptyStore } from '../credentials/credential-store.ts';
import type { Database } from '../database.ts';
import type { Events } from '../events/events.ts';
import type { Git } from '../git/git.ts';
import type { RunListener, Runs } from '../runs/runs.ts';
import type { Ship } from '../ship/ship.ts';
import { binariesInUse } from './bootstrap-agent.ts';
import { type Context, isRunning, rowOf, type Schedule, type WorktreePlace } from './context.ts';
import { createSessions } from './create.ts';
import { discardSession } from './discard-session.ts';
import { archiveSession, stopSession } from './end-session.ts';
import { listBranches } from './existing-branch.ts';
import { findSession } from './find-session.ts';
import { forkSession } from './fork-session.ts';
import { createKeyedLock } from './keyed-lock.ts';
import { listAgents } from './list-agents.ts';
import { openAll } from './open-sessions.ts';
import {
  answerQuestion,
  broadcastText,
  explainStatus,
  markSeen,
  pauseSession,
  readScreen,
  resizePane,
  typeInto,
} from './pane.ts';
import { runProgram } from './programs.ts';
import { createRecorder } from './recorder.ts';
import { resumeSession } from './resume-session.ts';
import { createRunListener } from './run-events.ts';
import { searchPane } from './search-pane.ts';
import type { Sessions } from './sessions.ts';
import { shipFinishedTask } from './ship-finished-task.ts';
import { createShipping } from './ship-session.ts';
import { openSpending } from './spending.ts';
import { openStartRecords } from './start-records.ts';
import { undo } from './undo.ts';
import { createFileWatch } from './watch-files.ts';

export interface SessionsOptions {
  paths: Paths;
  database: Database;
  events: Events;
  git: Git;
  ship: Ship;
  agents: AgentRegistry;
  clock: Clock;
  log: Log;
  /** The environment of the server's owner. */
  env: NodeJS.ProcessEnv;
  /** Version of sesame. */
  version: string;
  schedule?: Schedule;
  /** Nothing is stored by default. */
  credentials?: CredentialStore;
  /** Programs that sessions go on with are not removed: who knows them is made from within. */
  openBinaries(inUse: (agent: AgentId) => ReadonlySet<string>): Binaries;
  /** Runs need somebody to tell, sessions need the runs: they are made from within. */
  openRuns(listener: RunListener): Runs;
}

export interface LiveSessions extends Sessions {
  readonly runs: Runs;
  readonly binaries: Binaries;
  /** Calls off every start, then ends every program and the holder. */
  endAll(): Promise<void>;
}

/** Starts that are under way when the server leaves may take this long to come to a good end. */
const leavePatienceMs = 3000;

/** Does nothing until `open`. The caller closes events, database and git afterwards; `close` closes the runs. */
export function createLiveSessions(options: SessionsOptions): LiveSessions {
  const { events, database, clock, log } = options;
  const runs = options.openRuns(createRunListener(() => listening));
  const ending = new AbortController();
  const closing = new AbortController();
  const record = createRecorder((body) => events.append(body), log);
  const records = openStartRecords(database, () => clock.now());
  const binaries = options.openBinaries((agent) => binariesInUse({ events, records }, agent));
  const context: Context = {
    ...options,
    runs,
    binaries,
    records,
    credentials: options.credentials ?? emptyStore,
    spending: openSpending(database, () => clock.now()),
    schedule: options.schedule ?? scheduleOnce,
    repositories: createKeyedLock(),
    starting: new Map(),
    exits: new Map(),
    ending: ending.signal,
    closing: closing.signal,
    record: (body) => {
      if (!closing.signal.aborted) record(body);
    },
  };
  const files = createFileWatch(context);
  const background = new Set<Promise<void>>();
  const shipping = createShipping(context);
  const shipByItself = (id: SessionId): void => {
    const work = shipFinishedTask(context, id, shipping).finally(() => files.touch(id));
    background.add(work);
    void work.finally(() => background.delete(work));
  };
  const listening = {
    ...context,
    filesMayHaveChanged: (run: { session: SessionId }, atOnce: boolean) => files.touch(run.session, atOnce),
    ended: (run: { session: SessionId }) => shipByItself(run.session),
  };

  const inWorktree = async (id: SessionId): Promise<WorktreePlace> => {
    const { workplace, title, trash } = rowOf(context, id);
    if (workplace.kind === 'worktree' && trash === null && (await exists(workplace.path))) return workplace;
    throw new Failure({
      code: 'no-worktree',
      message: `${title} has no worktree${trash === null ? '' : ': it was discarded'}`,
      remedy:
        trash === null ? 'there is nothing to compare; resume it to bring a lost worktree back' : 'undo that first',
    });
  };

  return {
    runs,
    binaries,
    async open() {
      await openAll(context, (work) => {
        background.add(work);
        void work.finally(() => background.delete(work));
      });
      for (const session of events.sessions(false)) {
        if (isRunning(context, session)) files.touch(session.id);
        else shipByItself(session.id);
      }
    },
    agents: () => listAgents(context),
    async inspect(path, base) {
      const view = await context.git.inspect(path);
      if (base !== undefined) await context.git.resolveBase(view.project.path, base);
      return view;
    },
    branches: (path) => listBranches(context, path),
    create: (request) => createSessions(context, request),
    run: (request) => runProgram(context, request),
    list: (all) => events.sessions(all),
    usageToday: () => context.spending.today(),
    find: (text) => findSession(events, text),
    rename(id, title) {
      if (rowOf(context, id).title !== titleOf(title)) {
        events.append({ kind: 'session.renamed', session: id, title: titleOf(title) });
      }
      return rowOf(context, id);
    },
    stop: (id) => stopSession(context, id),
    pause: (id, paused) => pauseSession(context, id, paused),
    resume: (id, size) => resumeSession(context, id, size),
    fork: (id, request) => forkSession(context, id, request),
    async archive(id) {
      const session = await archiveSession(context, id);
      files.touch(id);
      return session;
    },
    async discard(id) {
      const discarded = await discardSession(context, id);
      files.touch(id);
      return discarded;
    },
    async undo(id) {
      const undone = await undo(context, id);
      if (undone.session !== null) files.touch(undone.session.id);
      return undone;
    },
    seen: (id) => markSeen(context, id),
    screen: async (id, historyLines) => readScreen(context, id, historyLines),
    search: (id, search) => searchPane(context, id, search),
    input: (id, input) => typeInto(context, id, input),
    answer: (id, digit, digest) => answerQuestion(context, id, digit, digest),
    broadcast: (ids, text) => broadcastText(context, ids, text),
    resize: (id, cols, rows) => resizePane(context, id, cols, rows),
    why: (id) => explainStatus(context, id),
    async diff(id) {
      const { path, base } = await inWorktree(id);
      return context.git.diff({ worktree: path, base: base.sha });
    },
    async fileDiff(id, path, all) {
      const place = await inWorktree(id);
      return context.git.fileDiff({ worktree: place.path, base: place.base.sha, path, all });
    },
    async patch(id) {
      const { path, base } = await inWorktree(id);
      return context.git.patch({ worktree: path, base: base.sha });
    },
    async ship(id, shipOptions) {
      try {
        return await shipping.ship(id, shipOptions);
      } finally {
        files.touch(id);
      }
    },
    async endAll() {
      ending.abort();
      const starts = [...context.starting.values()];
      for (const { stop } of starts) stop.abort();
      await Promise.allSettled(starts.map(({ over }) => over));
      await runs.shutdownHolder();
    },
    async close() {
      await shipping.close();
      await files.close();
      await Promise.allSettled(background);
      // Phases stay where they are and the next server goes on; setup commands and agents belong to the holder.
      closing.abort();
      await binaries.close();
      const starts = Promise.allSettled([...context.starting.values()].map(({ over }) => over));
      await Promise.race([starts, new Promise<void>((resolve) => void context.schedule(leavePatienceMs, resolve))]);
      await runs.close();
    },
  };
}

const scheduleOnce: Schedule = (afterMs, call) => {
  const timer = setTimeout(call, afterMs);
  timer.unref();
  return () => clearTimeout(timer);
};
