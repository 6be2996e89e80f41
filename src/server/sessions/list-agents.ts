// The agents as data for clients: what they can and whether they can be started now.
import type { AgentInfo } from '../../domain/agent-info.ts';
import { resolveCredential } from '../../domain/credential.ts';
import { toFailureBody } from '../../domain/failure.ts';
import { waysToSignIn } from '../credentials/agent-credential.ts';
import type { Context } from './context.ts';

export function listAgents(
  context: Pick<Context, 'agents' | 'binaries' | 'credentials' | 'env'>,
): Promise<AgentInfo[]> {
  return Promise.all(
    context.agents.all.map(async (agent) => {
      const { id, name, vendor, features } = agent;
      // Without a way to sign in a session would fail at once: the demo agent is the better first choice.
      if (
        agent.slots.length > 0 &&
        resolveCredential(agent.slots, context.credentials.stored(id), context.env) === null
      ) {
        return {
          id,
          name,
          vendor,
          features,
          available: { ok: false as const, reason: 'no login', remedy: waysToSignIn(agent) },
        };
      }
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
