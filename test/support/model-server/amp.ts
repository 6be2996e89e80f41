// Amp's own server: REST, thread actors, and the sockets over which the local program runs tools on the server's orders.
//
//   POST /api/internal?<method>                          {method, params} -> {ok, result}
//   POST /api/thread-actors                              -> a new thread
//   GET  /actors/gateway/<actor>/websocket/?rvt-key=<thread>   JSON-RPC 2.0 in text frames; two sockets per thread, the
//                                                        executor's and the client's
//
// A turn: client_append_user_msg -> agent_state working -> message_added -> tool_lease -> executor_tool_result -> ... ->
// agent_state idle. An assistant's message counts only when an active agent_state announced its id before.
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Exchange, Protocol, Tokens, UpgradeContext } from './model-server.ts';
import type { At, Fail, Reply, Tool } from './script.ts';
import { acceptSocket, type TextSocket } from './web-socket.ts';

type Json = Record<string, unknown>;

const gateway = /^\/actors\/gateway\/(\w+)\/websocket\/?$/;

export const amp: Protocol = {
  async handle(exchange) {
    const { method, path } = exchange.request;
    if (method !== 'POST') return false;
    if (path === '/api/internal') rest(exchange);
    else if (path === '/api/thread-actors') openThread(exchange);
    else if (path === '/api/user-actor-credentials') {
      exchange.json(200, {
        ok: true,
        wsToken: 'ws-test',
        ownerUserId: owner.id,
        userId: owner.id,
        poolName: 'default',
      });
    } else return false;
    return true;
  },
  async upgrade(context) {
    const actor = gateway.exec(context.request.path)?.[1];
    if (actor === undefined) return false;
    const key = new URLSearchParams(context.request.query).get('rvt-key') ?? '';
    const thread = actor === 'threadActor' ? threads.get(key) : undefined;
    connect(context, thread ?? null);
    return true;
  },
};

const owner = { id: 'user_test', email: 'nobody@example.com', username: 'nobody' };
const created = '2026-01-01T00:00:00.000Z';

// --- REST

function rest(exchange: Exchange): void {
  const { query, body, headers } = exchange.request;
  const method = String((body as Json | null)?.method ?? query.split('&')[0]);
  if (headers['authorization'] === undefined) {
    exchange.json(401, problem('auth-required', 'Unauthorized'));
    return;
  }
  if (method === 'getUserInfo') {
    // A refused key is noticed here, before there is a turn.
    const reply = exchange.next({ user: '', results: 0 });
    exchange.request.turn = null;
    if (reply.kind === 'fail' && (reply.fail.status === 401 || reply.fail.status === 403)) {
      exchange.json(reply.fail.status, problem('auth-required', reply.fail.message ?? 'Unauthorized'));
      return;
    }
  }
  const params = ((body as Json | null)?.params ?? {}) as Json;
  exchange.json(200, { ok: true, result: restResult(method, params) });
}

function restResult(method: string, params: Json): unknown {
  switch (method) {
    case 'getUserInfo':
      return { ...owner, features: [], emailVerified: true, siteAdmin: false, teams: [], mysteriousMessage: null };
    case 'loadPlugins':
    case 'listAgentModes':
    case 'notices':
      return [];
    case 'loadSkills':
      return { sources: [] };
    case 'listAutomations':
      return { automations: [] };
    case 'splashDispatch':
      return null;
    case 'getThreadInitialTranscriptPage':
    case 'getThreadTail': {
      const thread = threads.get(String(params.threadID ?? params.threadId ?? params.thread ?? params.id));
      if (thread === undefined) return { thread: null, messages: [], hasMoreBefore: false };
      const { id, messages, agentMode } = thread;
      const meta = { usesThreadActors: true, usesDtw: true, executorType: 'local-client' };
      const data = { id, v: messages.length, created: Date.parse(created), agentMode, messages, meta };
      return { thread: { data }, messages, hasMoreBefore: false, firstMessageIndex: null, firstMessageID: null };
    }
    default:
      return {};
  }
}

