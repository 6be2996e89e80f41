// Everything one real agent needs, and nothing of the machine's own: a work directory, the built server, a repository
// with a bare remote, and a scripted model on the loopback. What a user sees is read through the API and the events.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Client } from '../../src/client/connect.ts';
import { followEvents } from '../../src/client/events.ts';
import type { AgentEvent } from '../../src/domain/agent-event.ts';
import type { PermissionLevel } from '../../src/domain/agent-info.ts';
import { applyEvent } from '../../src/domain/apply-event.ts';
import type { DiffSummary } from '../../src/domain/diff.ts';
import type { SesameEvent } from '../../src/domain/event.ts';
import type { SessionId } from '../../src/domain/ids.ts';
import type { ConfigChoice, Session } from '../../src/domain/session.ts';
import type { ShipResult } from '../../src/domain/ship.ts';
import type { Status } from '../../src/domain/status.ts';
import { agentPath, linkAgent } from './agent-cache.ts';
import { type ModelServer, startModelServer } from './model-server/model-server.ts';
import { openProgram, type Program } from './program.ts';
import { openRepository, type Repository } from './repository.ts';

export interface WorldOptions {
  /** Several: the first is the one that sessions have unless they say another. */
  agent: string | readonly [string, ...string[]];
  /** Variables of the server's owner: base URL and a fake key. */
  env(modelUrl: string, repository: string): Record<string, string>;
  /** Preferences, as in config.json. */
  config?: object;
}

export interface NewWatched {
  agent?: string;
  prompt: string;
  mode?: 'interactive' | 'task';
  permissions?: PermissionLevel;
  /** `own`: the configuration in the owner's HOME. */
  config?: ConfigChoice;
  model?: string;
  cols?: number;
  rows?: number;
}

export interface Seen {
  /** `working`, `waiting:permission`, `failed:auth`. */
  word: string;
  /** Milliseconds since the epoch, by the server. */
  at: number;
  status: Status;
}

/** A session, followed through the server's events from its creation on. */
export interface Watched {
  readonly id: SessionId;
  readonly row: Session;
  /** Every state it was in; one that only changed its message counts once. */
  readonly seen: readonly Seen[];
  /** The same as words: `starting working done`. */
  words(): string;
  readonly agentEvents: readonly AgentEvent[];
  /** When texts were submitted by `type`, milliseconds since the epoch. */
  readonly typedAt: number[];
  /** Called before anything goes to the program, with its bytes or, for a text or an answer, with the enter. */
  pressed: ((bytes: Uint8Array) => void) | null;
  /**
   * Resolves with the next status whose word fits, counted from the one found last. Rejects after the deadline, with
   * the words and the screen.
   */
  reaches(word: string | RegExp, deadlineMs?: number): Promise<Status>;
  /** Resolves once the condition, looked at after each event, holds. */
  until(what: string, condition: (row: Session) => boolean, deadlineMs?: number): Promise<void>;
  screen(): Promise<string>;
  /** Pastes and submits. */
  type(text: string): Promise<void>;
  /** Keys as bytes. */
  press(keys: string): Promise<void>;
  /** Answers the question that the row shows. */
  answer(digit: string): Promise<void>;
  diff(): Promise<DiffSummary>;
  ship(): Promise<ShipResult>;
  stop(): Promise<void>;
  resume(): Promise<void>;
  /** Another session that goes on with a copy of this one's conversation; the prompt is typed into it. */
  fork(prompt: string): Promise<Watched>;
  /** Content of a file of the worktree, or null. */
  file(path: string): string | null;
  /** The terminal bytes of its last run, as far as they are logged. */
  output(): Buffer;
  /** The same as text, and all lines that the program wrote into files of its own configuration. */
  said(): string;
}

export interface World {
  program: Program;
  repository: Repository;
  model: ModelServer;
  client: Client;
  start(options: NewWatched): Promise<Watched>;
  /** So many sessions on one prompt. */
  race(options: NewWatched, count: number): Promise<Watched[]>;
  end(): Promise<void>;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const model = await startModelServer();
  const repository = await openRepository();
  const program = openProgram({ PATH: agentPath(), ...options.env(model.url, repository.path) });
  const agents = [options.agent].flat() as [string, ...string[]];
  for (const agent of agents) linkAgent(program.paths.agents, agent);
  if (options.config !== undefined) {
    mkdirSync(dirname(program.paths.config), { recursive: true, mode: 0o700 });
    writeFileSync(program.paths.config, JSON.stringify(options.config), { mode: 0o600 });
  }
  const client = await program.connect();
  const watched = new Map<string, Watch>();
  const ended = new AbortController();
  const watch = ({ value, at }: { value: Session; at: number }): Watch => {
    const known = watched.get(value.id);
    if (known !== undefined) return known;
    const made = new Watch(client, program, { value, at }, watch);
    watched.set(value.id, made);
    return made;
  };
  const following = followEvents(
    client,
    {
      after: (hello) => Promise.resolve(hello.seq),
      connected: () => undefined,
      lost: () => undefined,
      event: (event) => {
        // The reply to `create` and this event come in either order.
        if (event.kind === 'session.created' && !watched.has(event.session)) {
          watch(event);
        } else if (event.kind !== 'session.created' && event.session !== null) {
          watched.get(event.session)?.push(event);
        }
      },
    },
    ended.signal,
  );
  const race: World['race'] = async (
    { agent, prompt, mode, permissions, config, model: modelName, cols, rows },
    count,
  ) => {
    const { sessions } = await client.call('create', {
      body: {
        prompt,
        agents: [{ agent: agent ?? agents[0], count, ...(modelName === undefined ? {} : { model: modelName }) }],
        repo: repository.path,
        mode: mode ?? 'interactive',
        permissions: permissions ?? 'ask',
        config: config ?? 'session',
        cols: cols ?? 100,
        rows: rows ?? 30,
      },
    });
    return sessions.map((session) => watch({ value: session, at: session.createdAt }));
  };
  return {
    program,
    repository,
    model,
    client,
    race,
    start: async (how) => {
      const [session] = await race(how, 1);
      if (session === undefined) throw new Error('no session was made');
      return session;
    },
    end: async () => {
      ended.abort();
      await following;
      client.close();
      await program.end();
      await model.close();
      await repository.end();
    },
  };
}

