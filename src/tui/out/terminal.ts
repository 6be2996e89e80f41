// The outer terminal: its modes, its answers, what is typed into it, and one writer. Bytes go through a port, which is
// the machine's terminal (tty-port.ts) or one in memory, in tests.
import { sanitize } from '../../terminal/sanitize.ts';
import type { Token } from '../input/token.ts';
import { Tokenizer } from '../input/tokenizer.ts';
import { type Capabilities, learn, probe } from './capabilities.ts';
import { enterModes, leaveModes, type MouseMode, mouseModes, pushKitty } from './modes.ts';

export interface TerminalSize {
  cols: number;
  rows: number;
}

export interface TerminalPort {
  readonly size: TerminalSize;
  /** False: nothing more should be written until `drained`. */
  write(bytes: Uint8Array): boolean;
  /** Takes the bytes now or drops them; neither waits nor throws. For the moment of an exit. */
  writeNow(bytes: Uint8Array): void;
  /** Raw mode, reading. */
  open(listener: PortListener): void;
  /** Cooked mode, no reading. Can be opened again. */
  close(): void;
  /** Stops the process as ctrl+z does; returns when it runs again. */
  stopProcess(): Promise<void>;
}

export interface PortListener {
  input(bytes: Uint8Array): void;
  drained(): void;
  resized(): void;
  /** The process goes on after a stop that we did not ask for, and the modes may be gone. */
  continued(): void;
  /** Called once, from whatever ends the process; restores synchronously. */
  ending(): void;
  /** The terminal is gone or the process was asked to end. */
  closed(reason: string): void;
}

export interface TerminalListener {
  /** Everything but answers to our own questions. */
  tokens(tokens: readonly Token[]): void;
  resized(size: TerminalSize): void;
  /** The writer is free again: a skipped frame can be drawn. */
  drained(): void;
  /** The screen was someone else's for a while: draw all of it. */
  resumed(): void;
  /** More is known of the terminal than at the start. */
  learned(capabilities: Capabilities): void;
  /** The terminal hung up, or a signal asked the program to end; stop and leave. */
  closed(reason: string): void;
}

export interface OuterTerminal {
  readonly size: TerminalSize;
  readonly capabilities: Capabilities;
  /** Do not make a frame now: `drained` will be called. */
  readonly blocked: boolean;
  /** How long an ESC at the end of a read is waited on. 0: not at all, for a pane, whose program sees the same bytes. */
  escapeTimeoutMs: number;
  /**
   * Settles once the terminal has answered all questions, or a second after the start. Nothing needs to wait for it but
   * a quick end: answers that come after `stop` would be typed into the shell. Never rejects.
   */
  readonly probed: Promise<void>;
  start(listener: TerminalListener): void;
  /** Writes one frame. The caller has looked at `blocked`. */
  write(frame: Uint8Array): void;
  setMouse(mode: MouseMode): void;
  setTitle(text: string): void;
  bell(): void;
  /** OSC 9. */
  notify(text: string): void;
  /** OSC 52. False when the text is too long for terminals to take. */
  copy(text: string): boolean;
  /** Gives the screen back and stops the process until it is continued. */
  suspend(): Promise<void>;
  /** Gives the terminal back as it was. Idempotent. */
  stop(): void;
}

/** What a held beginning of a sequence may take, also over a slow link. */
const sequenceTimeoutMs = 300;
const pasteTimeoutMs = 10_000;
/** Terminals refuse or cut more than about this much of base64. */
const longestCopy = 74_000;
const defaultEscapeTimeoutMs = 25;
const kittyEscapeTimeoutMs = 50;
const probeTimeoutMs = 1000;

export function createTerminal(port: TerminalPort, capabilities: Capabilities): OuterTerminal {
  return new PortTerminal(port, capabilities);
}

class PortTerminal implements OuterTerminal {
  escapeTimeoutMs = defaultEscapeTimeoutMs;
  readonly probed: Promise<void>;
  #settleProbe: () => void = () => undefined;
  #probing = true;
  #learned = false;
  readonly #port: TerminalPort;
  readonly #tokenizer = new Tokenizer();
  #capabilities: Capabilities;
  #listener: TerminalListener | null = null;
  #state: 'new' | 'open' | 'suspended' | 'ended' = 'new';
  #blocked = false;
  #kittyPushed = false;
  #mouse: MouseMode = 'off';
  #title = '';
  #titleWaits = false;
  #expiry: NodeJS.Timeout | null = null;

