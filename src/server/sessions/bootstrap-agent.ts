// The bootstrap phase: the agent's program is there when the next phase starts it, and the session keeps it for its life.
import { isDownload } from '../../agents/distribution.ts';
import type { SessionId } from '../../domain/ids.ts';
import { agentCredential } from '../credentials/agent-credential.ts';
import { type Context, rowOf } from './context.ts';
import type { PhaseOutcome } from './start.ts';

/** False for plain programs and for agents that are never downloaded: they have no such phase. */
export function needsBootstrap(context: Context, id: SessionId): boolean {
  const session = context.events.session(id);
  if (session?.agent == null || context.records.get(id)?.argv != null) return false;
  return context.agents.find(session.agent)?.distributions.some(isDownload) ?? false;
}

export async function bootstrapAgent(context: Context, id: SessionId, signal: AbortSignal): Promise<PhaseOutcome> {
  const session = rowOf(context, id);
  const agent = context.agents.get(session.agent ?? '');
  // Before anything is downloaded: without a credential nothing can come of it.
  agentCredential(agent, context.credentials, context.env, session.config === 'own');
  const keep = context.records.get(id)?.binary ?? null;
  const there = await context.binaries.find(agent, keep);
  const binary = there ?? (await context.binaries.ensure(agent, keep, AbortSignal.any([signal, context.closing])));
  if (binary.key !== null) context.records.change(id, { binary: binary.key });
  return { state: 'done', detail: `${agent.name} ${binary.version}${there === null ? ', installed' : ''}` };
}

/** Installed programs of this agent that sessions go on with. */
export function binariesInUse(context: Pick<Context, 'events' | 'records'>, agent: string): ReadonlySet<string> {
  const used = new Set<string>();
  for (const session of context.events.sessions(true)) {
    if (session.agent !== agent || session.trash !== null) continue;
    const key = context.records.get(session.id)?.binary;
    if (key !== undefined) used.add(key);
  }
  return used;
}
