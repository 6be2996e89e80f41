// `--output-format stream-json`: one JSON object per line, and what the program says on its standard error between them.
// Success is a `result` that says so: a program that was ended prints none and still exits with 0.
import * as z from 'zod';
import type { AgentEvent } from '../../domain/agent-event.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { TaskParser } from '../agent.ts';
import { readJsonLine } from '../json-line.ts';
import { readTrouble } from './trouble.ts';
import { usageOf } from './usage.ts';

const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('init'), session_id: z.string() }),
  z.object({ type: z.literal('message'), role: z.string(), content: z.string(), delta: z.boolean().optional() }),
  z.object({
    type: z.literal('tool_use'),
    tool_name: z.string(),
    tool_id: z.string(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
  z.object({ type: z.literal('tool_result'), tool_id: z.string(), status: z.string(), output: z.unknown().optional() }),
  z.object({ type: z.literal('error'), severity: z.string().optional(), message: z.string() }),
  z.object({
    type: z.literal('result'),
    status: z.string(),
    error: z.object({ type: z.string().optional(), message: z.string() }).optional(),
    stats: z.object({ input_tokens: z.number(), output_tokens: z.number(), cached: z.number() }).optional(),
  }),
]);
type Line = z.infer<typeof Line>;

/** What it says when there is no way to sign in, before anything else. */
const noAuth = /Please set an Auth method|Invalid auth method/;

export function taskParser(): TaskParser {
  /** Pieces of what the model says, until something else comes. */
  let said = '';
  let ended = false;
  /** The last words on standard error. */
  let complaint: string | null = null;
  let pending: string | null = null;
  const tools = new Map<string, { name: string; path: string | null; detail: string }>();

  const flush = (): AgentEvent[] => {
    const text = said.trim();
    said = '';
    return text === '' ? [] : [{ type: 'message', role: 'agent', text }];
  };
  const error = (text: string, final: boolean, retryAt: number | null = null): AgentEvent => {
    const { reason, message } = readTrouble(text);
    return { type: 'error', reason, message, retryAt, final };
  };

  function onLine(line: Line): AgentEvent[] {
    if (line.type === 'message') {
      if (line.role === 'assistant') said += line.content;
      return [];
    }
    return [...flush(), ...onOther(line)];
  }

  function onOther(line: Exclude<Line, { type: 'message' }>): AgentEvent[] {
    switch (line.type) {
      case 'init':
        return [{ type: 'conversation', id: line.session_id }];
      case 'tool_use': {
        const tool = { name: line.tool_name, ...describe(line.tool_name, line.parameters ?? {}) };
        tools.set(line.tool_id, tool);
        return [{ type: 'tool', call: line.tool_id, name: tool.name, detail: tool.detail, state: 'started' }];
      }
      case 'tool_result': {
        const tool = tools.get(line.tool_id) ?? { name: 'tool', path: null, detail: '' };
        tools.delete(line.tool_id);
        const ok = line.status === 'success';
        const state = ok ? 'done' : refused(line.output) ? 'refused' : 'failed';
        const event: AgentEvent = { type: 'tool', call: line.tool_id, name: tool.name, detail: tool.detail, state };
        return ok && tool.path !== null ? [event, { type: 'file', path: tool.path, change: 'modified' }] : [event];
      }
      case 'error':
        return [error(line.message, false)];
      case 'result': {
        ended = true;
        const { stats } = line;
        const events: AgentEvent[] =
          stats === undefined
            ? []
            : [
                {
                  type: 'usage',
                  usage: usageOf({ input: stats.input_tokens, output: stats.output_tokens, cached: stats.cached }),
                },
              ];
        const ok = line.status === 'success';
        const message = ok ? null : (line.error?.message ?? complaint ?? 'the task did not succeed');
        if (message !== null) events.push(error(message.replace(/^\[API Error: (.*)\]$/s, '$1'), true));
        return [...events, { type: 'done', ok, message: message === null ? null : readTrouble(message).message }];
      }
    }
  }

  /** Standard error: an attempt that failed is followed by when the next one is. */
  function onText(text: string): AgentEvent[] {
    const retry = /^(Attempt \d+ failed)/.exec(text);
    if (retry !== null) {
      if (text.includes('Retrying with backoff')) return [error(text, false)];
      pending = text;
      return [];
    }
    if (pending !== null && /Retrying after \d+ms/.test(text)) {
      const before = pending;
      pending = null;
      return [error(before, false)];
    }
    if (text !== '' && !/^(?:at |[{}]|Ripgrep|YOLO mode|\w+: )/.test(text)) complaint = text;
    return [];
  }

  return {
    push(raw) {
      if (ended) return [];
      const line = readJsonLine(raw, Line);
      return line === null ? onText(plainLine(raw).slice(0, 1000)) : onLine(line);
    },
    end({ code, signal }) {
      if (ended) return flush();
      ended = true;
      const how = signal === null ? `code ${code ?? 'unknown'}` : `signal ${signal}`;
      const message = complaint ?? `the program ended with ${how} before it was done`;
      const isAuth = code === 41 || noAuth.test(message);
      const trouble = isAuth ? { reason: 'auth' as const, message } : readTrouble(message);
      return [
        ...flush(),
        { type: 'error', ...trouble, retryAt: null, final: true },
        { type: 'done', ok: false, message: trouble.message },
      ];
    },
  };
}

function describe(name: string, parameters: Record<string, unknown>): { path: string | null; detail: string } {
  const text = (key: string): string | null => {
    const value = parameters[key];
    return typeof value === 'string' ? value : null;
  };
  const path = text('file_path');
  const detail =
    text('command') ?? path ?? text('absolute_path') ?? text('pattern') ?? text('query') ?? text('url') ?? '';
  const writes = name === 'write_file' || name === 'replace';
  return { path: writes ? path : null, detail: plainLine(detail).slice(0, 300) };
}

function refused(output: unknown): boolean {
  return typeof output === 'string' && /denied by policy|not allowed|cancelled by user/i.test(output);
}
