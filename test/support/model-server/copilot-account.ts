// What Copilot asks GitHub about an account before its first turn: who it is, and which models it may use. The turns
// themselves are chat completions.
import type { Protocol } from './model-server.ts';

const model = {
  id: 'scripted-model',
  name: 'Scripted',
  vendor: 'Scripted',
  object: 'model',
  version: '1',
  preview: false,
  model_picker_enabled: true,
  is_chat_default: true,
  is_chat_fallback: true,
  policy: { state: 'enabled', terms: '' },
  supported_endpoints: ['/chat/completions'],
  capabilities: {
    type: 'chat',
    family: 'scripted',
    object: 'model_capabilities',
    tokenizer: 'o200k_base',
    limits: { max_context_window_tokens: 200_000, max_output_tokens: 64_000, max_prompt_tokens: 136_000 },
    supports: { streaming: true, tool_calls: true, parallel_tool_calls: true },
  },
};

export const copilotAccount: Protocol = {
  async handle(exchange) {
    const { method, path, headers } = exchange.request;
    if (method !== 'GET') return false;
    const url = `http://${headers['host']}`;
    if (path === '/copilot_internal/user') {
      exchange.json(200, {
        login: 'dev',
        copilot_plan: 'individual',
        access_type_sku: 'plus_monthly_subscriber_quota',
        chat_enabled: true,
        endpoints: { api: url, telemetry: url },
        quota_snapshots: {},
      });
      return true;
    }
    if (path !== '/models') return false;
    exchange.json(200, { object: 'list', data: [model] });
    return true;
  },
};
