// UTF-8 to code points over a stream of pieces, as the WHATWG decoder does it: what is not UTF-8 becomes U+FFFD.
//
// Replaces the decoder of xterm.js 6.0.0, which loses a character whose bytes are cut after 0x80 (`…` is E2 80 A6)
// and drops wrong bytes without a trace. See utf8.test.ts; not needed once its cases hold for xterm's own.

const replacement = 0xfffd;
const byteOrderMark = 0xfeff;

export class Utf8Decoder {
  #codePoint = 0;
  /** Continuation bytes still missing. */
  #missing = 0;
  /** Range the next continuation byte must be in; narrower after some first bytes. */
  #lower = 0x80;
  #upper = 0xbf;

  /** Forgets an unfinished character. */
  clear(): void {
    this.#missing = 0;
    this.#lower = 0x80;
    this.#upper = 0xbf;
  }

  /** Writes at most `input.length + 1` code points to `target` and returns how many. Byte order marks are left out. */
  decode(input: Uint8Array, target: Uint32Array): number {
    const length = input.length;
    let size = 0;
    let codePoint = this.#codePoint;
    let missing = this.#missing;
    let lower = this.#lower;
    let upper = this.#upper;
    for (let i = 0; i < length; i++) {
      let byte = input[i] as number;
      if (missing === 0) {
        while (byte < 0x80) {
          target[size++] = byte;
          if (++i >= length) break;
          byte = input[i] as number;
        }
        if (i >= length) break;
        if (byte >= 0xc2 && byte <= 0xdf) {
          missing = 1;
          codePoint = byte & 0x1f;
        } else if (byte >= 0xe0 && byte <= 0xef) {
          missing = 2;
          codePoint = byte & 0xf;
          if (byte === 0xe0) lower = 0xa0;
          else if (byte === 0xed) upper = 0x9f;
        } else if (byte >= 0xf0 && byte <= 0xf4) {
          missing = 3;
          codePoint = byte & 0x7;
          if (byte === 0xf0) lower = 0x90;
          else if (byte === 0xf4) upper = 0x8f;
        } else {
          target[size++] = replacement;
        }
        continue;
      }
      const fits = byte >= lower && byte <= upper;
      lower = 0x80;
      upper = 0xbf;
      if (!fits) {
        missing = 0;
        target[size++] = replacement;
        // The byte begins something else.
        i--;
        continue;
      }
      codePoint = (codePoint << 6) | (byte & 0x3f);
      if (--missing === 0 && codePoint !== byteOrderMark) target[size++] = codePoint;
    }
    this.#codePoint = codePoint;
    this.#missing = missing;
    this.#lower = lower;
    this.#upper = upper;
    return size;
  }
}
