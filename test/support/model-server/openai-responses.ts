// OpenAI's Responses API as Codex and Copilot's custom provider use it: streamed, and over HTTP only.
import { randomUUID } from 'node:crypto';
import type { Exchange, Protocol, Tokens } from './model-server.ts';
import { copilotQuestion, openaiErrors } from './openai-chat.ts';
import type { At, Fail, Reply, Tool } from './script.ts';

interface Part {
  type: string;
  text?: string;
}

interface Offer {
  type: string;
  name: string;
  tools?: Offer[];
}

interface Item {
  type?: string;
  role?: string;
  content?: string | Part[];
  /** Of an `additional_tools` item. */
  tools?: Offer[];
}

interface ResponsesRequest {
  model: string;
  stream?: boolean;
  instructions?: string;
  input: string | Item[];
  tools?: Offer[];
  text?: { format?: { type?: string } };
}

type Answer = Extract<Reply, { kind: 'answer' }>;

export const openaiResponses: Protocol = {
  async handle(exchange) {
    const { method, path } = exchange.request;
    if (method !== 'POST' || !path.endsWith('/responses')) return false;
    const body = exchange.request.body as ResponsesRequest;
    await give(exchange, body, isAside(body) ? title : exchange.next(readAt(itemsOf(body))));
    return true;
  },
  // Codex tries a WebSocket first and takes this answer as "not here", without a word to the user.
  async upgrade({ request, socket }) {
    if (!request.path.endsWith('/responses')) return false;
    socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    return true;
  },
};

/** A title is asked for without tools or in a form of its own; only the conversation itself is scripted. */
const title: Answer = { kind: 'answer', pieces: ['{"title":"Scripted work"}'], pauseMs: 0, tool: null };

function isAside(body: ResponsesRequest): boolean {
  return offersOf(body).size === 0 || body.text?.format?.type === 'json_schema';
}

async function give(exchange: Exchange, body: ResponsesRequest, reply: Reply): Promise<void> {
  switch (reply.kind) {
    case 'answer':
      if (body.stream === true) return await stream(exchange, body, reply);
      return exchange.json(200, {
        ...begun(body),
        status: 'completed',
        output: output(body, reply),
        usage: usageOf(exchange.use()),
      });
    case 'fail':
      return fail(exchange, reply.fail);
    case 'hang':
      return await exchange.never();
    case 'break': {
      const events = exchange.stream();
      events.send('response.created', { type: 'response.created', response: begun(body) });
      return await events.cut();
    }
    case 'malformed':
      exchange.response.writeHead(200, { 'content-type': 'text/event-stream' });
      exchange.response.end('event: response.created\ndata: {"type":"response.cre\n\n');
  }
}

async function stream(exchange: Exchange, body: ResponsesRequest, answer: Answer): Promise<void> {
  const events = exchange.stream();
  let sequence = 0;
  const send = (type: string, fields: object): void =>
    events.send(type, { type, sequence_number: sequence++, ...fields });
  const response = begun(body);
  send('response.created', { response });
  const items = output(body, answer);
  for (const [index, item] of items.entries()) {
    const { id, type } = item;
    const at = { item_id: id, output_index: index };
    if (type !== 'message') {
      send('response.output_item.added', { output_index: index, item });
      // Copilot takes arguments from their own events, Codex from the finished item.
      if (type === 'function_call') {
        send('response.function_call_arguments.delta', { ...at, delta: item.arguments });
        send('response.function_call_arguments.done', { ...at, arguments: item.arguments });
      } else {
        send('response.custom_tool_call_input.delta', { ...at, delta: item.input });
        send('response.custom_tool_call_input.done', { ...at, input: item.input });
      }
      send('response.output_item.done', { output_index: index, item });
      continue;
    }
    const part = { type: 'output_text', text: '', annotations: [] };
    send('response.output_item.added', { output_index: index, item: { ...item, status: 'in_progress', content: [] } });
    send('response.content_part.added', { ...at, content_index: 0, part });
    for (const delta of answer.pieces) {
      await events.pause(answer.pauseMs);
      send('response.output_text.delta', { ...at, content_index: 0, delta });
    }
    send('response.output_text.done', { ...at, content_index: 0, text: answer.pieces.join('') });
    send('response.content_part.done', { ...at, content_index: 0, part: { ...part, text: answer.pieces.join('') } });
    send('response.output_item.done', { output_index: index, item });
  }
  const usage = usageOf(exchange.use());
  send('response.completed', { response: { ...response, status: 'completed', output: items, usage } });
  events.end();
}

/** OpenAI counts what came from the cache as input too, and reasoning as output. */
function usageOf({ input, cached, output }: Tokens): object {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 4 },
    total_tokens: input + output,
  };
}

function begun({ model }: ResponsesRequest): object {
  const id = `resp_${randomUUID().replaceAll('-', '')}`;
  return { id, object: 'response', created_at: 1_700_000_000, model, status: 'in_progress', output: [] };
}

type OutputItem = { id: string; status: 'completed' } & (
  | { type: 'message'; role: 'assistant'; content: Part[] }
  | { type: 'function_call'; call_id: string; name: string; namespace?: string; arguments: string }
  | { type: 'custom_tool_call'; call_id: string; name: string; namespace?: string; input: string }
);

