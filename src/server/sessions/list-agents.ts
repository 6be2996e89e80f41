// The agents as data for clients: what they can and whether they can be started now.
import type { AgentInfo } from '../../domain/agent-info.ts';
import { toFailureBody } from '../../domain/failure.ts';
import type { Context } from './context.ts';

export function listAgents(context: Pick<Context, 'agents' | 'binaries'>): Promise<AgentInfo[]> {
  return Promise.all(
    context.agents.all.map(async (agent) => {
      const { id, name, vendor, features } = agent;
      try {
        const binary = await context.binaries.find(agent, null);
        // The first session installs it.
        const version = binary?.version ?? 'installed at the first start';
        return { id, name, vendor, features, available: { ok: true as const, version } };
      } catch (error) {
        const { message, remedy } = toFailureBody(error);
        return { id, name, vendor, features, available: { ok: false as const, reason: message, remedy } };
      }
    }),
  );
}