export function wordOf(status: Status): string {
  if (status.state === 'waiting') return `waiting:${status.kind}`;
  return status.state === 'failed' ? `failed:${status.reason}` : status.state;
}

const enter = Buffer.from('\r');

class Watch implements Watched {
  row: Session;
  readonly seen: Seen[];
  readonly agentEvents: AgentEvent[] = [];
  readonly typedAt: number[] = [];
  pressed: ((bytes: Uint8Array) => void) | null = null;
  readonly #client: Client;
  readonly #program: Program;
  readonly #watch: (created: { value: Session; at: number }) => Watch;
  #found = 0;
  #waiting = new Set<() => void>();

  constructor(
    client: Client,
    program: Program,
    created: { value: Session; at: number },
    watch: (created: { value: Session; at: number }) => Watch,
  ) {
    this.#client = client;
    this.#program = program;
    this.#watch = watch;
    this.row = created.value;
    this.seen = [{ word: wordOf(this.row.status), at: created.at, status: this.row.status }];
  }

  get id(): SessionId {
    return this.row.id;
  }

  push(event: SesameEvent): void {
    this.row = applyEvent(this.row, event) ?? this.row;
    if (event.kind === 'agent.event') this.agentEvents.push(event.event);
    const word = wordOf(this.row.status);
    const last = this.seen.at(-1);
    if (last?.word === word) last.status = this.row.status;
    else this.seen.push({ word, at: event.at, status: this.row.status });
    for (const call of [...this.#waiting]) call();
  }

  words(): string {
    return this.seen.map(({ word }) => word).join(' ');
  }

  async reaches(word: string | RegExp, deadlineMs = 30_000): Promise<Status> {
    const fits = (seen: Seen): boolean => (typeof word === 'string' ? seen.word === word : word.test(seen.word));
    const find = (): number => this.seen.findIndex((seen, index) => index >= this.#found && fits(seen));
    await this.until(String(word), () => find() >= 0, deadlineMs);
    this.#found = find();
    return (this.seen[this.#found] as Seen).status;
  }

  async until(what: string, condition: (row: Session) => boolean, deadlineMs = 30_000): Promise<void> {
    const end = performance.now() + deadlineMs;
    while (!condition(this.row)) {
      const left = end - performance.now();
      if (left <= 0) {
        const screen = await this.screen().catch(String);
        throw new Error(`never saw ${what}: ${this.words()}\n${JSON.stringify(this.row.status)}\n${screen}`);
      }
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, left);
        this.#waiting.add(done);
      });
    }
  }

  async screen(): Promise<string> {
    const { lines } = await this.#client.call('screen', { params: { id: this.id } });
    return lines.join('\n');
  }

  async type(text: string): Promise<void> {
    this.typedAt.push(Date.now());
    this.pressed?.(enter);
    const { accepted } = await this.#client.call('input', { params: { id: this.id }, body: { text, submit: true } });
    if (!accepted) throw new Error('the text was not accepted');
  }

  async press(keys: string): Promise<void> {
    const bytes = Buffer.from(keys);
    this.pressed?.(bytes);
    const base64 = bytes.toString('base64');
    await this.#client.call('input', { params: { id: this.id }, body: { base64 } });
  }

  async answer(digit: string): Promise<void> {
    await this.until('a question', ({ status }) => status.state === 'waiting' && status.question !== null, 10_000);
    const { status } = this.row;
    const digest = status.state === 'waiting' ? (status.question?.digest ?? '') : '';
    this.pressed?.(enter);
    await this.#client.call('answer', { params: { id: this.id }, body: { digit, digest } });
  }

  diff(): Promise<DiffSummary> {
    return this.#client.call('diff', { params: { id: this.id } });
  }

  ship(): Promise<ShipResult> {
    return this.#client.call('ship', { params: { id: this.id }, body: {} });
  }

  async stop(): Promise<void> {
    await this.#client.call('stop', { params: { id: this.id } });
    await this.until('its end', ({ run }) => run === null || run.pid === null, 20_000);
  }

  async resume(): Promise<void> {
    await this.#client.call('resume', { params: { id: this.id }, body: {} });
  }

  async fork(prompt: string): Promise<Watched> {
    const { cols, rows } = this.row.run ?? { cols: 100, rows: 30 };
    const { session } = await this.#client.call('fork', { params: { id: this.id }, body: { prompt, cols, rows } });
    const fork = this.#watch({ value: session, at: session.createdAt });
    if (prompt !== '') fork.typedAt.push(session.createdAt);
    return fork;
  }

  file(path: string): string | null {
    try {
      return readFileSync(join(this.row.workplace.path, path), 'utf8');
    } catch {
      return null;
    }
  }

  output(): Buffer {
    const directory = join(this.#program.paths.output, this.row.run?.id ?? '');
    const segments = readdirSync(directory).filter((name) => name.endsWith('.out'));
    return Buffer.concat(segments.sort().map((name) => readFileSync(join(directory, name))));
  }

  said(): string {
    const directory = join(this.#program.paths.sessions, this.id, 'config');
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.jsonl'),
    );
    return [this.output().toString('utf8'), ...files.map((name) => readFileSync(join(directory, name), 'utf8'))].join(
      '\n',
    );
  }
}
