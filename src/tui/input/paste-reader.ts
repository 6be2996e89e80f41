// Collects a bracketed paste up to its end mark, however it is cut. Each byte is looked at once.
import { PasteLimit, type Token } from './token.ts';

/** ESC [ 2 0 1 ~. ESC occurs only at its start, so a failed match can only restart at another ESC. */
const mark = Uint8Array.of(0x1b, 0x5b, 0x32, 0x30, 0x31, 0x7e);

export class PasteReader {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;
  #truncated = false;
  /** Bytes of the mark seen at the end of what came so far. */
  #matched = 0;

  /** The bytes after the end mark, or null when the paste goes on. */
  push(bytes: Uint8Array): Uint8Array | null {
    let from = 0;
    let at = 0;
    while (at < bytes.length) {
      if (this.#matched === 0) {
        const start = bytes.indexOf(0x1b, at);
        if (start < 0) break;
        this.#keep(bytes.subarray(from, start));
        from = start + 1;
        at = from;
        this.#matched = 1;
        continue;
      }
      if (bytes[at] === mark[this.#matched]) {
        this.#matched++;
        at++;
        from = at;
        if (this.#matched === mark.length) return bytes.subarray(at);
        continue;
      }
      // Not the mark after all: what matched belongs to the paste.
      this.#keep(mark.subarray(0, this.#matched));
      this.#matched = 0;
    }
    this.#keep(bytes.subarray(from));
    return null;
  }

  finish(): Token {
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return { kind: 'paste', bytes, truncated: this.#truncated };
  }

  #keep(bytes: Uint8Array): void {
    const room = PasteLimit - this.#size;
    if (bytes.length > room) this.#truncated = true;
    if (bytes.length === 0 || room <= 0) return;
    this.#pieces.push(bytes.slice(0, room));
    this.#size += Math.min(bytes.length, room);
  }
}
