// The credential of one session: chosen, or an error that names the agent and the ways to sign in. Values leave this
// file only inside `Secret`s and in what goes into the environment or a 0600 file of the one program.
import type { Agent, CredentialUse } from '../../agents/agent.ts';
import { type ResolvedCredential, resolveCredential } from '../../domain/credential.ts';
import { Failure } from '../../domain/failure.ts';
import type { CredentialStore } from './credential-store.ts';

export const noCredentialCode = 'no-credential';

/**
 * Null when the agent needs none, or when it has the user's own configuration, where it may be signed in by itself.
 * Throws the Failure `no-credential` when it needs one and there is none.
 */
export function agentCredential(
  agent: Agent,
  store: CredentialStore,
  owner: NodeJS.ProcessEnv,
  ownConfig: boolean,
): ResolvedCredential | null {
  if (agent.slots.length === 0) return null;
  const resolved = resolveCredential(agent.slots, store.stored(agent.id), owner);
  if (resolved !== null || ownConfig) return resolved;
  throw new Failure({
    code: noCredentialCode,
    message: `authentication failed: ${agent.name} has no credential`,
    remedy: `${waysToSignIn(agent)}, then press r`,
  });
}

/** What gives the agent a credential, as an instruction. */
export function waysToSignIn(agent: Agent): string {
  const variables = [...credentialNames(agent)];
  return `set ${orList(variables)} where the server is started (\`sesame server stop\`, then start again), or use your own configuration (--my-config)`;
}

/** What the program may see of the owner's environment besides the common names. Credentials go only by `CredentialUse`. */
export function passedNames(agent: Agent): string[] {
  const credentials = credentialNames(agent);
  return agent.environment.filter((name) => !credentials.has(name));
}

/** The owner's values of `agent.environment`, without credentials. */
export function ownerValues(agent: Agent, owner: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    passedNames(agent).flatMap((name) => {
      const value = owner[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const unused: CredentialUse = { env: {}, unset: [], files: [] };

/** How the credential reaches the program. Files belong into the session's own configuration: none with the user's. */
export function credentialUse(agent: Agent, resolved: ResolvedCredential | null, ownConfig: boolean): CredentialUse {
  if (resolved === null) return unused;
  const use = agent.credentials(resolved);
  return ownConfig ? { ...use, files: [] } : use;
}

/** The environment with the credential in it, without what must not be there: a key silently beats a subscription in some. */
export function withCredential(env: Readonly<Record<string, string>>, use: CredentialUse): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => !use.unset.includes(name));
  return { ...Object.fromEntries(kept), ...use.env };
}

function credentialNames(agent: Agent): Set<string> {
  return new Set(agent.slots.flatMap(({ environment }) => environment));
}

function orList(names: readonly string[]): string {
  if (names.length > 6) return `one of ${names.slice(0, 6).join(', ')}, …`;
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}
