// Bytes to actions: the state machine of ECMA-48 as DEC terminals run it, over UTF-8. Each state takes as many bytes
// as it can in one loop, and a piece may end anywhere.
import { isFinal, isIntermediate, isPrefix } from './bytes.ts';
import { Params } from './params.ts';
import { StringCollector } from './string-collector.ts';

export interface ParserActions {
  /** Prints printable ASCII from `from` on and returns where it stopped. The first byte is printable. */
  printAscii(bytes: Uint8Array, from: number, to: number): number;
  /** A code point from 0xa0 on. */
  printPoint(codePoint: number): void;
  /** A C0 control other than ESC, CAN and SUB. */
  control(byte: number): void;
  /** `ESC intermediate final`; `intermediate` is 0 when there is none. */
  escape(intermediate: number, final: number): void;
  /** `CSI prefix params intermediate final`; `prefix` and `intermediate` are 0 when there is none. */
  csi(prefix: number, params: Params, intermediate: number, final: number): void;
  /** A complete `OSC code ; text`. */
  osc(code: number, text: string): void;
  /** Longest text of an OSC that is of use, in characters; 0 drops it. */
  oscLimit(code: number): number;
  /** A complete `DCS prefix intermediate final text`. */
  dcs(prefix: number, intermediate: number, final: number, text: string): void;
}

const State = {
  ground: 0,
  escape: 1,
  csi: 2,
  /** A control sequence that is not valid: skipped to its end. */
  csiIgnored: 3,
  oscCode: 4,
  osc: 5,
  dcsHead: 6,
  dcs: 7,
  /** SOS, PM, APC: skipped to its end. */
  skipped: 8,
} as const;

const Esc = 0x1b;
const Can = 0x18;
const Sub = 0x1a;
const Bell = 0x07;
const Delete = 0x7f;
const replacement = 0xfffd;
const byteOrderMark = 0xfeff;
const dcsLimit = 64;

export class Parser {
  readonly #actions: ParserActions;
  readonly #params = new Params();
  readonly #string = new StringCollector();
  #state: number = State.ground;
  #prefix = 0;
  #intermediate = 0;
  #final = 0;
  #oscCode = 0;
  // An unfinished UTF-8 character: what it is so far, bytes still missing, range of the next one.
  #codePoint = 0;
  #missing = 0;
  #lower = 0x80;
  #upper = 0xbf;

  constructor(actions: ParserActions) {
    this.#actions = actions;
  }

  parse(bytes: Uint8Array): void {
    const end = bytes.length;
    let at = 0;
    while (at < end) {
      switch (this.#state) {
        case State.ground:
          at = this.#ground(bytes, at, end);
          break;
        case State.csi:
          at = this.#csi(bytes, at, end);
          break;
        case State.escape:
          at = this.#escape(bytes, at);
          break;
        case State.osc:
        case State.dcs:
        case State.skipped:
          at = this.#collect(bytes, at, end);
          break;
        case State.oscCode:
          at = this.#oscHead(bytes, at);
          break;
        default:
          at = this.#head(bytes, at);
      }
    }
  }

  #ground(bytes: Uint8Array, from: number, end: number): number {
    const actions = this.#actions;
    let at = from;
    if (this.#missing > 0) at = this.#utf8(bytes, at, end);
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte >= 0x20 && byte < Delete) at = actions.printAscii(bytes, at, end);
      else if (byte === Esc) {
        this.#begin();
        // Most sequences are here as a whole.
        if (bytes[at + 1] === 0x5b) {
          this.#state = State.csi;
          at = this.#csi(bytes, at + 2, end);
          if (this.#state !== State.ground) return at;
        } else {
          this.#state = State.escape;
          return at + 1;
        }
      } else if (byte < 0x20) {
        if (byte !== Can && byte !== Sub) actions.control(byte);
        at++;
      } else if (byte === Delete) at++;
      else {
        at = this.#utf8(bytes, at, end);
        if (this.#state !== State.ground) return at;
      }
    }
    return at;
  }

  /**
   * UTF-8 as the WHATWG decoder reads it: what is not valid becomes U+FFFD. Goes on until the next ASCII byte after a
   * complete character, or the end of the piece.
   */
  #utf8(bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    while (at < end) {
      const byte = bytes[at] as number;
      if (this.#missing === 0) {
        if (byte < 0x80) return at;
        // Three bytes that are here as a whole, but for the leads with a narrower second byte.
        if (byte > 0xe0 && byte < 0xed && at + 2 < end) {
          const second = bytes[at + 1] as number;
          const third = bytes[at + 2] as number;
          if ((second & 0xc0) === 0x80 && (third & 0xc0) === 0x80) {
            this.#actions.printPoint(((byte & 0xf) << 12) | ((second & 0x3f) << 6) | (third & 0x3f));
            at += 3;
            continue;
          }
        }
        this.#lead(byte);
        at++;
        continue;
      }
      const fits = byte >= this.#lower && byte <= this.#upper;
      this.#lower = 0x80;
      this.#upper = 0xbf;
      if (!fits) {
        // The byte begins something else.
        this.#missing = 0;
        this.#actions.printPoint(replacement);
        continue;
      }
      at++;
      this.#codePoint = (this.#codePoint << 6) | (byte & 0x3f);
      if (--this.#missing > 0 || this.#codePoint === byteOrderMark) continue;
      if (this.#codePoint >= 0xa0) this.#actions.printPoint(this.#codePoint);
      else {
        this.#c1(this.#codePoint);
        if (this.#state !== State.ground) return at;
      }
    }
    return at;
  }

  #lead(byte: number): void {
    if (byte >= 0xc2 && byte <= 0xdf) {
      this.#missing = 1;
      this.#codePoint = byte & 0x1f;
    } else if (byte >= 0xe0 && byte <= 0xef) {
      this.#missing = 2;
      this.#codePoint = byte & 0xf;
      if (byte === 0xe0) this.#lower = 0xa0;
      else if (byte === 0xed) this.#upper = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.#missing = 3;
      this.#codePoint = byte & 0x7;
      if (byte === 0xf0) this.#lower = 0x90;
      else if (byte === 0xf4) this.#upper = 0x8f;
    } else this.#actions.printPoint(replacement);
  }

