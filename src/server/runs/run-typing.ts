// What is typed into a run: keys and pastes, submissions that are watched until the program took them, answers bound to
// what was seen, and the first prompt, once.
import type { Agent } from '../../agents/agent.ts';
import { Failure } from '../../domain/failure.ts';
import { asksFirst } from '../../domain/live.ts';
import type { Status } from '../../domain/status.ts';
import type { VtEngine } from '../../terminal/engine.ts';
import { chooseAnswer, lookAt } from './question.ts';
import { isReport, RunInput, saidReadyLimitMs } from './run-input.ts';
import { type Receipt, Submission } from './submission.ts';

export interface RunTypingOptions {
  agent: Agent | null;
  /** The first prompt, null for none. */
  prompt: string | null;
  /** It has been typed, under an earlier server. */
  prompted: boolean;
  elapsed(): number;
  engine(): VtEngine;
  status(): Status;
  /** False once the program is gone. */
  hasProgram(): boolean;
  send(bytes: Uint8Array): void;
  /** Submitted with enter, or an interrupt (escape or ctrl+c alone). */
  typed(submitted: boolean, interrupt: boolean): void;
  /** The first prompt is about to be typed. Resolves when the next server would know that, so that it is typed once. */
  prompting(): Promise<void>;
}

export class RunTyping {
  readonly #options: RunTypingOptions;
  readonly #input: RunInput;
  #submission: Submission | null = null;
  #prompted: boolean;
  /** Nothing stands before what a user submits: the first prompt is taken, or there is none. */
  #isPromptTaken: boolean;
  #isStopped = false;
  readonly #waiting = new Set<() => void>();

  constructor(options: RunTypingOptions) {
    const { agent, elapsed } = options;
    this.#options = options;
    this.#prompted = options.prompted || options.prompt === null;
    this.#isPromptTaken = this.#prompted;
    this.#input = new RunInput({
      elapsed,
      settleMs: agent?.submit.settleMs ?? 0,
      saysReady: agent?.submit.saysReady ?? false,
      modes: () => options.engine().modes,
      send: options.send,
      typed: options.typed,
    });
  }

  get prompted(): boolean {
    return this.#prompted;
  }

  /** The program runs. `hasPrinted`: an earlier server saw output of it. */
  begin(hasPrinted: boolean): void {
    const { prompt, prompting } = this.#options;
    if (this.#prompted || prompt === null) return;
    this.#input.whenReady(() => {
      this.#prompted = true;
      void prompting()
        .then(() => this.submit(prompt))
        .then(() => {
          this.#isPromptTaken = true;
          this.#endWaiting();
        });
    });
    if (hasPrinted) this.#input.output();
  }

  /**
   * Resolves once a text may be submitted: at once, unless the program is starting and says itself when it is ready.
   * Also when its program is gone, and after 120 s.
   */
  ready(): Promise<void> {
    if (!this.#isStarting) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(), saidReadyLimitMs);
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
    });
  }

  write(bytes: Uint8Array): boolean {
    const taken = this.#options.hasProgram() && this.#input.write(bytes);
    // Nobody presses enter for a user who types on.
    if (taken && !isReport(bytes)) this.#submission?.end('typed');
    return taken;
  }

  paste(text: string, submit: boolean): boolean {
    const taken = this.#options.hasProgram() && this.#input.paste(text, submit);
    if (taken) this.#submission?.end('typed');
    return taken;
  }

  submit(text: string): Promise<Receipt> {
    const { agent, engine, status, hasProgram } = this.#options;
    const asked = asksFirst(status());
    // A question that came up while the text was typed is not what the enter is for. One that only the screen shows may
    // be the text itself.
    const mayEnter = (): boolean => asked || !asksFirst(status()) || status().evidence.signal === 'screen';
    const submission = new Submission({
      text,
      screen: () => ({ rows: engine().screenText(), cursorRow: engine().cursorY }),
      status,
      again: agent?.submit.retry === true ? () => void (mayEnter() && this.#input.enter()) : undefined,
    });
    // What is still under way is not confirmed any more: its screen is another one's now.
    this.#submission?.end('typed');
    this.#submission = submission;
    const entering = (): boolean => {
      if (mayEnter()) submission.entering();
      else submission.end('typed');
      return mayEnter();
    };
    const taken = hasProgram() && this.#input.paste(text, true, entering);
    if (!taken) submission.end('refused');
    return submission.receipt;
  }

  /** Throws a Failure when the digest is stale, the digit is no choice, or the program does not read. */
  answer(digit: string, digest: string): void {
    const { agent, engine, status, typed } = this.#options;
    const answer = chooseAnswer(agent, status(), lookAt(engine()), digit, digest);
    if (!this.#input.write(Buffer.from(answer))) {
      throw new Failure({
        code: 'input-refused',
        message: 'the program does not read its input',
        remedy: 'try again, or stop the session',
      });
    }
    typed(true, false);
  }

  /** The program printed something, and the screen shows it. */
  output(): void {
    this.#input.output();
    this.#submission?.changed();
  }

  statusChanged({ state, evidence }: Status): void {
    this.#submission?.changed();
    if (evidence.signal === 'report' && (state === 'idle' || state === 'done')) this.#input.beReady();
    this.#endWaiting();
  }

  /** What was sent last did not fit into the holder's queue. */
  refused(): void {
    this.#input.refused();
  }

  stop(): void {
    this.#input.stop();
    this.#submission?.end('typed');
    this.#isStopped = true;
    this.#endWaiting();
  }

  get #isStarting(): boolean {
    const { agent, status } = this.#options;
    if (agent?.submit.saysReady !== true || this.#isStopped) return false;
    const { state } = status();
    return state === 'starting' || (!this.#isPromptTaken && state !== 'waiting');
  }

  #endWaiting(): void {
    if (this.#isStarting) return;
    for (const done of [...this.#waiting]) done();
  }
}
