// Whether an agent that says it works still does anything. Spinners, counters and titles turn while a model hangs, so
// that output alone says nothing. What counts is new words: on the screen, in the title, in what the program reports.
//
// Seen of the agents' screens over a minute in which the model said nothing:
//
//   ✻ Manifesting… (1m 0s · ↓ 34 tokens)            a row with a time: all of it is passed over
//   ⠏ Thinking... (esc to cancel, 42s)
//   ◉ Working · 75 B esc esc interrupt               glyphs and digits change, the words stay
//   ╰ ≋ Waiting ─── worktrees/k3f9 (main) ─╯
//
// So a screen is its words: letters only, without rows that tell how long something takes.
import type { Agent, AgentSignal } from '../../agents/agent.ts';

const tellsTime = /\d\s?(?:s|sec|secs|seconds?|m|min|minutes?|h)\b/;
const noLetter = /[^\p{L}\p{M}]+/gu;

export interface LifeOptions {
  agent: Agent | null;
  screenRows(): readonly string[];
  /** Lines that ever scrolled off the screen. */
  scrolled(): number;
}

export class SignsOfLife {
  readonly #options: LifeOptions;
  #words = '';
  #scrolled = 0;
  #title = '';
  #report = '';
  #progress = '';

  constructor(options: LifeOptions) {
    this.#options = options;
  }

  /** Whether the screen shows words that it did not at the last look. */
  look(rows: readonly string[] = this.#options.screenRows()): boolean {
    const words = wordsOf(rows);
    const scrolled = this.#options.scrolled();
    const isNew = words !== this.#words || scrolled !== this.#scrolled;
    this.#words = words;
    this.#scrolled = scrolled;
    return isNew;
  }

  /** Whether this says something that has not been said just before. */
  hears(signal: AgentSignal): boolean {
    switch (signal.kind) {
      case 'hook':
      case 'file':
      case 'event':
        return this.#options.agent?.isPulse?.(signal) !== true;
      case 'notification':
      case 'bell':
      case 'connection':
        return true;
      case 'report': {
        const before = this.#report;
        this.#report = signal.text;
        return signal.text !== before;
      }
      case 'title': {
        const before = this.#title;
        this.#title = letters(signal.text);
        return this.#title !== before;
      }
      case 'progress': {
        const before = this.#progress;
        this.#progress = `${signal.state} ${signal.percent}`;
        return this.#progress !== before;
      }
      case 'activity':
      case 'input':
      case 'screen':
        return false;
    }
  }
}

/** Rows without words are none: what moves up or down with an empty row is not new. */
export function wordsOf(rows: readonly string[]): string {
  return rows
    .filter((row) => !tellsTime.test(row))
    .map(letters)
    .filter((row) => row !== '')
    .join('\n');
}

function letters(text: string): string {
  return text.replace(noLetter, '');
}
