// How each of the six is reached, and what does not apply to it.
import type { AgentSignal } from '../../src/agents/agent.ts';
import { readEvent } from '../../src/agents/copilot/events.ts';
import { readTold } from '../../src/agents/opencode/events.ts';
import type { Tokens } from '../support/model-server/model-server.ts';
import type { Fail } from '../support/model-server/script.ts';
import type { RealAgent } from './real-agents.ts';
import type { Scenario } from './scenarios.ts';

export interface AgentUnderTest {
  id: RealAgent;
  /** Base URL and a fake key, as the server's owner would have them set. */
  env(modelUrl: string): Record<string, string>;
  /** Which requests the agent tells the tokens of: all, or without those for titles. Null: it tells none. */
  usage: { interactive: 'all' | 'conversation' | null; task: 'all' | 'conversation' };
  /**
   * US dollars: by its own words (`said`: what it printed and the lines of its files) or by the prices it was given.
   * Without it the agent tells no cost.
   */
  cost?(tokens: Tokens, said: string): number | null;
  /** Key or keys that interrupt the turn; several are typed one after the other. */
  interrupt?: string | readonly string[];
  /** The same agent with another credential, where the usage limit exists only for that. */
  usageLimitEnv?(modelUrl: string): Record<string, string>;
  /** When it is limited it says when it tries again. */
  tellsNextTry?: boolean;
  /** How the failures look to this provider, where a plain status is not enough. */
  fail?: Partial<Record<Scenario, Fail>>;
  /** Why a scenario does not apply. */
  skip?: Partial<Record<Scenario, string>>;
  /** A command of the program without which it has no tool to ask with. */
  asksAfter?: string;
  /** The command that quits it, or the keys; `/exit` unless told. */
  exit?: string | { keys: readonly string[] };
  /** The digit that allows once; 1 unless told. */
  allow?: string;
  /** The key that selects the next choice of a permission; down unless told. */
  next?: string;
  /** Of what it says elsewhere than in its terminal, what recordings keep; everything unless told. */
  kept?(signal: AgentSignal): boolean;
  /** Whether the agent repeats requests by itself after a trouble, so that it recovers in the end. */
  deadlineMs?: number;
}

/** Root may not skip permissions without this; nothing else changes. */
const common = { IS_SANDBOX: '1' };

/** US dollars per million tokens; what comes from the cache is free. */
const price = { input: 1, output: 2 };

/** A provider on the scripted model. The key is the owner's. */
const provider = (url: string): object => ({
  npm: '@ai-sdk/openai-compatible',
  name: 'Scripted',
  options: { baseURL: `${url}/v1`, apiKey: '{env:OPENAI_API_KEY}' },
  models: { m: { name: 'M', limit: { context: 200_000, output: 8000 }, cost: price } },
});

