// How Codex is signed in: by `auth.json` in its home. It reads no key from the environment in its own screen, and a key
// from the environment would silently beat the account in a task.
import type { CredentialSlot, ResolvedCredential } from '../../domain/credential.ts';
import type { CredentialUse } from '../agent.ts';
import { homeName } from './home.ts';

export const slots: readonly CredentialSlot[] = [
  {
    method: 'subscription',
    // The content of auth.json as `codex login` leaves it. Its refresh token can be used once: one copy per account.
    label: 'ChatGPT account (auth.json)',
    environment: ['CODEX_AUTH_JSON'],
    prefixes: ['{'],
  },
  { method: 'api-key', label: 'API key', environment: ['OPENAI_API_KEY', 'CODEX_API_KEY'], prefixes: ['sk-'] },
];

const carriers = ['OPENAI_API_KEY', 'CODEX_API_KEY', 'CODEX_ACCESS_TOKEN', 'CODEX_AUTH_JSON'];

export function useCredential({ method, values }: ResolvedCredential): CredentialUse {
  const [secret] = values.values();
  const value = secret?.reveal() ?? '';
  const content = method === 'subscription' ? value : JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: value });
  return { env: {}, unset: carriers, files: [{ path: `${homeName}/auth.json`, content, mode: 0o600 }] };
}
