// Server-sent events, parsed from pieces cut anywhere.

export interface SseMessage {
  event: string;
  id: string | null;
  data: string;
}

const defaultLineLimit = 32 << 20;

/** Calls back once per complete message. Throws when a line, or the lines of one message, are longer than the limit (32 MiB). */
export class SseParser {
  readonly #call: (message: SseMessage) => void;
  readonly #limit: number;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #event = 'message';
  #id: string | null = null;
  #data: string[] = [];
  #dataLength = 0;

  constructor(call: (message: SseMessage) => void, lineLimit = defaultLineLimit) {
    this.#call = call;
    this.#limit = lineLimit;
  }

  push(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > this.#limit) throw new Error('an event is too long');
    for (const line of lines) this.#line(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  #line(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') {
      this.#data.push(value);
      this.#dataLength += value.length;
      if (this.#dataLength > this.#limit) throw new Error('an event is too long');
    } else if (field === 'event') this.#event = value;
    else if (field === 'id') this.#id = value;
  }

  #dispatch(): void {
    if (this.#data.length > 0) this.#call({ event: this.#event, id: this.#id, data: this.#data.join('\n') });
    this.#event = 'message';
    this.#data = [];
    this.#dataLength = 0;
  }
}
