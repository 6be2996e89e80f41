// OpenCode has many providers, each with a key of its own; all that the owner has set are handed on. GITHUB_TOKEN is
// not among them: it opens the forge, not only its models.
import type { CredentialSlot, ResolvedCredential } from '../../domain/credential.ts';
import type { CredentialUse } from '../agent.ts';

export const slots: readonly CredentialSlot[] = [
  {
    method: 'api-key',
    label: 'API keys of its providers',
    environment: [
      'ANTHROPIC_API_KEY',
      'OPENAI_API_KEY',
      'GOOGLE_GENERATIVE_AI_API_KEY',
      'GEMINI_API_KEY',
      'OPENROUTER_API_KEY',
      'OPENCODE_API_KEY',
      'AI_GATEWAY_API_KEY',
      'GROQ_API_KEY',
      'MISTRAL_API_KEY',
      'DEEPSEEK_API_KEY',
      'XAI_API_KEY',
      'TOGETHER_API_KEY',
      'CEREBRAS_API_KEY',
      'FIREWORKS_API_KEY',
      'MOONSHOT_API_KEY',
      'ZHIPU_API_KEY',
      'AZURE_API_KEY',
      'AWS_BEARER_TOKEN_BEDROCK',
    ],
    collects: true,
    prefixes: [],
  },
];

const google = 'GOOGLE_GENERATIVE_AI_API_KEY';

export function useCredential({ values }: ResolvedCredential): CredentialUse {
  const env: Record<string, string> = {};
  for (const [name, secret] of values) env[name] = secret.reveal();
  // It lists GEMINI_API_KEY as a way to sign in, but its requests only read the other name.
  const { GEMINI_API_KEY: gemini, ...rest } = env;
  if (gemini === undefined) return { env: rest, unset: [], files: [] };
  return { env: { [google]: gemini, ...rest }, unset: ['GEMINI_API_KEY'], files: [] };
}
