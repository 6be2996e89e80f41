// The conversation's own file: one JSON per line, `<config>/projects/<worktree>/<conversation>.jsonl`. It tells what
// the terminal's report does not: the agent's last sentence, what was used, and until when a limit holds.
import * as z from 'zod';
import type { Usage } from '../../domain/agent-event.ts';
import type { FailReason } from '../../domain/status.ts';
import type { LaunchInput } from '../agent.ts';
import { readJsonLine } from '../json-line.ts';
import { reasonOf, reasonOfName } from './failure.ts';

/** Longer paths are cut and get a hash that we do not know: those are then not followed. */
const folderLimit = 200;

/** The folder is the worktree's path with everything but letters and digits replaced. */
export function transcriptPath(input: LaunchInput, conversation: string): string {
  const ownDirectory = input.owner['CLAUDE_CONFIG_DIR'] ?? `${input.owner['HOME'] ?? ''}/.claude`;
  const folder = input.worktree.replace(/[^a-zA-Z0-9]/g, '-').slice(0, folderLimit);
  return `${input.ownConfig ? ownDirectory : input.configDirectory}/projects/${folder}/${conversation}.jsonl`;
}

export const MessageUsage = z.object({
  input_tokens: z.number().catch(0),
  output_tokens: z.number().catch(0),
  cache_creation_input_tokens: z.number().nullish().catch(0),
  cache_read_input_tokens: z.number().nullish().catch(0),
});

const Line = z.object({
  type: z.enum(['assistant', 'user', 'cost-state']),
  isSidechain: z.boolean().optional(),
  message: z
    .object({
      id: z.string().optional(),
      content: z.union([
        z.string(),
        z.array(z.object({ type: z.string(), text: z.string().optional() }).catch({ type: '' })),
      ]),
      usage: MessageUsage.optional(),
    })
    .optional(),
  isApiErrorMessage: z.boolean().optional(),
  error: z.string().optional().catch(undefined),
  quotaLimits: z.object({ resetsAt: z.number() }).optional().catch(undefined),
  totalCostUSD: z.number().optional(),
});

export type TranscriptLine =
  /** The agent said this, its whole turn or a part. */
  | { kind: 'text'; text: string }
  /** The user said something, or a tool answered. */
  | { kind: 'user' }
  | { kind: 'error'; text: string; reason: FailReason; retryAt: number | null }
  | { kind: 'other' };

/** Reads lines in order; anything else than the few kinds of interest is `other`. Never throws. */
export class Transcript {
  #done = { inputTokens: 0, outputTokens: 0, cachedTokens: 0 };
  /** The message now being told: each of its blocks is a line that repeats the message's usage. */
  #current: { id: string; usage: Omit<Usage, 'cost'> } | null = null;
  #cost: number | null = null;

  /** Totals of the conversation. */
  get usage(): Usage {
    const now = this.#current?.usage ?? { inputTokens: 0, outputTokens: 0, cachedTokens: 0 };
    return { ...sum(this.#done, now), cost: this.#cost };
  }

  push(text: string): TranscriptLine {
    // Most of the file is the requests themselves: not worth parsing.
    if (!/"type":"(?:assistant|user|cost-state)"/.test(text) || text.includes('"type":"api-request')) {
      return { kind: 'other' };
    }
    const line = readJsonLine(text, Line);
    if (line === null) return { kind: 'other' };
    if (line.type === 'cost-state') this.#cost = line.totalCostUSD ?? this.#cost;
    if (line.message === undefined || line.isSidechain === true) return { kind: 'other' };
    if (line.type === 'user') return { kind: 'user' };
    const { id, content, usage } = line.message;
    const said = typeof content === 'string' ? content : content.map((block) => block.text ?? '').join('\n');
    if (line.isApiErrorMessage === true) {
      const retryAt = line.quotaLimits === undefined ? null : line.quotaLimits.resetsAt * 1000;
      const words = reasonOf(said);
      // The words tell an expired token from a wrong one, the name does not.
      const reason = words === 'token-expired' ? words : (reasonOfName(line.error ?? null) ?? words);
      return { kind: 'error', text: said, reason, retryAt };
    }
    if (id !== undefined && usage !== undefined) this.#count(id, readUsage(usage));
    return said.trim() === '' ? { kind: 'other' } : { kind: 'text', text: said };
  }

  #count(id: string, usage: Omit<Usage, 'cost'>): void {
    if (this.#current !== null && this.#current.id !== id) this.#done = sum(this.#done, this.#current.usage);
    this.#current = { id, usage };
  }
}

export function readUsage(usage: z.infer<typeof MessageUsage>): Omit<Usage, 'cost'> {
  return {
    inputTokens: usage.input_tokens + (usage.cache_creation_input_tokens ?? 0),
    outputTokens: usage.output_tokens,
    cachedTokens: usage.cache_read_input_tokens ?? 0,
  };
}

function sum(a: Omit<Usage, 'cost'>, b: Omit<Usage, 'cost'>): Omit<Usage, 'cost'> {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
  };
}
