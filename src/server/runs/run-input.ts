// What goes to a run's program: keys at once, pastes as a terminal gives them, the enter after a paste as a key of its
// own, and the first prompt once the program is ready for it.
import { HolderWriteQueueBytes } from '../../protocol/holder.ts';
import { encodePaste } from '../../terminal/encode-paste.ts';
import { QuietTimer } from './quiet-timer.ts';

/** Programs take an enter that comes with the paste for a part of it. */
const leastSettleMs = 40;
/** A program that prints without a pause is not waited for longer than this on top. */
const submitLimitMs = 400;
/** A longer text takes a program a while: it is entered after the program has drawn it. */
const longPaste = 4096;
const longSubmitLimitMs = 10_000;
const readyQuietMs = 300;
const readyLimitMs = 10_000;
/** For a program that says when it is ready: longer than the slowest start on a busy machine. */
export const saidReadyLimitMs = 120_000;
/** After a refusal nothing is tried for so long: the program does not read. */
const refusedMs = 500;

export interface RunInputOptions {
  elapsed(): number;
  /** The pause between a paste and its enter that the program needs. */
  settleMs: number;
  /** Quiet does not mean ready: somebody calls `beReady`. */
  saysReady?: boolean;
  modes(): number;
  send(bytes: Uint8Array): void;
  /** Something was typed: submitted with enter, or an interrupt (escape or ctrl+c alone). */
  typed(submitted: boolean, interrupt: boolean): void;
}

export class RunInput {
  readonly #options: RunInputOptions;
  readonly #settleMs: number;
  readonly #submitQuiet: QuietTimer;
  readonly #readyQuiet: QuietTimer;
  #submitLimit: NodeJS.Timeout | null = null;
  #readyLimit: NodeJS.Timeout | null = null;
  #ready: (() => void) | null = null;
  #entering: () => boolean = () => true;
  #refusedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RunInputOptions) {
    this.#options = options;
    this.#settleMs = Math.max(leastSettleMs, options.settleMs);
    this.#submitQuiet = new QuietTimer(this.#settleMs, options.elapsed, () => this.#submit());
    this.#readyQuiet = new QuietTimer(readyQuietMs, options.elapsed, () => this.beReady());
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#send(bytes)) return false;
    this.#options.typed(bytes.includes(0x0d), isInterrupt(bytes));
    return true;
  }

  /** `entering` is called right before the enter is typed; when it returns false the text stays without one. */
  paste(text: string, submit: boolean, entering: () => boolean = () => true): boolean {
    // Line ends as the enter key gives them, and as most terminals paste them.
    const bytes = encodePaste(text.replace(/\r\n|\n/g, '\r'), this.#options.modes());
    if (bytes.length > 0 && !this.#send(bytes)) return false;
    this.#options.typed(false, false);
    if (submit) {
      this.#entering = entering;
      const isLong = text.length > longPaste;
      const limitMs = isLong ? longSubmitLimitMs : submitLimitMs + this.#settleMs;
      this.#submitLimit = setTimeout(() => this.#submit(), limitMs);
      if (!isLong) this.#submitQuiet.touch();
    }
    return true;
  }

  enter(): void {
    this.#options.send(Buffer.from('\r'));
    this.#options.typed(true, false);
  }

  /** Calls once the program is quiet after its first output, or says that it is ready, or after 10 s (120 s). */
  whenReady(call: () => void): void {
    this.#ready = call;
    this.#readyLimit = setTimeout(
      () => this.beReady(),
      this.#options.saysReady === true ? saidReadyLimitMs : readyLimitMs,
    );
    this.#readyLimit.unref();
  }

  beReady(): void {
    const call = this.#ready;
    this.#ready = null;
    this.#readyQuiet.stop();
    if (this.#readyLimit !== null) clearTimeout(this.#readyLimit);
    this.#readyLimit = null;
    call?.();
  }

  /** The program printed something. */
  output(): void {
    if (this.#submitLimit !== null) this.#submitQuiet.touch();
    if (this.#ready !== null && this.#options.saysReady !== true) this.#readyQuiet.touch();
  }

  refused(): void {
    this.#refusedAt = this.#options.elapsed();
  }

  stop(): void {
    this.#ready = null;
    this.#submitQuiet.stop();
    this.#readyQuiet.stop();
    if (this.#readyLimit !== null) clearTimeout(this.#readyLimit);
    if (this.#submitLimit !== null) clearTimeout(this.#submitLimit);
    this.#submitLimit = null;
  }

  /** What was pasted before is submitted before anything else is typed. */
  #send(bytes: Uint8Array): boolean {
    if (bytes.length > HolderWriteQueueBytes) return false;
    if (this.#options.elapsed() - this.#refusedAt < refusedMs) return false;
    if (this.#submitLimit !== null) this.#submit();
    const refusedAt = this.#refusedAt;
    this.#options.send(bytes);
    // The link may refuse at once, when the holder itself does not keep up.
    return this.#refusedAt === refusedAt;
  }

  #submit(): void {
    if (this.#submitLimit === null) return;
    clearTimeout(this.#submitLimit);
    this.#submitLimit = null;
    this.#submitQuiet.stop();
    if (this.#entering()) this.enter();
  }
}

/** What a terminal says by itself: the mouse, and that it is looked at or not. */
export function isReport(bytes: Uint8Array): boolean {
  return /^(?:\u001b\[(?:<[\d;]+[Mm]|M.{3}|[IO]))+$/s.test(Buffer.from(bytes).toString('latin1'));
}

/** Escape or ctrl+c, also as kitty's keyboard protocol says them. */
export function isInterrupt(bytes: Uint8Array): boolean {
  return (
    bytes.length <= 8 &&
    /^(?:\u001b|\u0003|\u001b\[27(?:;1)?u|\u001b\[99;5u)$/.test(Buffer.from(bytes).toString('latin1'))
  );
}
