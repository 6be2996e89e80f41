// Anthropic's Messages API, streamed and not, as Claude Code and others use it.
import { randomUUID } from 'node:crypto';
import type { Exchange, Protocol, Tokens } from './model-server.ts';
import type { At, Fail, Reply, Tool } from './script.ts';

interface Block {
  type: string;
  text?: string;
}

interface Message {
  role: 'user' | 'assistant';
  content: string | Block[];
}

interface MessagesRequest {
  model: string;
  stream?: boolean;
  system?: string | Block[];
  messages: Message[];
  tools?: Array<{ name: string }>;
}

type Answer = Extract<Reply, { kind: 'answer' }>;

export const anthropic: Protocol = {
  async handle(exchange) {
    const { method, path } = exchange.request;
    if (path.endsWith('/api/hello')) {
      exchange.response.writeHead(200).end();
      return true;
    }
    if (method !== 'POST' || !path.endsWith('/v1/messages')) return false;
    const body = exchange.request.body as MessagesRequest;
    // A title or a summary is asked for without tools; only the conversation itself is scripted.
    const reply: Reply =
      (body.tools ?? []).length === 0
        ? { kind: 'answer', pieces: [titleFor(body)], pauseMs: 0, tool: null }
        : exchange.next(readAt(body.messages));
    await give(exchange, body, reply);
    return true;
  },
};

async function give(exchange: Exchange, body: MessagesRequest, reply: Reply): Promise<void> {
  switch (reply.kind) {
    case 'answer':
      if (body.stream === true) return await stream(exchange, body, reply);
      return exchange.json(200, wholeMessage(body, reply, usageOf(exchange.use())));
    case 'fail':
      return fail(exchange, reply.fail);
    case 'hang':
      return await exchange.never();
    case 'break': {
      const events = exchange.stream();
      events.send('message_start', { type: 'message_start', message: emptyMessage(body) });
      return await events.cut();
    }
    case 'malformed':
      if (body.stream !== true) return exchange.json(200, { nonsense: true });
      exchange.response.writeHead(200, { 'content-type': 'text/event-stream' });
      exchange.response.end('event: message_start\ndata: {"type":"message_st\n\n');
  }
}

async function stream(exchange: Exchange, body: MessagesRequest, answer: Answer): Promise<void> {
  const events = exchange.stream();
  const send = (type: string, fields: object): void => events.send(type, { type, ...fields });
  const usage = usageOf(exchange.use());
  send('message_start', { message: { ...emptyMessage(body), usage: { ...usage, output_tokens: 1 } } });
  let index = 0;
  if (answer.pieces.length > 0) {
    send('content_block_start', { index, content_block: { type: 'text', text: '' } });
    for (const text of answer.pieces) {
      await events.pause(answer.pauseMs);
      send('content_block_delta', { index, delta: { type: 'text_delta', text } });
    }
    send('content_block_stop', { index });
    index++;
  }
  if (answer.tool !== null) {
    const { id, name, input } = toolUse(answer.tool, body);
    send('content_block_start', { index, content_block: { type: 'tool_use', id, name, input: {} } });
    send('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: JSON.stringify(input) } });
    send('content_block_stop', { index });
  }
  send('message_delta', {
    delta: { stop_reason: answer.tool === null ? 'end_turn' : 'tool_use', stop_sequence: null },
    usage,
  });
  send('message_stop', {});
  events.end();
}

function wholeMessage(body: MessagesRequest, answer: Answer, usage: object): object {
  const content: object[] = answer.pieces.length > 0 ? [{ type: 'text', text: answer.pieces.join('') }] : [];
  if (answer.tool !== null) content.push({ type: 'tool_use', ...toolUse(answer.tool, body) });
  return {
    ...emptyMessage(body),
    content,
    stop_reason: answer.tool === null ? 'end_turn' : 'tool_use',
    usage,
  };
}

/** Anthropic counts what came from the cache apart from the input. */
function usageOf({ input, cached, output }: Tokens): object {
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
  };
}

function emptyMessage({ model }: MessagesRequest): object {
  return {
    id: `msg_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 1 },
  };
}

/** The tools are called by the names that the request offers: Claude Code's first, then those of others. */
function toolUse(tool: Tool, body: MessagesRequest): { id: string; name: string; input: object } {
  const id = `toolu_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  const offered = new Set((body.tools ?? []).map(({ name }) => name));
  const isClaude = offered.has('Write') || offered.has('Bash');
  if ('write' in tool) {
    const path = `${workingDirectory(body)}/${tool.write.path}`;
    return isClaude
      ? { id, name: 'Write', input: { file_path: path, content: tool.write.content } }
      : { id, name: 'write', input: { filePath: path, content: tool.write.content } };
  }
  if ('run' in tool) {
    const input = { command: tool.run, description: 'Run a command' };
    return { id, name: isClaude ? 'Bash' : 'bash', input };
  }
  const { question, choices } = tool.ask;
  const options = choices.map((label) => ({ label, description: label }));
  return {
    id,
    name: isClaude ? 'AskUserQuestion' : 'question',
    input: { questions: [{ question, header: 'Question', options, multiSelect: false }] },
  };
}

/** Both name it in their system prompt; Claude Code in newer versions in a message. */
function workingDirectory(body: MessagesRequest): string {
  const text = JSON.stringify([body.system, body.messages]);
  return /[Ww]orking directory: ([^\\"\n]+)/.exec(text)?.[1] ?? '/tmp';
}

/** The last message that the user wrote, and the results of tools after it. */
function readAt(messages: readonly Message[]): At {
  let results = 0;
  for (const message of messages.toReversed()) {
    if (message.role !== 'user') continue;
    const blocks = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    if (blocks.some(({ type }) => type === 'tool_result')) results++;
    else {
      const user = blocks
        .map(({ text }) => text ?? '')
        .filter((text) => text !== '' && !text.trimStart().startsWith('<system-reminder>'))
        .join('\n');
      if (user !== '') return { user, results };
    }
  }
  return { user: '', results };
}

function titleFor(body: MessagesRequest): string {
  // Asked for as JSON by Claude Code; others take any text.
  return JSON.stringify(body.system ?? '').includes('JSON') ? '{"title":"Scripted work"}' : 'Scripted work';
}

const errorTypes: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

function fail(exchange: Exchange, { status, message, retryAfter, usageLimit }: Fail): void {
  const type = errorTypes[status] ?? 'api_error';
  exchange.json(
    status,
    { type: 'error', error: { type, message: message ?? type.replaceAll('_', ' ') } },
    {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(usageLimit === undefined
        ? {}
        : {
            'anthropic-ratelimit-unified-status': 'rejected',
            'anthropic-ratelimit-unified-reset': String(usageLimit.resetsAt),
            'anthropic-ratelimit-unified-representative-claim': 'five_hour',
          }),
    },
  );
}