function output(body: ResponsesRequest, { pieces, tool }: Answer): OutputItem[] {
  const items: OutputItem[] = [];
  if (pieces.length > 0) {
    const content = [{ type: 'output_text', text: pieces.join(''), annotations: [] }];
    items.push({ id: newId('msg'), type: 'message', role: 'assistant', status: 'completed', content });
  }
  if (tool !== null) items.push({ ...call(tool, body), id: newId('fc'), status: 'completed' });
  return items;
}

type Call =
  | { type: 'function_call'; call_id: string; name: string; namespace?: string; arguments: string }
  | { type: 'custom_tool_call'; call_id: string; name: string; namespace?: string; input: string };

/**
 * The tools are called by the names that the request offers. Codex gives its own model one tool, `exec`, that takes
 * JavaScript; other models get `exec_command` and `apply_patch`. Copilot has `create`, or `apply_patch`, and `bash`.
 */
function call(tool: Tool, body: ResponsesRequest): Call {
  const offers = offersOf(body);
  const call_id = newId('call');
  const custom = (name: string, input: string): Call => ({
    type: 'custom_tool_call',
    call_id,
    ...placed(offers, name),
    input,
  });
  const classic = (name: string, input: object): Call => ({
    type: 'function_call',
    call_id,
    ...placed(offers, name),
    arguments: JSON.stringify(input),
  });
  if ('ask' in tool) {
    const { question, choices } = tool.ask;
    if (offers.has('ask_user')) return classic('ask_user', copilotQuestion(question, choices));
    const options = choices.map((label) => ({ label, description: label }));
    return classic('request_user_input', { questions: [{ id: 'choice', header: 'Question', question, options }] });
  }
  if (offers.has('exec')) {
    // Without the first line a script that waits for the user is left to run behind the model's back after 30 s.
    const script = (line: string): string => `// @exec: {"yield_time_ms": 600000}\n${line}`;
    if ('run' in tool) return custom('exec', script(`text(await tools.exec_command({ cmd: ${quoted(tool.run)} }))`));
    return custom('exec', script(`text(await tools.apply_patch(${quoted(patch(tool.write))}))`));
  }
  if ('run' in tool) {
    return offers.has('exec_command')
      ? classic('exec_command', { cmd: tool.run })
      : classic('bash', { command: tool.run, description: 'Run a command' });
  }
  const { path, content } = tool.write;
  if (offers.has('create')) return classic('create', { path: `${workingDirectory(body)}/${path}`, file_text: content });
  if (offers.has('apply_patch')) return custom('apply_patch', patch(tool.write));
  return classic('exec_command', { cmd: `apply_patch <<'PATCH'\n${patch(tool.write)}\nPATCH` });
}

function placed(offers: ReadonlyMap<string, string | null>, name: string): { name: string; namespace?: string } {
  const namespace = offers.get(name) ?? null;
  return namespace === null ? { name } : { name, namespace };
}

function patch({ path, content }: { path: string; content: string }): string {
  const lines = content.replace(/\n$/, '').split('\n');
  return ['*** Begin Patch', `*** Add File: ${path}`, ...lines.map((line) => `+${line}`), '*** End Patch'].join('\n');
}

const quoted = (text: string): string => JSON.stringify(text);

/** Names of the tools that the request offers, each with its namespace. */
function offersOf(body: ResponsesRequest): Map<string, string | null> {
  const offered = [
    ...(body.tools ?? []),
    ...itemsOf(body).flatMap(({ type, tools }) => (type === 'additional_tools' ? (tools ?? []) : [])),
  ];
  return new Map(
    offered.flatMap(
      (offer): Array<[string, string | null]> =>
        offer.type === 'namespace' ? (offer.tools ?? []).map(({ name }) => [name, offer.name]) : [[offer.name, null]],
    ),
  );
}

function itemsOf({ input }: ResponsesRequest): Item[] {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
}

/** The last message that the user wrote, and the results of tools after it. */
function readAt(items: readonly Item[]): At {
  let results = 0;
  for (const { type, role, content } of items.toReversed()) {
    if (type === 'function_call_output' || type === 'custom_tool_call_output') results++;
    if (role !== 'user') continue;
    const user = textOf(content);
    // What Codex tells about the machine is given as the user's words, in tags.
    if (!/^<[a-z_]+>/.test(user.trimStart())) return { user, results };
  }
  return { user: '', results };
}

function textOf(content: Item['content']): string {
  if (content === undefined) return '';
  return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('\n');
}

function workingDirectory(body: ResponsesRequest): string {
  const text = [body.instructions ?? '', ...itemsOf(body).map(({ content }) => textOf(content))].join('\n');
  return /[Ww]orking directory: ([^"\n]+)/.exec(text)?.[1]?.trim() ?? '/tmp';
}

function fail(exchange: Exchange, { status, message, retryAfter, usageLimit }: Fail): void {
  const known = openaiErrors[status] ?? { type: 'server_error', code: null, message: 'Something went wrong.' };
  const error =
    usageLimit === undefined
      ? { ...known, message: message ?? known.message, param: null }
      : {
          type: 'usage_limit_reached',
          message: message ?? 'The usage limit has been reached',
          plan_type: 'plus',
          resets_at: usageLimit.resetsAt,
        };
  exchange.json(status, { error }, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
}

function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
}
