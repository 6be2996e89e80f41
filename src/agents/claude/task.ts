// `claude -p --output-format stream-json --verbose`: one JSON per line. `is_error` of the result counts, not `subtype`
// (which says "success" after failed requests too) and not the exit code.
import * as z from 'zod';
import type { AgentEvent } from '../../domain/agent-event.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { TaskParser } from '../agent.ts';
import { readJsonLine } from '../json-line.ts';
import { reasonOf, reasonOfName } from './failure.ts';
import { MessageUsage, readUsage } from './transcript.ts';

const Block = z
  .object({
    type: z.string(),
    text: z.string().optional(),
    thinking: z.string().optional(),
    id: z.string().optional(),
    name: z.string().optional(),
    input: z.record(z.string(), z.unknown()).optional(),
    tool_use_id: z.string().optional(),
    is_error: z.boolean().optional(),
  })
  .catch({ type: '' });
type Block = z.infer<typeof Block>;

const Line = z.object({
  type: z.string(),
  subtype: z.string().optional(),
  session_id: z.string().optional(),
  parent_tool_use_id: z.string().nullish(),
  message: z
    .object({ content: z.union([z.string(), z.array(Block)]) })
    .optional()
    .catch(undefined),
  is_api_error_message: z.boolean().optional(),
  isApiErrorMessage: z.boolean().optional(),
  error: z.string().nullish().catch(null),
  error_status: z.number().nullish(),
  attempt: z.number().optional(),
  max_retries: z.number().optional(),
  rate_limit_info: z.object({ status: z.string(), resetsAt: z.number().optional() }).optional().catch(undefined),
  tool_use_id: z.string().optional(),
  tool_use_result: z.unknown().optional(),
  is_error: z.boolean().optional(),
  result: z.string().optional(),
  total_cost_usd: z.number().optional(),
  usage: MessageUsage.optional().catch(undefined),
});
type Line = z.infer<typeof Line>;

const Written = z.object({ type: z.enum(['create', 'update']).optional(), filePath: z.string() });

const detailLimit = 200;

export function taskParser(): TaskParser {
  let conversation: string | null = null;
  let retryAt: number | null = null;
  let ended = false;
  const refused = new Set<string>();

  const read = (line: Line): AgentEvent[] => {
    switch (line.type) {
      case 'system':
        return onSystem(line);
      case 'assistant':
        return onAssistant(line);
      case 'user':
        return onUser(line);
      case 'rate_limit_event': {
        const info = line.rate_limit_info;
        if (info?.status === 'rejected' && info.resetsAt !== undefined) retryAt = info.resetsAt * 1000;
        return [];
      }
      case 'result':
        return onResult(line);
      default:
        return [];
    }
  };

  const onSystem = (line: Line): AgentEvent[] => {
    if (line.subtype === 'init' && line.session_id !== undefined && line.session_id !== conversation) {
      conversation = line.session_id;
      return [{ type: 'conversation', id: line.session_id }];
    }
    if (line.subtype === 'permission_denied' && line.tool_use_id !== undefined) refused.add(line.tool_use_id);
    if (line.subtype !== 'api_retry') return [];
    const words = [line.error_status, (line.error ?? 'no answer').replaceAll('_', ' ')].filter((word) => word != null);
    return [
      {
        type: 'error',
        reason: reasonOfName(line.error ?? null) ?? (line.error_status == null ? 'network' : 'agent'),
        message: `${words.join(' ')}; it tries again by itself, attempt ${line.attempt ?? '?'}/${line.max_retries ?? '?'}`,
        retryAt: null,
        final: false,
      },
    ];
  };

  const onAssistant = (line: Line): AgentEvent[] => {
    // The result says it again, as the verdict.
    if (line.is_api_error_message === true || line.isApiErrorMessage === true) return [];
    return blocksOf(line).flatMap((block): AgentEvent[] => {
      if (block.type === 'text' && block.text) return [{ type: 'message', role: 'agent', text: block.text }];
      if (block.type === 'thinking' && block.thinking) {
        return [{ type: 'message', role: 'thought', text: block.thinking }];
      }
      if (block.type !== 'tool_use' || block.name === undefined) return [];
      const detail = detailOf(block.input ?? {});
      return [{ type: 'tool', call: block.id ?? null, name: block.name, detail, state: 'started' }];
    });
  };

  const onUser = (line: Line): AgentEvent[] =>
    blocksOf(line).flatMap((block): AgentEvent[] => {
      if (block.type !== 'tool_result') return [];
      const call = block.tool_use_id ?? null;
      const wasRefused = call !== null && refused.delete(call);
      const state = wasRefused ? 'refused' : block.is_error === true ? 'failed' : 'done';
      const ending: AgentEvent = { type: 'tool', call, name: '', detail: '', state };
      const written = Written.safeParse(line.tool_use_result).data;
      return written === undefined || state !== 'done' || written.type === undefined
        ? [ending]
        : [ending, { type: 'file', path: written.filePath, change: written.type === 'create' ? 'added' : 'modified' }];
    });

  const onResult = (line: Line): AgentEvent[] => {
    ended = true;
    const events: AgentEvent[] = [];
    if (line.usage !== undefined) {
      events.push({ type: 'usage', usage: { ...readUsage(line.usage), cost: line.total_cost_usd ?? null } });
    }
    const message = line.result === undefined || line.result === '' ? null : line.result;
    if (line.is_error !== true) return [...events, { type: 'done', ok: true, message }];
    const words = plainLine(message ?? line.subtype ?? 'the task failed');
    return [
      ...events,
      { type: 'error', reason: reasonOf(words), message: words, retryAt, final: true },
      { type: 'done', ok: false, message },
    ];
  };

  return {
    push: (text) => {
      const line = readJsonLine(text, Line);
      return line === null ? [] : read(line);
    },
    end: ({ code, signal }) => {
      if (ended) return [];
      const message = signal === null ? `it ended with code ${code} and no result` : `signal ${signal} ended it`;
      return [
        { type: 'error', reason: 'crash', message, retryAt: null, final: true },
        { type: 'done', ok: false, message },
      ];
    },
  };
}

function blocksOf(line: Line): readonly Block[] {
  const content = line.message?.content ?? [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** What a reader wants to see of a call: the command, the path, the pattern; else the first text. */
function detailOf(input: Record<string, unknown>): string {
  const named = ['command', 'file_path', 'path', 'pattern', 'url', 'query', 'description'].map((name) => input[name]);
  const text = [...named, ...Object.values(input)].find((value) => typeof value === 'string');
  return typeof text === 'string' ? plainLine(text).slice(0, detailLimit) : '';
}
