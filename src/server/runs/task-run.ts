// What a run in task mode is, besides a program in a PTY: its events, told once over all servers, and its status, which
// rests on the agent's own verdict and never on an exit code.
import type { Agent, StatusChange } from '../../agents/agent.ts';
import type { AgentEvent } from '../../domain/agent-event.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { RunExit } from './runs.ts';
import { TaskLens } from './task-lens.ts';

const textLimit = 64 << 10;

export interface TaskRunOptions {
  task: NonNullable<Agent['task']>;
  /** Events up to this offset of the output were told by an earlier server. */
  heardTo: number;
  /** The status takes the output into account up to this offset. */
  knownTo: number;
  event(event: AgentEvent, offset: number): void;
  conclude(change: StatusChange): void;
}

export class TaskRun {
  readonly #options: TaskRunOptions;
  readonly #lens: TaskLens;
  #sentence: string | null = null;
  #lastError: Extract<AgentEvent, { type: 'error' }> | null = null;
  #hasVerdict = false;

  constructor(options: TaskRunOptions) {
    this.#options = options;
    this.#lens = new TaskLens({ parser: options.task.parser(), event: (event, end) => this.#hear(event, end) });
  }

  /** The agent has said how it went. */
  get hasVerdict(): boolean {
    return this.#hasVerdict;
  }

  /** What the emulator is given for this piece of output. */
  draw(bytes: Uint8Array, end: number): Uint8Array {
    return this.#lens.push(bytes, end);
  }

  /** The program ended; `end` is the length of its output. Returns what is still to be drawn. */
  end(exit: RunExit, end: number, stopped: boolean): Uint8Array {
    const drawn = this.#lens.end(exit, end);
    if (!this.#hasVerdict && !stopped) this.#endWithoutVerdict(exit);
    return drawn;
  }

  #endWithoutVerdict(exit: RunExit): void {
    this.#hasVerdict = true;
    if (this.#lastError !== null) return;
    const how = exit.signal === null ? `code ${exit.code ?? '?'}` : `signal ${exit.signal}`;
    this.#options.conclude({
      state: 'failed',
      reason: 'crash',
      retryAt: null,
      evidence: { signal: 'report', rule: `no event told how it went; ${how}` },
      message: `the program ended without saying how it went (${how})`,
    });
  }

  #hear(event: AgentEvent, offset: number): void {
    const change = this.#conclusion(event);
    if (offset > this.#options.heardTo) this.#options.event(bounded(event), offset);
    if (change !== null && offset > this.#options.knownTo) this.#options.conclude(change);
  }

  #conclusion(event: AgentEvent): StatusChange | null {
    const evidence = { signal: 'report', rule: `the task's event ${event.type}` } as const;
    switch (event.type) {
      case 'message':
        if (event.role === 'agent') this.#sentence = lastSentence(event.text) ?? this.#sentence;
        return { state: 'working', evidence, message: this.#sentence };
      case 'tool':
      case 'file':
        return { state: 'working', evidence, message: this.#sentence };
      case 'error':
        if (!event.final) return { state: 'working', evidence, message: `${event.message}; it tries again` };
        this.#lastError = event;
        return { state: 'failed', reason: event.reason, retryAt: event.retryAt, evidence, message: event.message };
      case 'done':
        this.#hasVerdict = true;
        if (event.ok) return { state: 'done', evidence, message: lastSentence(event.message ?? '') ?? this.#sentence };
        return {
          state: 'failed',
          reason: this.#lastError?.reason ?? 'agent',
          retryAt: this.#lastError?.retryAt ?? null,
          evidence,
          message: event.message ?? this.#lastError?.message ?? this.#sentence,
        };
      case 'usage':
      case 'conversation':
        return null;
    }
  }
}

function lastSentence(text: string): string | null {
  const line = text
    .trim()
    .split('\n')
    .findLast((other) => other.trim() !== '');
  return line === undefined ? null : plainLine(line);
}

/** As it is kept: the whole text of a message stays in the output log. */
function bounded(event: AgentEvent): AgentEvent {
  switch (event.type) {
    case 'message':
      return { ...event, text: event.text.slice(0, textLimit) };
    case 'tool':
      return { ...event, detail: event.detail.slice(0, textLimit) };
    case 'error':
      return { ...event, message: event.message.slice(0, textLimit) };
    case 'done':
      return { ...event, message: event.message?.slice(0, textLimit) ?? null };
    default:
      return event;
  }
}
