// Gemini's generateContent, streamed and not. Google's servers put the time of the next attempt into the body.
import type { Exchange, Protocol, Tokens } from './model-server.ts';
import type { At, Fail, Reply, Tool } from './script.ts';

interface Part {
  text?: string;
  thought?: boolean;
  functionCall?: { name: string };
  functionResponse?: { name: string };
}

interface Content {
  role: 'user' | 'model';
  parts: Part[];
}

interface GenerateRequest {
  contents: Content[];
  systemInstruction?: { parts: Part[] };
  tools?: object[];
}

type Answer = Extract<Reply, { kind: 'answer' }>;

const route = /\/models\/([^/:]+):(streamGenerateContent|generateContent)$/;

export const gemini: Protocol = {
  async handle(exchange) {
    const { method, path } = exchange.request;
    const match = route.exec(path);
    if (method !== 'POST' || match === null) return false;
    const [, model = '', verb] = match;
    const body = exchange.request.body as GenerateRequest;
    // The router and the summaries ask without tools; only the conversation itself is scripted.
    const reply: Reply =
      (body.tools ?? []).length === 0
        ? { kind: 'answer', pieces: ['{"reasoning":"scripted","model_choice":"flash"}'], pauseMs: 0, tool: null }
        : exchange.next(readAt(body.contents));
    await give(exchange, { body, model, streams: verb === 'streamGenerateContent' }, reply);
    return true;
  },
};

interface Asked {
  body: GenerateRequest;
  model: string;
  streams: boolean;
}

async function give(exchange: Exchange, asked: Asked, reply: Reply): Promise<void> {
  switch (reply.kind) {
    case 'answer':
      if (asked.streams) return await stream(exchange, asked, reply);
      return exchange.json(200, response(asked.model, partsOf(asked.body, reply), exchange.use()));
    case 'fail':
      return fail(exchange, reply.fail);
    case 'hang':
      return await exchange.never();
    case 'break': {
      const events = exchange.stream();
      events.send(null, response(asked.model, [{ text: 'I begin' }], null));
      return await events.cut();
    }
    case 'malformed':
      exchange.response.writeHead(200, { 'content-type': 'text/event-stream' });
      exchange.response.end('data: {"candidates":[{"cont\n\n');
  }
}

async function stream(exchange: Exchange, { body, model }: Asked, answer: Answer): Promise<void> {
  const events = exchange.stream();
  for (const text of answer.pieces) {
    await events.pause(answer.pauseMs);
    events.send(null, response(model, [{ text }], null));
  }
  // The last chunk carries the reason of the end; without one the CLI asks again.
  events.send(null, response(model, answer.tool === null ? [{ text: '' }] : [call(answer.tool, body)], exchange.use()));
  events.end();
}

function partsOf(body: GenerateRequest, answer: Answer): object[] {
  const texts = answer.pieces.map((text) => ({ text }));
  return answer.tool === null ? texts : [...texts, call(answer.tool, body)];
}

/** `used`: of the last piece. Google counts what came from the cache as input too. */
function response(modelVersion: string, parts: object[], used: Tokens | null): object {
  const finish = used !== null ? { finishReason: 'STOP' } : {};
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, ...finish }],
    ...(used === null
      ? {}
      : {
          usageMetadata: {
            promptTokenCount: used.input,
            cachedContentTokenCount: used.cached,
            candidatesTokenCount: used.output,
            totalTokenCount: used.input + used.output,
          },
        }),
    modelVersion,
  };
}

function call(tool: Tool, body: GenerateRequest): object {
  if ('write' in tool) {
    const file_path = `${workingDirectory(body)}/${tool.write.path}`;
    return { functionCall: { name: 'write_file', args: { file_path, content: tool.write.content } } };
  }
  if ('run' in tool) {
    const args = { command: tool.run, description: 'Run a command' };
    return { functionCall: { name: 'run_shell_command', args } };
  }
  const options = tool.ask.choices.map((label) => ({ label, description: label }));
  const questions = [{ question: tool.ask.question, header: 'Question', type: 'choice', options }];
  return { functionCall: { name: 'ask_user', args: { questions } } };
}

/** Named in the first message of a conversation. */
function workingDirectory({ systemInstruction, contents }: GenerateRequest): string {
  const parts = [...(systemInstruction?.parts ?? []), ...contents.flatMap((content) => content.parts)];
  const text = parts.map((part) => part.text ?? '').join('\n');
  const found = /\*\*Workspace Directories:\*\*\s+- ([^\n]+)|working (?:directory|in the directory): ([^\n]+)/i.exec(
    text,
  );
  return (found?.[1] ?? found?.[2] ?? '/tmp').trim();
}

/** The last text that the user wrote, and the turns with results of tools after it. */
function readAt(contents: readonly Content[]): At {
  let results = 0;
  for (const { role, parts } of contents.toReversed()) {
    if (role !== 'user') continue;
    if (parts.some((part) => part.functionResponse !== undefined)) results++;
    else {
      const user = parts.map((part) => part.text ?? '').join('\n');
      if (user !== '') return { user, results };
    }
  }
  return { user: '', results };
}

const statuses: Record<number, { status: string; message: string }> = {
  400: { status: 'INVALID_ARGUMENT', message: 'API key not valid. Please pass a valid API key.' },
  401: { status: 'UNAUTHENTICATED', message: 'Request had invalid authentication credentials.' },
  403: { status: 'PERMISSION_DENIED', message: 'The caller does not have permission.' },
  404: { status: 'NOT_FOUND', message: 'The model is not found.' },
  429: { status: 'RESOURCE_EXHAUSTED', message: 'Resource has been exhausted (e.g. check quota).' },
  500: { status: 'INTERNAL', message: 'An internal error has occurred.' },
  503: { status: 'UNAVAILABLE', message: 'The model is overloaded. Please try again later.' },
};

function fail(exchange: Exchange, trouble: Fail): void {
  // Google says 503 where others say 529.
  const code = trouble.status === 529 ? 503 : trouble.status;
  const { status, message } = statuses[code] ?? { status: 'UNKNOWN', message: 'Something went wrong.' };
  const details: object[] = [];
  if (code === 400) {
    details.push({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' });
  }
  // A day's quota is not tried again; no answer says when it is back.
  if (trouble.usageLimit !== undefined || /daily quota/.test(trouble.message ?? '')) {
    const quotaId = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier';
    const violations = [{ quotaMetric: 'generate_content_free_tier_requests', quotaId }];
    details.push({ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations });
  }
  if (trouble.retryAfter !== undefined) {
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${trouble.retryAfter}s` });
  }
  const headers = trouble.retryAfter === undefined ? {} : { 'retry-after': String(trouble.retryAfter) };
  exchange.json(code, { error: { code, status, message: trouble.message ?? message, details } }, headers);
}
