// All agents, in the order people see them. The one place that lists them.
import type { Config } from '../domain/config.ts';
import { Failure } from '../domain/failure.ts';
import { AgentId } from '../domain/ids.ts';
import type { Agent } from './agent.ts';
import { amp } from './amp/index.ts';
import { claude } from './claude/index.ts';
import { codex } from './codex/index.ts';
import { copilot } from './copilot/index.ts';
import { customAgent } from './custom/index.ts';
import { demo } from './demo/index.ts';
import { gemini } from './gemini/index.ts';
import { opencode } from './opencode/index.ts';

/** The user's own come first in what they see; these follow. */
const builtIn: readonly Agent[] = [claude, codex, copilot, gemini, opencode, amp, demo];

export interface AgentRegistry {
  readonly all: readonly Agent[];
  /** Agents of the config that could not be taken, in words for the user. */
  readonly refused: readonly Failure[];
  find(id: string): Agent | null;
  /** Throws a Failure that names the known agents. */
  get(id: string): Agent;
}

/** Built-in agents and those of the config. A custom agent with the id of a built-in one replaces it. */
export function createRegistry(custom: Config['agents']): AgentRegistry {
  const refused: Failure[] = [];
  const own: Agent[] = [];
  for (const [id, definition] of Object.entries(custom)) {
    if (AgentId.safeParse(id).success) own.push(customAgent(id, definition));
    else {
      refused.push(
        new Failure({
          code: 'agent-name',
          message: `the agent ${JSON.stringify(id)} of config.json has a name that cannot be used`,
          remedy: 'use a-z, 0-9 and -, beginning with a letter, at most 32 characters',
        }),
      );
    }
  }
  const all = [...own, ...builtIn.filter((agent) => own.every(({ id }) => id !== agent.id))];
  const byId = new Map<string, Agent>(all.map((agent) => [agent.id, agent]));
  return {
    all,
    refused,
    find: (id) => byId.get(id) ?? null,
    get(id) {
      const agent = byId.get(id);
      if (agent !== undefined) return agent;
      throw new Failure({
        code: 'unknown-agent',
        message: `there is no agent called ${JSON.stringify(id.slice(0, 40))}`,
        remedy: `known agents: ${all.map((known) => known.id).join(', ')}; more can be added under "agents" in config.json`,
      });
    },
  };
}
