// Chat completions as OpenAI defined them and many providers copied them: OpenCode's own providers, Copilot's custom one.
import { randomUUID } from 'node:crypto';
import type { Exchange, Protocol, Tokens } from './model-server.ts';
import type { At, Fail, Reply, Tool } from './script.ts';

type Content = string | null | Array<{ type: string; text?: string }>;

interface Message {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content: Content;
}

interface ChatRequest {
  model: string;
  stream?: boolean;
  messages: Message[];
  tools?: Array<{ function: { name: string } }>;
}

type Answer = Extract<Reply, { kind: 'answer' }>;

export const openaiChat: Protocol = {
  async handle(exchange) {
    const { method, path } = exchange.request;
    if (method !== 'POST' || !path.endsWith('/chat/completions')) return false;
    const body = exchange.request.body as ChatRequest;
    // A title is asked for without tools; only the conversation itself is scripted.
    const reply: Reply =
      (body.tools ?? []).length === 0
        ? { kind: 'answer', pieces: ['Scripted work'], pauseMs: 0, tool: null }
        : exchange.next(readAt(body.messages));
    await give(exchange, body, reply);
    return true;
  },
};

async function give(exchange: Exchange, body: ChatRequest, reply: Reply): Promise<void> {
  switch (reply.kind) {
    case 'answer':
      if (body.stream === true) return await stream(exchange, body, reply);
      return exchange.json(200, wholeCompletion(body, reply, usageOf(exchange.use())));
    case 'fail':
      return fail(exchange, reply.fail);
    case 'hang':
      return await exchange.never();
    case 'break': {
      const events = exchange.stream();
      events.send(null, chunk(body, { role: 'assistant', content: 'I begin' }, null));
      return await events.cut();
    }
    case 'malformed':
      exchange.response.writeHead(200, { 'content-type': 'text/event-stream' });
      exchange.response.end('data: {"choices":[{"del\n\n');
  }
}

async function stream(exchange: Exchange, body: ChatRequest, answer: Answer): Promise<void> {
  const events = exchange.stream();
  events.send(null, chunk(body, { role: 'assistant', content: '' }, null));
  for (const content of answer.pieces) {
    await events.pause(answer.pauseMs);
    events.send(null, chunk(body, { content }, null));
  }
  if (answer.tool !== null) {
    events.send(null, chunk(body, { tool_calls: [{ index: 0, ...toolCall(answer.tool, body) }] }, null));
  }
  events.send(null, chunk(body, {}, answer.tool === null ? 'stop' : 'tool_calls'));
  events.send(null, { ...chunk(body, {}, null), choices: [], usage: usageOf(exchange.use()) });
  events.raw('data: [DONE]\n\n');
  events.end();
}

function chunk({ model }: ChatRequest, delta: object, finish: 'stop' | 'tool_calls' | null): object {
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

/** OpenAI counts what came from the cache as input too. */
function usageOf({ input, cached, output }: Tokens): object {
  return {
    prompt_tokens: input,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens: output,
    total_tokens: input + output,
  };
}

function wholeCompletion(body: ChatRequest, answer: Answer, usage: object): object {
  const calls = answer.tool === null ? {} : { tool_calls: [toolCall(answer.tool, body)] };
  const message = { role: 'assistant', content: answer.pieces.join(''), ...calls };
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: body.model,
    choices: [{ index: 0, message, finish_reason: answer.tool === null ? 'stop' : 'tool_calls' }],
    usage,
  };
}

function toolCall(tool: Tool, body: ChatRequest): object {
  const { name, input } = toolUse(tool, body);
  const id = `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

/** The tools are called by the names that the request offers: `create` is Copilot's, the others OpenCode's. */
function toolUse(tool: Tool, body: ChatRequest): { name: string; input: object } {
  const offered = new Set((body.tools ?? []).map((offer) => offer.function.name));
  if ('write' in tool) {
    const { content } = tool.write;
    const path = `${workingDirectory(body)}/${tool.write.path}`;
    return offered.has('create')
      ? { name: 'create', input: { path, file_text: content } }
      : { name: 'write', input: { filePath: path, content } };
  }
  if ('run' in tool) return { name: 'bash', input: { command: tool.run, description: 'Run a command' } };
  const { question, choices } = tool.ask;
  if (offered.has('ask_user')) return { name: 'ask_user', input: copilotQuestion(question, choices) };
  const options = choices.map((label) => ({ label, description: label }));
  return { name: 'question', input: { questions: [{ question, header: 'Question', options }] } };
}

/** Copilot's question is a form. */
export function copilotQuestion(message: string, choices: readonly string[]): object {
  const choice = { type: 'string', title: 'Choice', enum: choices };
  return { message, requestedSchema: { properties: { choice }, required: ['choice'] } };
}

/** Every CLI names it in its system prompt. */
function workingDirectory({ messages }: ChatRequest): string {
  const text = messages.map(({ content }) => textOf(content)).join('\n');
  return /[Ww]orking directory: ([^"\n]+)/.exec(text)?.[1]?.trim() ?? '/tmp';
}

/** The last message that the user wrote, and the results of tools after it. */
function readAt(messages: readonly Message[]): At {
  let results = 0;
  for (const { role, content } of messages.toReversed()) {
    if (role === 'tool') results++;
    if (role === 'user') return { user: textOf(content), results };
  }
  return { user: '', results };
}

function textOf(content: Content): string {
  if (content === null) return '';
  return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('\n');
}

/** Also of the Responses API. */
export const openaiErrors: Record<number, { type: string; code: string | null; message: string }> = {
  400: { type: 'invalid_request_error', code: null, message: 'The request is not valid.' },
  401: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  403: { type: 'invalid_request_error', code: 'forbidden', message: 'You are not allowed to use this model.' },
  404: { type: 'invalid_request_error', code: 'model_not_found', message: 'The model does not exist.' },
  429: { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached for requests.' },
  500: { type: 'server_error', code: null, message: 'The server had an error.' },
  503: { type: 'server_error', code: 'overloaded', message: 'The server is overloaded.' },
  529: { type: 'server_error', code: 'overloaded', message: 'The server is overloaded.' },
};

function fail(exchange: Exchange, { status, message, retryAfter, usageLimit }: Fail): void {
  const known = openaiErrors[status] ?? { type: 'server_error', code: null, message: 'Something went wrong.' };
  const error =
    usageLimit === undefined
      ? { ...known, message: message ?? known.message }
      : {
          type: 'insufficient_quota',
          code: 'insufficient_quota',
          message: message ?? 'You exceeded your current quota, please check your plan and billing details.',
        };
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  exchange.json(status, { error: { ...error, param: null } }, headers);
}
