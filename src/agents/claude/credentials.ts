// How Claude Code is signed in. An API key silently beats the subscription, so what was not chosen is taken away.
import type { CredentialSlot, ResolvedCredential } from '../../domain/credential.ts';
import type { CredentialUse } from '../agent.ts';

const carriers = [
  'CLAUDE_CODE_OAUTH_TOKEN',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_REFRESH_TOKEN',
  'CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR',
  'CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR',
];

export const slots: readonly CredentialSlot[] = [
  {
    method: 'subscription',
    label: 'subscription token (claude setup-token)',
    environment: ['CLAUDE_CODE_OAUTH_TOKEN'],
    prefixes: ['sk-ant-oat01-'],
  },
  {
    method: 'api-key',
    label: 'API key',
    // The second is a bearer token for a gateway.
    environment: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'],
    prefixes: ['sk-ant-api03-'],
  },
];

export function useCredential({ values }: ResolvedCredential): CredentialUse {
  const env = Object.fromEntries([...values].map(([name, secret]) => [name, secret.reveal()]));
  return { env, unset: carriers.filter((name) => !(name in env)), files: [] };
}
