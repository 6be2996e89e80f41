// The lines of the demo agent's task mode (src/demo-agent/task.ts).
import * as z from 'zod';
import type { AgentEvent } from '../../domain/agent-event.ts';
import type { TaskParser } from '../agent.ts';
import { readJsonLine } from '../json-line.ts';

const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begin'), conversation: z.string() }),
  z.object({ type: z.enum(['thought', 'say']), text: z.string() }),
  z.object({ type: z.literal('edit'), path: z.string(), verb: z.enum(['added', 'edited']) }),
  z.object({ type: z.literal('refused'), question: z.string() }),
  z.object({ type: z.literal('usage'), input: z.number(), output: z.number(), cost: z.number() }),
  z.object({ type: z.literal('end'), ok: z.boolean(), text: z.string() }),
]);

export function demoTask(): TaskParser {
  return {
    push(line) {
      const read = readJsonLine(line, Line);
      return read === null ? [] : [eventOf(read)];
    },
    end: () => [],
  };
}

function eventOf(line: z.infer<typeof Line>): AgentEvent {
  switch (line.type) {
    case 'begin':
      return { type: 'conversation', id: line.conversation };
    case 'thought':
      return { type: 'message', role: 'thought', text: line.text };
    case 'say':
      return { type: 'message', role: 'agent', text: line.text };
    case 'edit':
      return { type: 'file', path: line.path, change: line.verb === 'added' ? 'added' : 'modified' };
    case 'refused':
      return { type: 'tool', call: null, name: 'edit', detail: line.question, state: 'refused' };
    case 'usage': {
      const { input, output, cost } = line;
      return { type: 'usage', usage: { inputTokens: input, outputTokens: output, cachedTokens: 0, cost } };
    }
    case 'end':
      return { type: 'done', ok: line.ok, message: line.text };
  }
}