  constructor(port: TerminalPort, capabilities: Capabilities) {
    this.#port = port;
    this.#capabilities = capabilities;
    this.probed = new Promise((resolve) => {
      this.#settleProbe = () => {
        this.#probing = false;
        this.#tellLearned();
        resolve();
      };
    });
  }

  get size(): TerminalSize {
    return this.#port.size;
  }

  get capabilities(): Capabilities {
    return this.#capabilities;
  }

  get blocked(): boolean {
    return this.#blocked || this.#state !== 'open';
  }

  start(listener: TerminalListener): void {
    if (this.#state !== 'new') return;
    this.#listener = listener;
    this.#enter();
    this.#send(probe);
    setTimeout(this.#settleProbe, probeTimeoutMs).unref();
  }

  write(frame: Uint8Array): void {
    if (this.#state !== 'open') return;
    if (!this.#port.write(frame)) this.#blocked = true;
  }

  setMouse(mode: MouseMode): void {
    if (mode === this.#mouse) return;
    this.#mouse = mode;
    this.#send(mouseModes(mode));
  }

  setTitle(text: string): void {
    const title = sanitize(text, 200);
    if (title === this.#title) return;
    this.#title = title;
    // Titles change often and only the last one counts.
    if (this.#blocked) this.#titleWaits = true;
    else this.#sendTitle();
  }

  bell(): void {
    if (!this.#blocked) this.#send('\x07');
  }

  notify(text: string): void {
    if (!this.#blocked) this.#send(`\x1b]9;${sanitize(text, 200)}\x1b\\`);
  }

  copy(text: string): boolean {
    const bytes = Buffer.from(text, 'utf8');
    if (bytes.length > longestCopy || this.#state !== 'open') return false;
    this.#send(`\x1b]52;c;${bytes.toString('base64')}\x1b\\`);
    return true;
  }

  async suspend(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#leave();
    this.#state = 'suspended';
    await this.#port.stopProcess();
    this.#resume();
  }

  stop(): void {
    if (this.#state === 'open') this.#leave();
    this.#state = 'ended';
    this.#clearExpiry();
  }

  #enter(): void {
    this.#state = 'open';
    this.#blocked = false;
    this.#port.open({
      input: (bytes) => this.#input(bytes),
      drained: () => this.#drained(),
      resized: () => this.#listener?.resized(this.size),
      continued: () => this.#continued(),
      ending: () => this.stop(),
      closed: (reason) => this.#listener?.closed(reason),
    });
    this.#send(enterModes);
    if (this.#capabilities.kittyKeyboard) this.#pushKitty();
    if (this.#mouse !== 'off') this.#send(mouseModes(this.#mouse));
    if (this.#title !== '') this.#sendTitle();
  }

  #leave(): void {
    this.#port.writeNow(Buffer.from(leaveModes(this.#kittyPushed), 'latin1'));
    this.#kittyPushed = false;
    this.#clearExpiry();
    this.#port.close();
  }

  #resume(): void {
    if (this.#state !== 'suspended') return;
    this.#enter();
    this.#listener?.resumed();
  }

  /** A shell may have used the terminal meanwhile. */
  #continued(): void {
    if (this.#state !== 'open') return;
    this.#port.close();
    this.#kittyPushed = false;
    this.#state = 'suspended';
    this.#resume();
  }

  #send(text: string): void {
    this.write(Buffer.from(text, 'utf8'));
  }

  #sendTitle(): void {
    this.#titleWaits = false;
    this.#send(`\x1b]2;${this.#title}\x1b\\`);
  }

  #drained(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    if (this.#titleWaits) this.#sendTitle();
    this.#listener?.drained();
  }

  #input(bytes: Uint8Array): void {
    this.#deliver(this.#tokenizer.push(bytes));
    this.#clearExpiry();
    const waitMs = this.#waitMs();
    if (waitMs === 0) this.#expire();
    else if (waitMs > 0) this.#expiry = setTimeout(() => this.#expire(), waitMs);
  }

  /** Below 0: nothing is held. */
  #waitMs(): number {
    switch (this.#tokenizer.pending) {
      case 'none':
        return -1;
      case 'escape':
        // With the kitty protocol the Escape key has a sequence of its own; a lone ESC is the first byte of another.
        return this.#kittyPushed ? kittyEscapeTimeoutMs : this.escapeTimeoutMs;
      case 'sequence':
        return sequenceTimeoutMs;
      case 'paste':
        return pasteTimeoutMs;
    }
  }

  #expire(): void {
    this.#expiry = null;
    this.#deliver(this.#tokenizer.expire());
  }

  #clearExpiry(): void {
    if (this.#expiry !== null) clearTimeout(this.#expiry);
    this.#expiry = null;
  }

  #deliver(tokens: readonly Token[]): void {
    const typed: Token[] = [];
    for (const token of tokens) {
      if (token.kind === 'reply') this.#learn(token.reply);
      else typed.push(token);
    }
    if (typed.length > 0) this.#listener?.tokens(typed);
  }

  #learn(reply: Extract<Token, { kind: 'reply' }>['reply']): void {
    const next = learn(this.#capabilities, reply);
    this.#learned ||= next !== this.#capabilities;
    this.#capabilities = next;
    if (next.kittyKeyboard && !this.#kittyPushed) this.#pushKitty();
    if (reply.type === 'da1') this.#settleProbe();
    else if (!this.#probing) this.#tellLearned();
  }

  /** Once for all answers, so that the screen is drawn anew once. */
  #tellLearned(): void {
    if (!this.#learned || this.#state === 'ended') return;
    this.#learned = false;
    this.#listener?.learned(this.#capabilities);
  }

  #pushKitty(): void {
    this.#kittyPushed = true;
    this.#send(pushKitty);
  }
}
