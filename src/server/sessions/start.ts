// Bringing a session up, phase by phase: worktree, files, setup, bootstrap, agent. How far it got is kept, so that a retry and a
// new server go on from there. What fails leaves everything as it is and says so in the status.

import { Failure, toFailureBody } from '../../domain/failure.ts';
import type { SessionId } from '../../domain/ids.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { SetupPhase } from '../../domain/session.ts';
import type { FailReason, Status } from '../../domain/status.ts';
import { noCredentialCode } from '../credentials/agent-credential.ts';
import { bootstrapAgent, needsBootstrap } from './bootstrap-agent.ts';
import { type Context, reportFailure } from './context.ts';
import { copyProjectFiles } from './copy-project-files.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { runSetup } from './run-setup.ts';
import { startAgent, startProgram } from './start-run.ts';

const phases: readonly SetupPhase[] = ['worktree', 'files', 'setup', 'bootstrap', 'agent'];

export interface PhaseOutcome {
  state: 'done' | 'skipped';
  detail: string | null;
}

/** Goes on from the first phase that is not done. Returns at once; what happens is told by events. Never throws. */
export function beginStart(context: Context, id: SessionId): void {
  if (context.starting.has(id)) return;
  const stop = new AbortController();
  if (context.ending.aborted) stop.abort();
  const over = bringUp(context, id, stop.signal)
    .catch((error: unknown) => reportFailure(context, id, error))
    .finally(() => context.starting.delete(id));
  context.starting.set(id, { stop, over });
}

async function bringUp(context: Context, id: SessionId, signal: AbortSignal): Promise<void> {
  const from = context.records.get(id)?.phase ?? 'worktree';
  const first = phases.indexOf(from === 'done' ? 'bootstrap' : from);
  for (const [index, phase] of phases.entries()) {
    if (index < first) continue;
    if (context.events.session(id) === null) return;
    if (phase === 'bootstrap' && !needsBootstrap(context, id)) continue;
    context.record({ kind: 'worktree.phase', session: id, phase, state: 'started', detail: null });
    try {
      signal.throwIfAborted();
      const outcome = await steps[phase](context, id, signal);
      if (context.closing.aborted) return;
      // A session that is resumed has been started before: that stays so, also when the program is fetched once more.
      if (from !== 'done') keepProgress(context, id, phases[index + 1] ?? 'done');
      context.record({ kind: 'worktree.phase', session: id, phase, ...outcome });
    } catch (error) {
      if (!context.closing.aborted) fail(context, id, phase, signal.aborted ? stopped() : error);
      return;
    }
  }
}

/** A phase that succeeded stays so when the disk refuses this note: at worst it is done again, which each of them allows. */
function keepProgress(context: Context, id: SessionId, phase: SetupPhase | 'done'): void {
  try {
    context.records.change(id, { phase });
  } catch (error) {
    reportFailure(context, id, error);
  }
}

const steps: Record<SetupPhase, (context: Context, id: SessionId, signal: AbortSignal) => Promise<PhaseOutcome>> = {
  worktree: prepareWorktree,
  files: copyFiles,
  setup: runSetup,
  bootstrap: bootstrapAgent,
  agent: startMain,
};

async function startMain(context: Context, id: SessionId, signal: AbortSignal): Promise<PhaseOutcome> {
  return context.records.get(id)?.argv == null ? startAgent(context, id, signal) : startProgram(context, id, signal);
}

async function copyFiles(context: Context, id: SessionId): Promise<PhaseOutcome> {
  const session = context.events.session(id);
  if (session?.project == null || session.workplace.kind !== 'worktree') return { state: 'skipped', detail: null };
  const { copied, skipped } = await copyProjectFiles(context, session.project.path, session.workplace.path);
  const left = skipped.slice(0, 20).map(({ path, reason }) => `${path}: ${reason}`);
  if (copied.length === 0 && left.length === 0) return { state: 'skipped', detail: null };
  const names = copied.slice(0, 20).join(', ') + (copied.length > 20 ? ` and ${copied.length - 20} more` : '');
  return { state: 'done', detail: plainLine([...(names === '' ? [] : [`copied ${names}`]), ...left].join('; ')) };
}

function fail(context: Context, id: SessionId, phase: SetupPhase, error: unknown): void {
  if (context.events.session(id) === null) return;
  const failure = toFailureBody(error);
  context.record({ kind: 'worktree.phase', session: id, phase, state: 'failed', detail: failure.message });
  const status: Status = {
    state: 'failed',
    reason: failure.code === noCredentialCode ? 'auth' : reasons[phase],
    retryAt: null,
    evidence: { signal: 'server', rule: `the ${phase} phase failed: ${failure.code}` },
    since: context.clock.now(),
    message: plainLine(`${failure.message}; ${failure.remedy}`),
  };
  context.record({ kind: 'run.status', session: id, status });
  reportFailure(context, id, error);
}

const reasons: Record<SetupPhase, FailReason> = {
  worktree: 'worktree',
  files: 'worktree',
  setup: 'setup',
  bootstrap: 'bootstrap',
  agent: 'bootstrap',
};

function stopped(): Failure {
  return new Failure({
    code: 'stopped',
    message: 'you stopped it before it was ready',
    remedy: 'resume it to go on from where it was',
  });
}
