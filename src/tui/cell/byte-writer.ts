// A growing run of bytes that a frame is written into; kept between frames so that encoding allocates once.

export class ByteWriter {
  length = 0;
  #bytes = new Uint8Array(16 * 1024);

  clear(): void {
    this.length = 0;
  }

  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = value;
  }

  /** Only code units below 0x80. */
  ascii(text: string): void {
    this.#reserve(text.length);
    for (let index = 0; index < text.length; index++) this.#bytes[this.length++] = text.charCodeAt(index);
  }

  /** A whole number of 0 or more, in decimal. */
  number(value: number): void {
    this.#reserve(10);
    if (value < 1000) {
      const bytes = this.#bytes;
      if (value >= 100) bytes[this.length++] = 48 + ((value / 100) | 0);
      if (value >= 10) bytes[this.length++] = 48 + (((value / 10) | 0) % 10);
      bytes[this.length++] = 48 + (value % 10);
      return;
    }
    let divisor = 1;
    while (value / divisor >= 10) divisor *= 10;
    for (let rest = value; divisor >= 1; divisor /= 10) {
      const digit = Math.floor(rest / divisor);
      this.#bytes[this.length++] = 48 + digit;
      rest -= digit * divisor;
    }
  }

  codePoint(value: number): void {
    this.#reserve(4);
    const bytes = this.#bytes;
    if (value < 0x80) {
      bytes[this.length++] = value;
    } else if (value < 0x800) {
      bytes[this.length++] = 0xc0 | (value >> 6);
      bytes[this.length++] = 0x80 | (value & 0x3f);
    } else if (value < 0x10000) {
      bytes[this.length++] = 0xe0 | (value >> 12);
      bytes[this.length++] = 0x80 | ((value >> 6) & 0x3f);
      bytes[this.length++] = 0x80 | (value & 0x3f);
    } else {
      bytes[this.length++] = 0xf0 | (value >> 18);
      bytes[this.length++] = 0x80 | ((value >> 12) & 0x3f);
      bytes[this.length++] = 0x80 | ((value >> 6) & 0x3f);
      bytes[this.length++] = 0x80 | (value & 0x3f);
    }
  }

  text(text: string): void {
    for (let index = 0; index < text.length; ) {
      const point = text.codePointAt(index) ?? 0xfffd;
      this.codePoint(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
      index += point > 0xffff ? 2 : 1;
    }
  }

  /** Takes bytes [from, to) out; what follows moves up. */
  cut(from: number, to: number): void {
    this.#bytes.copyWithin(from, to, this.length);
    this.length -= to - from;
  }

  /** A copy of the bytes so far. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }

  #reserve(count: number): void {
    if (this.length + count > this.#bytes.length) this.#grow(count);
  }

  #grow(count: number): void {
    const next = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    next.set(this.#bytes);
    this.#bytes = next;
  }
}
