// An inline terminal interface: lines that scroll away for good, and below them a live part that is drawn over.
// Every frame is one write inside synchronized output, so that no half-drawn frame is ever shown.
import { cut, wrap } from './text-width.ts';

export interface Terminal {
  cols: number;
  rows: number;
  write(text: string): void;
}

export interface LivePart {
  lines: string[];
  /** Where the cursor is shown, counted in `lines`; null hides it. */
  cursor: { line: number; col: number } | null;
}

/** Lines kept to draw again after a resize. */
const kept = 500;

export class Screen {
  private readonly terminal: Terminal;
  private transcript: string[] = [];
  private pending: string[] = [];
  private live: LivePart = { lines: [], cursor: null };
  /** Rows between the top of the live part and the cursor, as last drawn. */
  private below = 0;

  private readonly plain: boolean;

  /** `plain`: the output is no terminal; lines only. */
  constructor(terminal: Terminal, plain: boolean) {
    this.terminal = terminal;
    this.plain = plain;
  }

  get cols(): number {
    return this.terminal.cols;
  }

  /** Adds text above the live part, with the next paint. */
  print(...lines: string[]): void {
    this.pending.push(...lines);
  }

  paint(live: LivePart = this.live): void {
    this.live = live;
    const { cols } = this.terminal;
    const above = this.pending.flatMap((line) => wrap(line, cols));
    this.transcript = [...this.transcript, ...this.pending].slice(-kept);
    this.pending = [];
    const clear = `${this.below > 0 ? `\u001b[${this.below}A` : ''}\r\u001b[J`;
    this.draw(clear, above);
  }

  /** After a change of size the terminal may have moved every line: start over from what is kept. */
  resized(): void {
    const { cols, rows } = this.terminal;
    const room = Math.max(0, rows - this.visibleLive().length);
    const lines = this.transcript.slice(-rows).flatMap((line) => wrap(line, cols));
    this.draw('\u001b[H\u001b[2J', room === 0 ? [] : lines.slice(-room));
  }

  /** Leaves the cursor on a fresh line below everything. */
  end(): void {
    this.paint({ lines: [], cursor: null });
    if (!this.plain) this.terminal.write('\u001b[?25h');
  }

  private draw(clear: string, above: readonly string[]): void {
    if (this.plain) {
      if (above.length > 0) this.terminal.write(`${above.join('\n')}\n`);
      return;
    }
    const lines = this.visibleLive().map((line) => cut(line, this.terminal.cols));
    const last = Math.max(0, lines.length - 1);
    const cursor = this.live.cursor;
    const row =
      cursor === null ? last : Math.min(last, Math.max(0, cursor.line - (this.live.lines.length - lines.length)));
    const place =
      cursor === null
        ? '\u001b[?25l'
        : `${last > row ? `\u001b[${last - row}A` : ''}\r${cursor.col > 0 ? `\u001b[${Math.min(cursor.col, this.terminal.cols - 1)}C` : ''}\u001b[?25h`;
    const body = [...above.map((line) => `${line}\r\n`), lines.join('\r\n')].join('');
    this.terminal.write(`\u001b[?2026h${clear}${body}${place}\u001b[?2026l`);
    this.below = row;
  }

  /** The end of the live part that fits: its last lines matter most. */
  private visibleLive(): string[] {
    return this.live.lines.slice(-Math.max(1, this.terminal.rows - 1));
  }
}
