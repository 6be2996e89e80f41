// `amp --execute --stream-json`: one JSON per line. `is_error` of the result counts: the exit code is 0 after failures
// too. What goes wrong before the thread is there is plain text on standard error.
import * as z from 'zod';
import type { AgentEvent, Usage } from '../../domain/agent-event.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { TaskParser } from '../agent.ts';
import { readJsonLine } from '../json-line.ts';
import { readTrouble } from './trouble.ts';

const Block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string() }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: z.unknown().optional(),
    is_error: z.boolean().optional(),
  }),
]);
/** A block of a kind we do not know is left out. */
const Content = z.array(Block.nullable().catch(null));

const Tokens = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  cache_read_input_tokens: z.number().nullish(),
  cache_creation_input_tokens: z.number().nullish(),
});

const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('system'), session_id: z.string().optional() }),
  z.object({ type: z.literal('user'), message: z.object({ content: Content }) }),
  z.object({
    type: z.literal('assistant'),
    message: z.object({ content: Content, usage: Tokens.optional().catch(undefined) }),
    parent_tool_use_id: z.string().nullish(),
  }),
  z.object({
    type: z.literal('result'),
    is_error: z.boolean(),
    result: z.string().optional(),
    error: z.string().optional(),
  }),
]);
type Line = z.infer<typeof Line>;
type Block = z.infer<typeof Block>;

/** It asks to sign in, on the screen and in a task alike, and then waits for ever. */
const asksToSignIn = /No API key found|Would you like to log in|\/auth\/cli-login|paste your code here/;

export function taskParser(): TaskParser {
  const tools = new Map<string, { name: string; detail: string; path: string | null; adds: boolean }>();
  const usage: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cost: null };
  let complaint: string | null = null;
  let ended = false;

  const fail = (text: string): AgentEvent[] => {
    ended = true;
    const trouble = readTrouble(text);
    return [
      { type: 'error', ...trouble, retryAt: null, final: true },
      { type: 'done', ok: false, message: trouble.message },
    ];
  };

  function onBlock(block: Block, isSubagent: boolean): AgentEvent[] {
    switch (block.type) {
      case 'text':
        return block.text.trim() === '' || isSubagent
          ? []
          : [{ type: 'message', role: 'agent', text: block.text.trim() }];
      case 'thinking':
        return isSubagent ? [] : [{ type: 'message', role: 'thought', text: block.thinking.trim() }];
      case 'tool_use': {
        const tool = { name: block.name, ...describe(block.name, block.input) };
        tools.set(block.id, tool);
        return [{ type: 'tool', call: block.id, name: tool.name, detail: tool.detail, state: 'started' }];
      }
      case 'tool_result': {
        const { name, detail, path, adds } = tools.get(block.tool_use_id) ?? unknownTool;
        tools.delete(block.tool_use_id);
        const state = stateOf(block.is_error === true, block.content);
        const event: AgentEvent = { type: 'tool', call: block.tool_use_id, name, detail, state };
        if (state !== 'done' || path === null) return [event];
        return [event, { type: 'file', path, change: adds ? 'added' : 'modified' }];
      }
    }
  }

  function onLine(line: Line): AgentEvent[] {
    switch (line.type) {
      case 'system':
        return line.session_id === undefined ? [] : [{ type: 'conversation', id: line.session_id }];
      case 'user':
        // The prompt comes back as a text of the user: everybody knows it.
        return line.message.content.flatMap((block) => (block?.type === 'tool_result' ? onBlock(block, false) : []));
      case 'assistant': {
        const isSubagent = line.parent_tool_use_id != null;
        const events = line.message.content.flatMap((block) => (block === null ? [] : onBlock(block, isSubagent)));
        const tokens = line.message.usage;
        if (tokens === undefined) return events;
        usage.inputTokens += tokens.input_tokens + (tokens.cache_creation_input_tokens ?? 0);
        usage.outputTokens += tokens.output_tokens;
        usage.cachedTokens += tokens.cache_read_input_tokens ?? 0;
        return [...events, { type: 'usage', usage: { ...usage } }];
      }
      case 'result':
        if (line.is_error) return fail(line.error ?? line.result ?? 'the task did not succeed');
        ended = true;
        return [{ type: 'done', ok: true, message: line.result === undefined ? null : plainLine(line.result) }];
    }
  }

  function onText(text: string): AgentEvent[] {
    if (asksToSignIn.test(text)) return fail('no API key: it asks to log in');
    if (text !== '') complaint = text;
    return [];
  }

  return {
    push(raw) {
      if (ended) return [];
      const line = readJsonLine(raw, Line);
      return line === null ? onText(raw.startsWith('{') ? '' : plainLine(raw).slice(0, 1000)) : onLine(line);
    },
    end({ code, signal }) {
      if (ended) return [];
      const how = signal === null ? `code ${code ?? 'unknown'}` : `signal ${signal}`;
      return fail(complaint ?? `the program ended with ${how} before it was done`);
    },
  };
}

const unknownTool = { name: 'tool', detail: '', path: null, adds: false };

function describe(
  name: string,
  input: Record<string, unknown>,
): { detail: string; path: string | null; adds: boolean } {
  const text = (key: string): string | null => {
    const value = input[key];
    return typeof value === 'string' ? value : null;
  };
  const path = text('path');
  const detail = text('command') ?? text('cmd') ?? path ?? text('pattern') ?? text('query') ?? text('url') ?? '';
  const adds = name === 'create_file';
  return { detail: plainLine(detail).slice(0, 300), path: adds || name === 'edit_file' ? path : null, adds };
}

/** A command's own exit code stands in its result: it is no error of the tool to Amp. */
function stateOf(isError: boolean, content: unknown): 'done' | 'failed' | 'refused' {
  const text = typeof content === 'string' ? content : JSON.stringify(content ?? '');
  if (/^(?:Tool rejected by|User rejected|Rejected)/i.test(text)) return 'refused';
  const exitCode = /"exitCode":\s*(-?\d+)\s*\}?$/.exec(text)?.[1];
  return isError || (exitCode !== undefined && exitCode !== '0') ? 'failed' : 'done';
}
