// A task seen through a lens: the bytes its program prints become lines, lines become events, events become a readable
// transcript. The raw bytes stay in the output log; a replay through a fresh lens shows the same.
import type { TaskParser } from '../../agents/agent.ts';
import type { AgentEvent } from '../../domain/agent-event.ts';
import type { RunExit } from './runs.ts';
import { Transcript } from './transcript.ts';

/** A longer line is left out. */
const lineLimitBytes = 8 << 20;
const lineFeed = 10;
const hideCursor = '\u001b[?25l';

export interface TaskLensOptions {
  parser: TaskParser;
  /** `offset`: the end of the line in the output. In order. */
  event(event: AgentEvent, offset: number): void;
}

export class TaskLens {
  readonly #options: TaskLensOptions;
  readonly #transcript = new Transcript();
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #begun = false;

  constructor(options: TaskLensOptions) {
    this.#options = options;
  }

  /** What to draw for these bytes, which end at `end` of the output. */
  push(bytes: Uint8Array, end: number): Uint8Array {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let drawn = this.#begun ? '' : hideCursor;
    this.#begun = true;
    let from = 0;
    for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, from)) {
      drawn += this.#line(piece.subarray(from, at), end - piece.length + at + 1);
      from = at + 1;
    }
    this.#keep(piece.subarray(from));
    return Buffer.from(drawn);
  }

  /** The program ended: what its parser and the last unfinished line still say. `end`: the length of the output. */
  end(exit: RunExit, end: number): Uint8Array {
    let drawn = this.#partialBytes > 0 ? this.#line(Buffer.alloc(0), end) : '';
    drawn += this.#tell(
      this.#parse(() => this.#options.parser.end(exit)),
      end,
    );
    return Buffer.from(drawn);
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#partialBytes += rest.length;
    if (this.#partialBytes <= lineLimitBytes) this.#partial.push(Buffer.from(rest));
    else this.#partial = [];
  }

  #line(rest: Buffer, end: number): string {
    const tooLong = this.#partialBytes > lineLimitBytes;
    const line = Buffer.concat([...this.#partial, rest])
      .toString('utf8')
      .replace(/\r+$/, '');
    this.#partial = [];
    this.#partialBytes = 0;
    if (tooLong) return this.#transcript.other('(a line too long to read)');
    const events = this.#parse(() => this.#options.parser.push(line));
    if (events.length > 0) return this.#tell(events, end);
    return isJson(line) ? '' : this.#transcript.other(line);
  }

  #tell(events: readonly AgentEvent[], end: number): string {
    return events
      .map((event) => {
        this.#options.event(event, end);
        return this.#transcript.event(event);
      })
      .join('');
  }

  /** A parser that stumbles over a line must not stop the output. */
  #parse(parse: () => AgentEvent[]): AgentEvent[] {
    try {
      return parse();
    } catch {
      return [];
    }
  }
}

function isJson(line: string): boolean {
  if (!/^\s*[[{]/.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