function problem(code: string, message: string): Json {
  return { ok: false, error: { code, message } };
}

// --- Threads

interface Thread {
  id: string;
  agentMode: string;
  seq: number;
  state: string;
  messages: Json[];
  sockets: Set<TextSocket>;
  executor: TextSocket | null;
  /** Directory of the worktree, once the executor has told. */
  directory: string;
  error: Json | null;
  tools: ReturnType<typeof gate>;
  results: Map<string, (run: Json) => void>;
  turn: AbortController | null;
}

const threads = new Map<string, Thread>();

/** Opens a new thread, or gives access to one that is there. */
function openThread(exchange: Exchange): void {
  const asked = (exchange.request.body ?? {}) as Json;
  const known = threads.get(String(asked['threadId']));
  const agentMode = known?.agentMode ?? String(asked['agentMode'] ?? 'medium');
  const id = known?.id ?? `T-${randomUUID()}`;
  const thread: Thread = known ?? {
    id,
    agentMode,
    seq: 0,
    state: 'idle',
    messages: [],
    sockets: new Set(),
    executor: null,
    directory: '/tmp',
    error: null,
    tools: gate(),
    results: new Map(),
    turn: null,
  };
  threads.set(id, thread);
  exchange.json(201, {
    threadId: id,
    wsToken: 'ws-test',
    ownerUserId: owner.id,
    threadVersion: thread.messages.length,
    usesThreadActors: true,
    usesDtw: true,
    executorType: 'local-client',
    agentMode,
    poolName: 'default',
  });
}

/** Opens once and stays open. */
function gate(): { open(): void; passed: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, passed: promise };
}

function connect(context: UpgradeContext, thread: Thread | null): void {
  const offered =
    String(context.incoming.headers['sec-websocket-protocol'] ?? '')
      .split(',')[0]
      ?.trim() ?? '';
  const socket: TextSocket = acceptSocket(context, offered === '' ? null : offered, {
    text: (text) => {
      if (text === 'ping') socket.send('pong');
      else for (const message of [parsed(text)].flat()) receive(context, thread, socket, message as Json);
    },
    closed: () => {
      thread?.sockets.delete(socket);
      if (thread?.executor === socket) thread.executor = null;
    },
  });
  thread?.sockets.add(socket);
  socket.send('pong');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function receive(context: UpgradeContext, thread: Thread | null, socket: TextSocket, message: Json): void {
  const { id, method } = message;
  const params = (message.params ?? {}) as Json;
  const reply = (result: Json = { ok: true }): void => {
    if (id !== undefined) socket.send(JSON.stringify({ jsonrpc: '2.0', id, result }));
  };
  if (typeof method !== 'string') return;
  if (thread === null) {
    reply();
    return;
  }
  switch (method) {
    case 'executor_connect': {
      thread.executor = socket;
      reply();
      notify(socket, 'executor_connected', {
        executorId: 'EXE-1',
        registeredToolCount: 0,
        guidanceInventory: [],
      });
      return;
    }
    case 'client_resume': {
      const through = Math.max(0, thread.seq);
      reply({ ok: true, replayMessageCount: 0, storedEventCount: thread.seq, replayThroughSeq: through });
      notify(socket, 'agent_state', { state: thread.state, agentMode: thread.agentMode });
      return;
    }
    case 'executor_environment_snapshot': {
      const directory = /"(file:\/\/[^"]+)"/.exec(JSON.stringify(params))?.[1];
      if (directory !== undefined) thread.directory = fileURLToPath(directory);
      reply();
      return;
    }
    case 'executor_tools_bootstrap_complete':
      thread.tools.open();
      reply();
      return;
    case 'executor_tool_result': {
      const call = String(params.toolCallId);
      thread.results.get(call)?.(params.run as Json);
      thread.results.delete(call);
      reply();
      return;
    }
    case 'client_cancel':
      reply();
      cancel(thread);
      return;
    case 'client_append_user_msg': {
      reply({ ok: true, messageId: params.messageId ?? null });
      const { content, messageId } = params as { content: unknown; messageId: string };
      if (thread.error !== null) clearError(thread);
      add(thread, { threadId: thread.id, messageId, role: 'user', content, agentMode: thread.agentMode });
      void begin(context, thread, textOf(content), 0);
      return;
    }
    case 'client_dismiss_active_error':
      reply();
      clearError(thread);
      return;
    case 'client_retry':
    case 'client_retry_turn':
    case 'client_retry_active_error':
      reply();
      clearError(thread);
      void begin(context, thread, lastUserText(thread), resultsSince(thread));
      return;
    default:
      reply();
      return;
  }
}