  /** U+0080 to U+009F stand for ESC and the character 64 below. */
  #c1(codePoint: number): void {
    this.#begin();
    this.#afterEscape(codePoint - 0x40);
  }

  #begin(): void {
    this.#prefix = 0;
    this.#intermediate = 0;
    this.#params.clear();
  }

  #escape(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] as number;
    if (byte < 0x20) this.#controlInside(byte);
    else if (isIntermediate(byte)) this.#intermediate = this.#intermediate === 0 ? byte : 0xff;
    else if (byte >= Delete) {
      if (byte === Delete) return at + 1;
      this.#state = State.ground;
      return at;
    } else if (this.#intermediate === 0) this.#afterEscape(byte);
    else {
      this.#state = State.ground;
      this.#actions.escape(this.#intermediate, byte);
    }
    return at + 1;
  }

  #afterEscape(byte: number): void {
    this.#state = State.ground;
    if (byte === 0x5b) this.#state = State.csi;
    else if (byte === 0x5d) {
      this.#state = State.oscCode;
      this.#oscCode = -1;
    } else if (byte === 0x50) this.#state = State.dcsHead;
    else if (byte === 0x58 || byte === 0x5e || byte === 0x5f) this.#state = State.skipped;
    else this.#actions.escape(0, byte);
  }

  #csi(bytes: Uint8Array, from: number, end: number): number {
    const params = this.#params;
    let at = from;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte >= 0x40 && byte < Delete) {
        this.#state = State.ground;
        this.#actions.csi(this.#prefix, params, this.#intermediate, byte);
        return at + 1;
      }
      if (byte >= 0x30 && byte <= 0x3b && this.#intermediate === 0) {
        if (byte <= 0x39) {
          at = params.digits(bytes, at, end);
          continue;
        }
        if (params.length === 0) params.open(false);
        params.open(byte === 0x3a);
        at++;
        continue;
      }
      this.#csiRest(byte);
      if (this.#state !== State.csi) return byte >= 0x80 ? at : at + 1;
      at++;
    }
    return end;
  }

  /** Prefixes, intermediates, controls and what must not be in a control sequence. */
  #csiRest(byte: number): void {
    if (byte < 0x20) this.#controlInside(byte);
    else if (isPrefix(byte) && this.#prefix === 0 && this.#params.length === 0 && this.#intermediate === 0) {
      this.#prefix = byte;
    } else if (isIntermediate(byte)) this.#intermediate = this.#intermediate === 0 ? byte : 0xff;
    else if (byte < Delete) this.#state = State.csiIgnored;
    else if (byte > Delete) this.#state = State.ground;
  }

  /** A control in the middle of a sequence takes effect at once; ESC, CAN and SUB end the sequence. */
  #controlInside(byte: number): void {
    if (byte === Esc) {
      this.#begin();
      this.#state = State.escape;
    } else if (byte === Can || byte === Sub) this.#state = State.ground;
    else this.#actions.control(byte);
  }

  #oscHead(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] as number;
    if (byte >= 0x30 && byte <= 0x39 && this.#oscCode < 1_000_000) {
      this.#oscCode = Math.max(0, this.#oscCode) * 10 + byte - 0x30;
      return at + 1;
    }
    const code = this.#oscCode;
    const isKnown = code >= 0 && (byte === 0x3b || byte < 0x20);
    this.#string.begin(isKnown ? this.#actions.oscLimit(code) : 0);
    this.#state = State.osc;
    return byte === 0x3b ? at + 1 : at;
  }

  /** The parameters of a DCS, and a CSI that is not valid. */
  #head(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] as number;
    if (byte === Esc || byte === Can || byte === Sub) this.#controlInside(byte);
    else if (byte >= 0x80) {
      this.#state = this.#state === State.dcsHead ? State.skipped : State.ground;
      return at;
    } else if (isFinal(byte)) {
      if (this.#state === State.csiIgnored) this.#state = State.ground;
      else {
        this.#final = byte;
        this.#string.begin(dcsLimit);
        this.#state = State.dcs;
      }
    } else if (this.#state === State.csiIgnored && byte < 0x20) this.#actions.control(byte);
    else if (isPrefix(byte)) this.#prefix = byte;
    else if (isIntermediate(byte)) this.#intermediate = this.#intermediate === 0 ? byte : 0xff;
    return at + 1;
  }

  /** The text of a string, to the byte that ends it. */
  #collect(bytes: Uint8Array, from: number, end: number): number {
    const isOsc = this.#state === State.osc;
    let at = from;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte < 0x20 && (byte === Esc || byte === Can || byte === Sub || (byte === Bell && isOsc))) break;
    }
    if (this.#state !== State.skipped) this.#string.put(bytes, from, at);
    if (at === end) return end;
    const byte = bytes[at] as number;
    if (byte !== Can && byte !== Sub) this.#complete();
    this.#begin();
    this.#state = byte === Esc ? State.escape : State.ground;
    return at + 1;
  }

  #complete(): void {
    if (this.#state === State.skipped) return;
    const text = this.#string.take();
    if (text === null) return;
    if (this.#state === State.osc) this.#actions.osc(this.#oscCode, text);
    else this.#actions.dcs(this.#prefix, this.#intermediate, this.#final, text);
  }
}
