// An access token of ampcode.com. There is no other way to sign in that a session of its own could use: the stored
// login of `amp login` is the same token, kept under the server's exact URL.
import type { CredentialSlot, ResolvedCredential } from '../../domain/credential.ts';
import type { CredentialUse } from '../agent.ts';

const variable = 'AMP_API_KEY';

export const slots: readonly CredentialSlot[] = [
  { method: 'api-key', label: 'access token', environment: [variable], prefixes: ['sgamp_'] },
];

export function useCredential({ values }: ResolvedCredential): CredentialUse {
  const key = values.get(variable);
  return { env: key === undefined ? {} : { [variable]: key.reveal() }, unset: [], files: [] };
}