function notify(socket: TextSocket, method: string, params: Json): void {
  socket.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
}

function tell(thread: Thread, method: string, params: Json): void {
  for (const socket of thread.sockets) notify(socket, method, params);
}

function add(thread: Thread, message: Json): void {
  thread.messages.push(message);
  tell(thread, 'message_added', { message, seq: ++thread.seq });
}

function setState(thread: Thread, state: string, messageId?: string): void {
  thread.state = state;
  tell(thread, 'agent_state', {
    state,
    agentMode: thread.agentMode,
    ...(messageId === undefined ? {} : { messageId }),
  });
}

function clearError(thread: Thread): void {
  thread.error = null;
  tell(thread, 'error_cleared', { seq: ++thread.seq });
}

function cancel(thread: Thread): void {
  if (thread.turn === null) return;
  thread.turn.abort();
  thread.turn = null;
  tell(thread, 'cancelled', { seq: ++thread.seq });
  setState(thread, 'idle');
}

// --- Turns

async function begin(context: UpgradeContext, thread: Thread, user: string, results: number): Promise<void> {
  thread.turn?.abort();
  const turn = new AbortController();
  thread.turn = turn;
  try {
    await play(context, thread, { user, results }, turn.signal);
  } catch (error) {
    if (!turn.signal.aborted) throw error;
  }
  if (thread.turn === turn) thread.turn = null;
}

async function play(context: UpgradeContext, thread: Thread, at: At, signal: AbortSignal): Promise<void> {
  for (;;) {
    const messageId = `M-${letters()}`;
    setState(thread, 'working', messageId);
    // It registers its tools after the first message, and again after each connection.
    await before(thread.tools.passed, signal);
    const { reply, use, answered } = context.ask(at, [...thread.messages]);
    signal.addEventListener('abort', answered, { once: true });
    switch (reply.kind) {
      case 'answer': {
        const ends = await answer(thread, reply, messageId, signal, use(), answered);
        if (ends) return setState(thread, 'idle');
        at.results++;
        break;
      }
      case 'fail': {
        const { retryAfter } = reply.fail;
        fail(thread, reply.fail);
        answered();
        setState(thread, retryAfter === undefined ? 'idle' : 'error');
        if (retryAfter === undefined) return;
        await sleep(retryAfter * 1000, undefined, { signal });
        clearError(thread);
        break;
      }
      case 'hang':
        return await before(gate().passed, signal);
      case 'break': {
        // The program connects again and resumes; then the turn goes on with what the script says next.
        setState(thread, 'streaming', messageId);
        for (const socket of [...thread.sockets]) socket.cut();
        thread.tools = gate();
        answered();
        break;
      }
      case 'malformed':
        for (const socket of thread.sockets) socket.send('{"jsonrpc":"2.0","method":"message_ad');
        fail(thread, { status: 500, message: 'the model answered with something that is no answer' });
        answered();
        return setState(thread, 'idle');
    }
  }
}

