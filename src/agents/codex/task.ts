// What `codex exec --json` prints, one JSON per line. It ends with code 0 also when what it did was refused, so the
// state of its last change counts.
import * as z from 'zod';
import type { AgentEvent } from '../../domain/agent-event.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { TaskParser } from '../agent.ts';
import { readJsonLine } from '../json-line.ts';
import { readFailure } from './failure.ts';
import { TokenUsage, usageOf } from './records.ts';

const status = z.string().optional();
const Item = z.discriminatedUnion('type', [
  z.object({ type: z.literal('agent_message'), id: z.string(), text: z.string() }),
  z.object({ type: z.literal('reasoning'), id: z.string(), text: z.string() }),
  z.object({ type: z.literal('error'), id: z.string(), message: z.string() }),
  z.object({
    type: z.literal('command_execution'),
    id: z.string(),
    command: z.string(),
    exit_code: z.number().nullish(),
    status,
  }),
  z.object({
    type: z.literal('file_change'),
    id: z.string(),
    changes: z.array(z.object({ path: z.string(), kind: z.string() })),
    status,
  }),
  z.object({ type: z.literal('mcp_tool_call'), id: z.string(), server: z.string(), tool: z.string(), status }),
  z.object({ type: z.literal('web_search'), id: z.string(), query: z.string().default(''), status }),
]);
type Item = z.infer<typeof Item>;

const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('thread.started'), thread_id: z.string() }),
  z.object({ type: z.literal('item.started'), item: Item }),
  z.object({ type: z.literal('item.completed'), item: Item }),
  z.object({ type: z.literal('turn.completed'), usage: TokenUsage }),
  z.object({ type: z.literal('turn.failed'), error: z.object({ message: z.string() }) }),
  z.object({ type: z.literal('error'), message: z.string() }),
]);

const changes: Record<string, 'added' | 'modified' | 'deleted'> = {
  add: 'added',
  update: 'modified',
  delete: 'deleted',
};
const retries = /^Reconnecting\.\.\. |^Falling back /;

export function taskParser(now: () => number = Date.now): TaskParser {
  /** What the last change did not do, in words; null when it was done. */
  let undone: string | null = null;
  let lastError: string | null = null;
  let hasEnded = false;

  return {
    push(line) {
      const read = readJsonLine(line, Line);
      if (read === null) return [];
      switch (read.type) {
        case 'thread.started':
          return [{ type: 'conversation', id: read.thread_id }];
        case 'item.started':
          return onItem(read.item, false);
        case 'item.completed':
          return onItem(read.item, true);
        case 'turn.completed':
          hasEnded = true;
          return [
            { type: 'usage', usage: usageOf(read.usage) },
            { type: 'done', ok: undone === null, message: undone },
          ];
        case 'turn.failed':
          hasEnded = true;
          return failed(readableError(read.error.message));
        case 'error': {
          const message = readableError(read.message);
          lastError = message;
          // Without the mark of another try it is said again as the turn's failure.
          return retries.test(message) ? [trouble(message, false)] : [];
        }
      }
    },
    end({ code }) {
      if (hasEnded) return [];
      return failed(lastError ?? `Codex ended before it finished${code === null ? '' : ` (code ${code})`}`);
    },
  };

  function failed(message: string): AgentEvent[] {
    return [trouble(message, true), { type: 'done', ok: false, message }];
  }

  function trouble(message: string, final: boolean): AgentEvent {
    return { type: 'error', ...readFailure(message, now()), message, final };
  }

  function onItem(item: Item, ended: boolean): AgentEvent[] {
    switch (item.type) {
      case 'agent_message':
        return ended ? [{ type: 'message', role: 'agent', text: item.text }] : [];
      case 'reasoning':
        return ended ? [{ type: 'message', role: 'thought', text: item.text }] : [];
      case 'error':
        return ended ? [trouble(item.message, false)] : [];
      case 'command_execution': {
        const state = ended ? stateOf(item.status, item.exit_code ?? 0) : 'started';
        if (ended) undone = state === 'refused' ? `a command was not allowed: ${plainLine(item.command)}` : null;
        return [tool(item.id, 'shell', plainLine(item.command), state)];
      }
      case 'file_change': {
        const state = ended ? stateOf(item.status, 0) : 'started';
        const paths = item.changes.map(({ path }) => path).join(', ');
        if (ended) undone = state === 'done' ? null : `files could not be changed: ${paths}`;
        const files = item.changes.map(
          ({ path, kind }): AgentEvent => ({ type: 'file', path, change: changes[kind] ?? 'modified' }),
        );
        return [tool(item.id, 'apply_patch', paths, state), ...(state === 'done' ? files : [])];
      }
      case 'mcp_tool_call':
        return [tool(item.id, `${item.server}.${item.tool}`, '', ended ? stateOf(item.status, 0) : 'started')];
      case 'web_search':
        return [tool(item.id, 'web_search', plainLine(item.query), ended ? 'done' : 'started')];
    }
  }
}

type ToolState = Extract<AgentEvent, { type: 'tool' }>['state'];

function tool(call: string, name: string, detail: string, state: ToolState): AgentEvent {
  return { type: 'tool', call, name, detail, state };
}

function stateOf(status: string | undefined, exitCode: number): ToolState {
  if (status === 'declined') return 'refused';
  return status === 'failed' || exitCode !== 0 ? 'failed' : 'done';
}

/** Some are the provider's JSON as it came. */
function readableError(message: string): string {
  const body = readJsonLine(message, z.object({ error: z.object({ message: z.string() }) }));
  return plainLine(body?.error.message ?? message);
}
