// How Copilot is signed in: a GitHub token, or the key of the user's own model provider (BYOK). The provider's variables
// silently beat the token, so with a token they are taken away.
import type { CredentialSlot, ResolvedCredential } from '../../domain/credential.ts';
import { Failure } from '../../domain/failure.ts';
import type { CredentialUse } from '../agent.ts';

const tokens = ['COPILOT_GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN'];
const keys = ['COPILOT_PROVIDER_API_KEY', 'COPILOT_PROVIDER_BEARER_TOKEN'];

/** Where the user's own provider is and how it is spoken to. */
export const providerVariables: readonly string[] = [
  'COPILOT_PROVIDER_BASE_URL',
  'COPILOT_PROVIDER_TYPE',
  'COPILOT_PROVIDER_WIRE_API',
  'COPILOT_PROVIDER_TRANSPORT',
  'COPILOT_PROVIDER_HEADERS',
  'COPILOT_PROVIDER_MODEL_ID',
  'COPILOT_PROVIDER_WIRE_MODEL',
  'COPILOT_PROVIDER_MAX_PROMPT_TOKENS',
  'COPILOT_PROVIDER_MAX_OUTPUT_TOKENS',
  'COPILOT_OFFLINE',
];

export const slots: readonly CredentialSlot[] = [
  {
    method: 'subscription',
    label: 'GitHub token',
    environment: ['COPILOT_GITHUB_TOKEN'],
    prefixes: ['github_pat_', 'gho_', 'ghu_'],
  },
  { method: 'api-key', label: 'key of your own model provider', environment: keys, prefixes: [] },
];

/** Throws the Failure `no-credential` for a classic token, which Copilot refuses. */
export function useCredential({ method, values }: ResolvedCredential): CredentialUse {
  const env = Object.fromEntries([...values].map(([name, secret]) => [name, secret.reveal()]));
  if (Object.values(env).some((value) => value.startsWith('ghp_'))) {
    throw new Failure({
      code: 'no-credential',
      message: 'authentication failed: GitHub Copilot does not take classic personal access tokens (ghp_…)',
      remedy:
        'make a fine-grained token (github_pat_…) with the permission "Copilot Requests" at https://github.com/settings/personal-access-tokens/new, set COPILOT_GITHUB_TOKEN to it, then press r',
    });
  }
  const carriers = method === 'subscription' ? [...tokens, ...keys, ...providerVariables] : [...tokens, ...keys];
  return { env, unset: carriers.filter((name) => !(name in env)), files: [] };
}