/** Returns whether the turn ends with it. */
async function answer(
  thread: Thread,
  { pieces, pauseMs, tool }: Extract<Reply, { kind: 'answer' }>,
  messageId: string,
  signal: AbortSignal,
  used: Tokens,
  answered: () => void,
): Promise<boolean> {
  const call = tool === null ? null : toolCall(tool, thread.directory);
  const said = [...pieces, ...(call !== null && 'text' in call ? [call.text] : [])];
  const use = call !== null && 'name' in call ? call : null;
  setState(thread, 'streaming', messageId);
  if (pauseMs > 0) {
    for (const text of pieces) {
      await sleep(pauseMs, undefined, { signal });
      tell(thread, 'delta', {
        messageId,
        role: 'assistant',
        state: 'generating',
        contentMode: 'append',
        blocks: [{ type: 'text', text }],
        blockIndex: 0,
      });
    }
  }
  add(thread, {
    threadId: thread.id,
    messageId,
    role: 'assistant',
    content: [
      ...(said.length === 0 ? [] : [{ type: 'text', text: said.join('') }]),
      ...(use === null ? [] : [{ type: 'tool_use', id: use.id, name: use.name, input: use.input, complete: true }]),
    ],
    state: { type: 'complete', stopReason: use === null ? 'end_turn' : 'tool_use' },
    usage: {
      model: 'test-model',
      maxInputTokens: 200_000,
      inputTokens: used.input - used.cached,
      outputTokens: used.output,
      cacheCreationInputTokens: 0,
      cacheReadInputTokens: used.cached,
      totalInputTokens: used.input,
    },
  });
  answered();
  if (use === null) return true;
  setState(thread, 'tool_use', messageId);
  const done = new Promise<Json>((resolve) => thread.results.set(use.id, resolve));
  if (thread.executor !== null) {
    notify(thread.executor, 'tool_lease', { toolCallId: use.id, toolName: use.name, args: use.input, messageId });
  }
  setState(thread, 'running_tools', messageId);
  const run = await before(done, signal);
  add(thread, {
    threadId: thread.id,
    messageId: `M-${letters()}`,
    role: 'user',
    content: [{ type: 'tool_result', toolUseID: use.id, run }],
  });
  return false;
}

/** A question is a text: Amp has no tool for it. */
function toolCall(tool: Tool, directory: string): { id: string; name: string; input: Json } | { text: string } {
  const id = `TU-${letters()}`;
  if ('write' in tool) {
    const { path, content } = tool.write;
    return { id, name: 'create_file', input: { path: `${directory}/${path}`, content } };
  }
  if ('run' in tool) return { id, name: 'async_shell_command', input: { command: tool.run, workdir: directory } };
  return { text: `${tool.ask.question} (${tool.ask.choices.join(' / ')})` };
}

function fail(thread: Thread, { status, message, retryAfter, usageLimit }: Fail): void {
  const text =
    message ??
    (usageLimit !== undefined
      ? "You've exceeded your usage quota of $10 for this period."
      : ({ 401: '401 Unauthorized', 429: 'Rate limit exceeded. Try again shortly.', 529: 'Overloaded' }[status] ??
        `Internal server error (${status})`));
  thread.error = {
    message: status === 429 && usageLimit === undefined && !text.includes('usage quota') ? rateLimit(text) : text,
    code: String(status),
    ...(retryAfter === undefined ? {} : { retryAt: Date.now() + retryAfter * 1000, attempt: 1 }),
  };
  tell(thread, 'error_set', { seq: ++thread.seq, error: thread.error });
}

/** As the provider's own body: the program reads the error's type out of it. */
function rateLimit(message: string): string {
  return `429 ${JSON.stringify({ type: 'error', error: { type: 'rate_limit_error', message } })}`;
}

function before<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return (content as Json[]).map(({ text }) => (typeof text === 'string' ? text : '')).join('\n');
}

function lastUserText(thread: Thread): string {
  return textOf(thread.messages.findLast((message) => message.role === 'user' && !isResult(message))?.content ?? '');
}

function resultsSince(thread: Thread): number {
  const from = thread.messages.findLastIndex((message) => message.role === 'user' && !isResult(message));
  return thread.messages.slice(from + 1).filter(isResult).length;
}

function isResult({ content }: Json): boolean {
  return Array.isArray(content) && (content as Json[]).some(({ type }) => type === 'tool_result');
}

/** 22 letters and digits, as the server's ids have. */
function letters(): string {
  return randomBytes(32)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 22)
    .padEnd(22, '0');
}
