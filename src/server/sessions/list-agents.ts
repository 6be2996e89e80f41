// The agents as data for clients: what they can and whether they can be started now.
import type { AgentInfo } from '../../domain/agent-info.ts';
import { toFailureBody } from '../../domain/failure.ts';
import type { Context } from './context.ts';

export function listAgents(context: Pick<Context, 'agents' | 'resolveBinary'>): Promise<AgentInfo[]> {
  return Promise.all(
    context.agents.all.map(async ({ id, name, vendor, features, distribution }) => {
      try {
        const { version } = await context.resolveBinary(distribution);
        return { id, name, vendor, features, available: { ok: true as const, version } };
      } catch (error) {
        const { message, remedy } = toFailureBody(error);
        return { id, name, vendor, features, available: { ok: false as const, reason: message, remedy } };
      }
    }),
  );
}
