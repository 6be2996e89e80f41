// Methods and paths of the API, apart from their schemas: the client needs no more, and loads without zod.
// `routes.ts` adds what goes in and comes out.

export const endpoints = {
  hello: { method: 'GET', path: '/v1/hello' },
  agents: { method: 'GET', path: '/v1/agents' },
  binaries: { method: 'GET', path: '/v1/agents/binaries' },
  installAgent: { method: 'POST', path: '/v1/agents/install' },
  updateAgent: { method: 'POST', path: '/v1/agents/update' },
  pinAgent: { method: 'POST', path: '/v1/agents/pin' },
  rollbackAgent: { method: 'POST', path: '/v1/agents/rollback' },
  useAgentPath: { method: 'POST', path: '/v1/agents/path' },
  inspect: { method: 'POST', path: '/v1/projects/inspect' },
  branches: { method: 'POST', path: '/v1/projects/branches' },
  sessions: { method: 'GET', path: '/v1/sessions' },
  create: { method: 'POST', path: '/v1/sessions' },
  run: { method: 'POST', path: '/v1/programs' },
  session: { method: 'GET', path: '/v1/sessions/:id' },
  rename: { method: 'PATCH', path: '/v1/sessions/:id' },
  stop: { method: 'POST', path: '/v1/sessions/:id/stop' },
  pause: { method: 'POST', path: '/v1/sessions/:id/pause' },
  resume: { method: 'POST', path: '/v1/sessions/:id/resume' },
  fork: { method: 'POST', path: '/v1/sessions/:id/fork' },
  archive: { method: 'POST', path: '/v1/sessions/:id/archive' },
  discard: { method: 'POST', path: '/v1/sessions/:id/discard' },
  undo: { method: 'POST', path: '/v1/undo' },
  seen: { method: 'POST', path: '/v1/sessions/:id/seen' },
  screen: { method: 'GET', path: '/v1/sessions/:id/screen' },
  search: { method: 'GET', path: '/v1/sessions/:id/search' },
  input: { method: 'POST', path: '/v1/sessions/:id/input' },
  answer: { method: 'POST', path: '/v1/sessions/:id/answer' },
  broadcast: { method: 'POST', path: '/v1/broadcast' },
  resize: { method: 'POST', path: '/v1/sessions/:id/resize' },
  why: { method: 'GET', path: '/v1/sessions/:id/status' },
  diff: { method: 'GET', path: '/v1/sessions/:id/diff' },
  fileDiff: { method: 'GET', path: '/v1/sessions/:id/diff/file' },
  patch: { method: 'GET', path: '/v1/sessions/:id/patch' },
  ship: { method: 'POST', path: '/v1/sessions/:id/ship' },
  log: { method: 'GET', path: '/v1/sessions/:id/log' },
  pids: { method: 'GET', path: '/v1/server/pids' },
  stopServer: { method: 'POST', path: '/v1/server/stop' },
} as const;

/** Streams that are not request and reply. */
export const streams = {
  /** Server-sent events; `id:` is the sequence number, `data:` a SesameEvent. Resume with Last-Event-ID or `?after=`. */
  events: { method: 'GET', path: '/v1/events' },
  /** Server-sent events; `id:` is the offset after the chunk, `data:` JSON {base64}. Starts at `?from=` or what is kept. */
  output: { method: 'GET', path: '/v1/sessions/:id/output' },
  /** HTTP upgrade to the frame stream of stream.ts. */
  stream: { method: 'GET', path: '/v1/stream' },
} as const;
