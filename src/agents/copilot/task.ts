// What a task of Copilot prints, one JSON per line, and behind it what was used. Its exit code is not enough: an answer
// may be that it was allowed nothing.
import * as z from 'zod';
import type { AgentEvent } from '../../domain/agent-event.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { TaskParser } from '../agent.ts';
import { readJsonLine } from '../json-line.ts';
import { readEvent } from './events.ts';
import { readFailure } from './failure.ts';

const changes: Record<string, 'added' | 'modified' | 'deleted'> = { create: 'added', delete: 'deleted' };
const Arguments = z.object({
  command: z.string().optional(),
  path: z.string().optional(),
  pattern: z.string().optional(),
  url: z.string().optional(),
});

export function taskParser(now: () => number = Date.now): TaskParser {
  const tools = new Map<string, { name: string; detail: string }>();
  let error: string | null = null;
  /** Words of the last tool that was not allowed, with nothing done after it. */
  let refused: string | null = null;
  let hasEnded = false;

  return { push, end };

  function push(line: string): AgentEvent[] {
    const event = readEvent(line);
    if (event === null) return readUsage(line);
    switch (event.type) {
      case 'assistant.message':
        return event.data.content === '' ? [] : [{ type: 'message', role: 'agent', text: event.data.content }];
      case 'assistant.reasoning':
        return [{ type: 'message', role: 'thought', text: event.data.content }];
      case 'tool.execution_start': {
        const { toolCallId, toolName } = event.data;
        const { command, path, pattern, url } = Arguments.safeParse(event.data.arguments).data ?? {};
        const tool = { name: toolName, detail: plainLine(command ?? path ?? pattern ?? url ?? '') };
        tools.set(toolCallId, tool);
        return [{ type: 'tool', call: toolCallId, ...tool, state: 'started' }];
      }
      case 'tool.execution_complete': {
        const { toolCallId, success, fileEdits } = event.data;
        const tool = tools.get(toolCallId) ?? { name: 'tool', detail: '' };
        tools.delete(toolCallId);
        const wasRefused = !success && /permission denied|denied by/i.test(event.data.error?.message ?? '');
        if (wasRefused) refused = `${tool.name} was not allowed: ${tool.detail}`;
        else if (success) refused = null;
        const state = success ? 'done' : wasRefused ? 'refused' : 'failed';
        const files = fileEdits.map(
          ({ path, kind }): AgentEvent => ({ type: 'file', path, change: changes[kind] ?? 'modified' }),
        );
        return [{ type: 'tool', call: toolCallId, ...tool, state }, ...(success ? files : [])];
      }
      case 'session.error': {
        const { errorType, statusCode = null } = event.data;
        const message = plainLine(event.data.message);
        error = message;
        const failure = readFailure({ errorType, statusCode, message }, now());
        return [{ type: 'error', ...failure, message, final: true }];
      }
      case 'assistant.turn_retry': {
        const { reason } = event.data;
        const failure = readFailure({ errorType: null, statusCode: null, message: reason }, now());
        return [{ type: 'error', ...failure, message: `it tries again: ${reason.replaceAll('_', ' ')}`, final: false }];
      }
      case 'result': {
        hasEnded = true;
        const ok = event.exitCode === 0 && error === null && refused === null;
        return [
          { type: 'conversation', id: event.sessionId },
          { type: 'done', ok, message: ok ? null : (error ?? refused ?? `it ended with code ${event.exitCode}`) },
        ];
      }
      default:
        return [];
    }
  }

  function end({ code }: { code: number | null }): AgentEvent[] {
    if (hasEnded) return [];
    const message = error ?? `Copilot ended before it finished${code === null ? '' : ` (code ${code})`}`;
    return [{ type: 'done', ok: false, message }];
  }
}

const UsageFile = z.object({
  modelMetrics: z.record(
    z.string(),
    z.object({
      usage: z.object({
        inputTokens: z.number(),
        outputTokens: z.number(),
        cacheReadTokens: z.number().default(0),
      }),
    }),
  ),
});

function readUsage(line: string): AgentEvent[] {
  const file = readJsonLine(line, UsageFile);
  if (file === null) return [];
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: null };
  for (const model of Object.values(file.modelMetrics)) {
    usage.inputTokens += Math.max(0, model.usage.inputTokens - model.usage.cacheReadTokens);
    usage.outputTokens += model.usage.outputTokens;
    usage.cachedTokens += model.usage.cacheReadTokens;
  }
  return [{ type: 'usage', usage }];
}
