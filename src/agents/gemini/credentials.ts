// A key of AI Studio. The other ways to sign in (Google account, Vertex AI) are the user's own configuration.
import type { CredentialSlot, ResolvedCredential } from '../../domain/credential.ts';
import type { CredentialUse } from '../agent.ts';

export const slots: readonly CredentialSlot[] = [
  { method: 'api-key', label: 'API key', environment: ['GEMINI_API_KEY'], prefixes: [] },
];

/** What would choose another way to sign in, or pay with another account. */
const others = [
  'GOOGLE_API_KEY',
  'GOOGLE_GENAI_USE_GCA',
  'GOOGLE_GENAI_USE_VERTEXAI',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GEMINI_CLI_USE_COMPUTE_ADC',
  'CLOUD_SHELL',
] as const;

export function useCredential({ values }: ResolvedCredential): CredentialUse {
  const key = values.get('GEMINI_API_KEY');
  return { env: key === undefined ? {} : { GEMINI_API_KEY: key.reveal() }, unset: others, files: [] };
}
