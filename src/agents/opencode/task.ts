// `opencode run --format json`: one JSON object per line. It gives no verdict of its own: the turn is finished by the
// last step whose reason is `stop`, and only when no tool was refused for want of a permission.
import * as z from 'zod';
import type { AgentEvent, Usage } from '../../domain/agent-event.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { TaskParser } from '../agent.ts';
import { readJsonLine } from '../json-line.ts';
import { Tokens } from './events.ts';
import { ErrorInfo, isAbort, readError } from './trouble.ts';
import { usageOf } from './usage.ts';

const of = { sessionID: z.string() };
const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step_start'), ...of }),
  z.object({ type: z.literal('text'), ...of, part: z.object({ text: z.string() }) }),
  z.object({ type: z.literal('reasoning'), ...of, part: z.object({ text: z.string() }) }),
  z.object({
    type: z.literal('tool_use'),
    ...of,
    part: z.object({
      tool: z.string(),
      callID: z.string(),
      state: z.object({
        status: z.string(),
        input: z.record(z.string(), z.unknown()).default({}),
        metadata: z.object({ exists: z.boolean().optional() }).loose().optional(),
        error: z.string().optional(),
      }),
    }),
  }),
  z.object({
    type: z.literal('step_finish'),
    ...of,
    part: z.object({ reason: z.string(), tokens: Tokens.optional(), cost: z.number().optional() }),
  }),
  z.object({ type: z.literal('error'), ...of, error: ErrorInfo }),
]);
type Line = z.infer<typeof Line>;

export function taskParser(): TaskParser {
  let conversation: string | null = null;
  const sum: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: 0 };
  /** The last step ended the turn. */
  let stopped = false;
  let failed = false;
  let refusal: string | null = null;
  /** The last words on standard error. */
  let complaint: string | null = null;

  function onLine(line: Line): AgentEvent[] {
    const events: AgentEvent[] = [];
    if (line.sessionID !== '' && line.sessionID !== conversation) {
      conversation = line.sessionID;
      events.push({ type: 'conversation', id: line.sessionID });
    }
    return [...events, ...onPart(line)];
  }

  function onPart(line: Line): AgentEvent[] {
    switch (line.type) {
      case 'step_start':
        stopped = false;
        return [];
      case 'text':
      case 'reasoning': {
        const text = line.part.text.trim();
        return text === '' ? [] : [{ type: 'message', role: line.type === 'text' ? 'agent' : 'thought', text }];
      }
      case 'tool_use':
        return onTool(line.part);
      case 'step_finish': {
        stopped = line.part.reason === 'stop';
        if (line.part.tokens === undefined) return [];
        add(sum, usageOf(line.part.tokens, line.part.cost ?? 0));
        return [{ type: 'usage', usage: { ...sum } }];
      }
      case 'error': {
        failed = true;
        const { reason, message } = readError(line.error);
        complaint = isAbort(line.error) ? 'it was interrupted' : message;
        return [{ type: 'error', reason, message: complaint, retryAt: null, final: true }];
      }
    }
  }

  function onTool({ tool, callID, state }: Extract<Line, { type: 'tool_use' }>['part']): AgentEvent[] {
    const path = text(state.input['filePath']);
    const detail =
      text(state.input['command']) ?? path ?? text(state.input['pattern']) ?? text(state.input['url']) ?? '';
    const ok = state.status === 'completed';
    const isRefused = !ok && /reject|denied|permission/i.test(state.error ?? '');
    if (isRefused) refusal = `${tool} was refused: it may not ask in a task`;
    const event: AgentEvent = {
      type: 'tool',
      call: callID,
      name: tool,
      detail: plainLine(detail).slice(0, 300),
      state: ok ? 'done' : isRefused ? 'refused' : 'failed',
    };
    if (!ok || path === null || (tool !== 'write' && tool !== 'edit')) return [event];
    const isNew = tool === 'write' && state.metadata?.exists === false;
    return [event, { type: 'file', path, change: isNew ? 'added' : 'modified' }];
  }

  return {
    push(raw) {
      const line = readJsonLine(raw, Line);
      if (line !== null) return onLine(line);
      const said = plainLine(raw).slice(0, 500);
      if (said !== '' && !raw.startsWith('{')) complaint = said;
      return [];
    },
    end({ code, signal }) {
      const how = signal === null ? `code ${code ?? 'unknown'}` : `signal ${signal}`;
      if (stopped && !failed && refusal === null) return [{ type: 'done', ok: true, message: null }];
      const message = refusal ?? complaint ?? `the program ended with ${how} before it was done`;
      const events: AgentEvent[] = [{ type: 'done', ok: false, message }];
      if (!failed) events.unshift({ type: 'error', reason: 'agent', message, retryAt: null, final: true });
      return events;
    },
  };
}

function add(sum: Usage, more: Usage): void {
  sum.inputTokens += more.inputTokens;
  sum.outputTokens += more.outputTokens;
  sum.cachedTokens += more.cachedTokens;
  sum.cost = (sum.cost ?? 0) + (more.cost ?? 0);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
