// Did the program take what was submitted? Only what can be seen counts: it began to work, or the text left its input
// line after the enter. Anything else is `typed`: the keys went out and nothing shows what became of them.
import type { Status } from '../../domain/status.ts';

/** `refused`: the program does not read, nothing was typed. */
export type Receipt = 'accepted' | 'typed' | 'refused';

/** How long is waited for a sign. */
const signMs = 3000;
/** After so long without one, programs that sometimes lose an enter are given another. */
const retryMs = 1000;
const tailLength = 16;

export interface SubmissionOptions {
  text: string;
  screen(): { rows: readonly string[]; cursorRow: number };
  status(): Status;
  /** Enter once more; absent when one must be enough. */
  again?: (() => void) | undefined;
}

interface Look {
  /** The last row that shows the end of the text, -1 when none does. */
  lastRow: number;
  atCursor: boolean;
}

export class Submission {
  readonly receipt: Promise<Receipt>;
  readonly #options: SubmissionOptions;
  readonly #tail: string;
  readonly #resolve: (receipt: Receipt) => void;
  #before: { look: Look; status: Status } | null = null;
  #timers: NodeJS.Timeout[] = [];

  constructor(options: SubmissionOptions) {
    const { promise, resolve } = Promise.withResolvers<Receipt>();
    this.receipt = promise;
    this.#resolve = resolve;
    this.#options = options;
    this.#tail = squeeze(options.text).slice(-tailLength);
  }

  /** The enter is about to be typed. */
  entering(): void {
    if (this.#before !== null) return;
    this.#before = { look: this.#look(), status: this.#options.status() };
    this.#after(signMs, () => this.end('typed'));
    const { again } = this.#options;
    if (again !== undefined) this.#after(retryMs, again);
  }

  /** The screen or the status has changed. */
  changed(): void {
    if (this.#before === null) return;
    const { look, status } = this.#before;
    const now = this.#options.status();
    const acts = now.state === 'working' || now.state === 'waiting';
    if (acts && (now.state !== status.state || now.since !== status.since)) {
      this.end('accepted');
      return;
    }
    if (look.lastRow < 0) return;
    const next = this.#look();
    if (next.lastRow !== look.lastRow || (look.atCursor && !next.atCursor)) this.end('accepted');
  }

  end(receipt: Receipt): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    this.#resolve(receipt);
  }

  #look(): Look {
    const { rows, cursorRow } = this.#options.screen();
    const shows = (row: string): boolean => {
      const text = squeeze(row);
      return (this.#tail !== '' && text.includes(this.#tail)) || /\[Pasted (?:text|Content)/i.test(row);
    };
    return { lastRow: rows.findLastIndex(shows), atCursor: shows(rows[cursorRow] ?? '') };
  }

  #after(delayMs: number, call: () => void): void {
    this.#timers.push(setTimeout(call, delayMs));
  }
}

/** Wrapping and padding say nothing about the text. */
function squeeze(text: string): string {
  return text.replace(/\s+/g, '');
}
