// Which credential a session uses: the stored subscription, else the stored API key, else the environment of the
// server's owner. Pure; what is stored and what the environment holds is handed in.
import { Secret } from './secret.ts';

export type CredentialMethod = 'subscription' | 'api-key';

/** One way to sign in to an agent, and the variables of the environment that carry it. */
export interface CredentialSlot {
  method: CredentialMethod;
  /** What the user calls it: `API key`, `GitHub token`. */
  label: string;
  /** Variables by which it is given in the environment, the most telling first. */
  environment: readonly string[];
  /** All of the variables that are set count, not only the first (an agent with many providers). */
  collects?: boolean;
  /** How accepted values begin; empty when anything may be one. */
  prefixes: readonly string[];
}

export interface ResolvedCredential {
  method: CredentialMethod;
  source: 'stored' | 'environment';
  /** Values by the variable that names them; a stored one stands under its slot's first variable. */
  values: ReadonlyMap<string, Secret>;
}

/** The stored sources. Both are empty until the credential store fills them. */
export interface StoredCredentials {
  subscription: Secret | null;
  apiKey: Secret | null;
}

export const nothingStored: StoredCredentials = { subscription: null, apiKey: null };

/**
 * In this order: stored subscription, stored API key, environment. Within the environment a subscription's variable
 * comes before an API key's. Null when there is none.
 */
export function resolveCredential(
  slots: readonly CredentialSlot[],
  stored: StoredCredentials,
  environment: Readonly<Record<string, string | undefined>>,
): ResolvedCredential | null {
  const ordered = [
    ...slots.filter((slot) => slot.method === 'subscription'),
    ...slots.filter((slot) => slot.method === 'api-key'),
  ];
  for (const slot of ordered) {
    const secret = slot.method === 'subscription' ? stored.subscription : stored.apiKey;
    const [name] = slot.environment;
    if (secret !== null && name !== undefined) {
      return { method: slot.method, source: 'stored', values: new Map([[name, secret]]) };
    }
  }
  for (const slot of ordered) {
    const set = slot.environment.flatMap((name) => {
      const value = environment[name]?.trim();
      return value === undefined || value === '' ? [] : [[name, new Secret(value)] as const];
    });
    if (set.length > 0) {
      return {
        method: slot.method,
        source: 'environment',
        values: new Map(slot.collects === true ? set : set.slice(0, 1)),
      };
    }
  }
  return null;
}
