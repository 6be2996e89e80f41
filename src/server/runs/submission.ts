// Did the program take what was submitted? Only what can be seen counts: it began to work, or the text left its input
// line after the enter. Anything else is `typed`: the keys went out and nothing shows what became of them.
//
// Programs that sometimes lose an enter get another while the text stands where it was typed. Such a program may also
// draw its input line anew with the text in it, so there the text must have been gone for a while.
import type { Status } from '../../domain/status.ts';

/** `refused`: the program does not read, nothing was typed. */
export type Receipt = 'accepted' | 'typed' | 'refused';

/** How long is waited for a sign. */
const signMs = 3000;
/** Each time after so long without one, programs that sometimes lose an enter are given another. */
const retryMs = 1000;
/** So long the text must be gone from the input line of such a program. */
const goneMs = 1000;
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
  #ended = false;
  /** Runs while the text is gone. */
  #gone: NodeJS.Timeout | null = null;
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
    if (this.#before !== null || this.#ended) return;
    this.#before = { look: this.#look(), status: this.#options.status() };
    this.#after(signMs, () => this.end(this.#gone === null ? 'typed' : 'accepted'));
    if (this.#options.again === undefined) return;
    this.#after(retryMs, () => this.#retry(true));
    for (let at = 2 * retryMs; at < signMs; at += retryMs) this.#after(at, () => this.#retry(false));
  }

  /** The screen or the status has changed. */
  changed(): void {
    if (this.#before === null || this.#ended) return;
    const { look, status } = this.#before;
    const now = this.#options.status();
    const acts = now.state === 'working' || now.state === 'waiting';
    if (acts && (now.state !== status.state || now.since !== status.since)) {
      this.end('accepted');
      return;
    }
    const next = this.#look();
    // A program that is slow draws the text only now.
    if (look.lastRow < 0 && next.atCursor) this.#before.look = next;
    if (!hasLeft(this.#before.look, next)) this.#isBack();
    else if (this.#options.again === undefined) this.end('accepted');
    else this.#gone ??= this.#after(goneMs, () => this.end('accepted'));
  }

  #isBack(): void {
    if (this.#gone !== null) clearTimeout(this.#gone);
    this.#gone = null;
  }

  /** `blind`: also when the text was never seen, so that nothing can show whether the enter was lost. */
  #retry(blind: boolean): void {
    if (this.#before === null || this.#gone !== null) return;
    const wasSeen = this.#before.look.lastRow >= 0;
    if (wasSeen || (blind && this.#options.status().state !== 'waiting')) this.#options.again?.();
  }

  end(receipt: Receipt): void {
    this.#ended = true;
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

  #after(delayMs: number, call: () => void): NodeJS.Timeout {
    const timer = setTimeout(call, delayMs);
    this.#timers.push(timer);
    return timer;
  }
}

/** A text that moves together with the cursor is still in the input line: what is above it has grown. */
function hasLeft(before: Look, now: Look): boolean {
  if (before.lastRow < 0) return false;
  return before.atCursor ? !now.atCursor : now.lastRow !== before.lastRow;
}

/** Wrapping and padding say nothing about the text. */
function squeeze(text: string): string {
  return text.replace(/\s+/g, '');
}