export const agentsUnderTest: Record<RealAgent, AgentUnderTest> = {
  claude: {
    id: 'claude',
    usage: { interactive: 'conversation', task: 'conversation' },
    env: (url) => ({ ...common, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'sk-test-0123456789abcdef0123' }),
    // Most of its file are the requests themselves.
    kept: (signal) =>
      signal.kind !== 'file' ||
      (/"type":"(?:assistant|user|cost-state)"/.test(signal.line) && !signal.line.includes('"type":"api-request')),
    // It knows the prices of its models. On its own screen it writes the sum when it ends.
    cost: (_tokens, said) => last(said, /"total_cost_usd":([\d.e-]+)/g) ?? last(said, /"totalCostUSD":([\d.e-]+)/g),
    // Only subscriptions have a limit that says when it ends.
    usageLimitEnv: (url) => ({ ...common, ANTHROPIC_BASE_URL: url, CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-test' }),
  },
  codex: {
    id: 'codex',
    usage: { interactive: 'conversation', task: 'conversation' },
    env: (url) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: 'sk-test-0123456789abcdef0123' }),
    // It tries again for up to half a minute before it says that it failed.
    deadlineMs: 60_000,
    asksAfter: '/plan',
    exit: '/quit',
  },
  copilot: {
    id: 'copilot',
    usage: { interactive: 'conversation', task: 'conversation' },
    env: (url) => ({
      COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
      COPILOT_PROVIDER_API_KEY: 'sk-test-0123456789abcdef0123',
      COPILOT_MODEL: 'scripted-model',
      COPILOT_OFFLINE: 'true',
    }),
    // Within half a second. In kitty's encoding, which it asks for: two plain ones may be one other key.
    interrupt: ['\u001b[27u', '\u001b[27u'],
    kept: (signal) => signal.kind !== 'file' || readEvent(signal.line) !== null,
    // It unpacks itself on its first start, and tries a request again five times.
    deadlineMs: 60_000,
    // Only GitHub says when a limit ends.
    usageLimitEnv: (url) => ({
      COPILOT_GITHUB_TOKEN: 'github_pat_test0123456789',
      COPILOT_API_URL: url,
      COPILOT_DEBUG_GITHUB_API_URL: url,
      COPILOT_MODEL: 'scripted-model',
    }),
    fail: { 'usage-limit': { status: 429, retryAfter: 3600 } },
    skip: {
      fork: 'it has no way to copy a conversation',
      'token-expired': 'it says the same of an expired and of a wrong one; shown as failed: auth',
    },
  },
  gemini: {
    id: 'gemini',
    tellsNextTry: true,
    // A small model chooses, before each turn, which one takes it; a task counts that too.
    usage: { interactive: 'conversation', task: 'all' },
    env: (url) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: 'test-0123456789' }),
    deadlineMs: 60_000,
    // Its log tells of everything.
    kept: (signal) =>
      signal.kind !== 'file' ||
      /Attempt \d+ failed|Retrying after|Error when talking|\[(?:PolicyEngine\.check|Routing)\]/.test(signal.line),
    fail: {
      // No answer says when a day's quota is back.
      'usage-limit': { status: 429, message: 'You exceeded your daily quota.' },
    },
    skip: {
      fork: 'it has no way to copy a conversation',
      'broken-stream': 'it ends the turn when a stream breaks; shown as failed: network',
    },
  },
  opencode: {
    id: 'opencode',
    tellsNextTry: true,
    usage: { interactive: 'conversation', task: 'conversation' },
    cost: ({ input, cached, output }) => ((input - cached) * price.input + output * price.output) / 1_000_000,
    env: (url) => ({
      OPENAI_API_KEY: 'sk-test-0123456789',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        model: 'scripted/m',
        small_model: 'scripted/m',
        provider: { scripted: provider(url) },
      }),
    }),
    deadlineMs: 120_000,
    kept: (signal) => signal.kind !== 'event' || readTold(signal.url, signal.data) !== null,
    // The first asks whether it is meant. In kitty's encoding, which it asks for: two plain ones would be one other key.
    interrupt: ['\u001b[27u', '\u001b[27u'],
    next: '\u001b[C',
    skip: { fork: 'its copy of a conversation goes on in the worktree of the session it comes from' },
    fail: {
      // Nothing in its providers' answers says when a quota is back.
      'usage-limit': { status: 429, message: 'You exceeded your current quota.' },
    },
  },
  amp: {
    id: 'amp',
    tellsNextTry: true,
    // Neither its plugins nor its files on this machine know what a thread used.
    usage: { interactive: null, task: 'conversation' },
    env: (url) => ({ AMP_URL: url, AMP_API_KEY: 'sgamp_user_test' }),
    deadlineMs: 90_000,
    // Within a third of a second.
    interrupt: ['\u001b', '\u001b'],
    exit: { keys: ['\u0003', '\u0003'] },
    fail: {
      // Amp tells no time at which a quota is back.
      'usage-limit': { status: 429, message: "You've exceeded your usage quota of $10 for this period." },
    },
    skip: {
      fork: 'it has no way to copy a thread',
      'token-expired': 'its screen says the same of an expired and of a wrong key; shown as failed: auth',
      'question-answer': 'Amp has no tool that asks the user: it asks in its answer, and the turn ends',
    },
  },
};

/** Of the last number that this pattern finds. Null when it finds none. */
function last(said: string, pattern: RegExp): number | null {
  const found = [...said.matchAll(pattern)].at(-1)?.[1];
  return found === undefined ? null : Number(found);
}
