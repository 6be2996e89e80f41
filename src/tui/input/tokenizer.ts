// Bytes from the outer terminal -> tokens. The same bytes give the same tokens however they are cut into reads.
//
//   ground --ESC--> escape --[--> csi --final--> ground
//                          --O--> ss3 --final--> ground
//                          --] P _--> string --ST or BEL--> ground
//                          --other--> alt+key
//   csi `200~` --> paste --`ESC [ 201 ~`--> ground
//
// There is no timer in here: an ESC at the end of a read may be a key or the start of a sequence. `pending` says so, and
// the owner calls `expire` when it has waited long enough. What is not understood is dropped, never typed.
import { type Key, makeKey } from '../../terminal/keys.ts';
import { decodeMouse, readCsi, readSs3 } from './csi.ts';
import { PasteReader } from './paste-reader.ts';
import { readString } from './string-reply.ts';
import type { Token } from './token.ts';

export type Pending =
  | 'none'
  /** One or two ESC: the user pressed Escape, unless more comes at once. */
  | 'escape'
  /** The beginning of a sequence or character. */
  | 'sequence'
  | 'paste';

const Escape = 0x1b;
/** Longer than any sequence a terminal sends; what goes on beyond it is skipped to its end. */
const LongestSequence = 128;
const LongestString = 4096;

/** How much of the held bytes a parse used: 0 when more are needed. */
interface Parsed {
  used: number;
  tokens: Token[];
}

const more: Parsed = { used: 0, tokens: [] };

export class Tokenizer {
  #held: Uint8Array = new Uint8Array(0);
  #paste: PasteReader | null = null;
  /** Inside a sequence that is too long: dropped up to its final byte. */
  #skipping: 'none' | 'csi' | 'string' = 'none';

  get pending(): Pending {
    if (this.#paste !== null) return 'paste';
    if (this.#skipping !== 'none') return 'sequence';
    if (this.#held.length === 0) return 'none';
    return this.#held.every((byte) => byte === Escape) ? 'escape' : 'sequence';
  }

  /** Takes a read and returns what is complete. Copies what it keeps, so the buffer may be used again. */
  push(bytes: Uint8Array): Token[] {
    const tokens: Token[] = [];
    let input = this.#held.length === 0 ? bytes : concat(this.#held, bytes);
    this.#held = empty;
    let at = 0;
    while (at < input.length) {
      if (this.#paste !== null) {
        const rest = this.#paste.push(input.subarray(at));
        if (rest === null) return tokens;
        tokens.push(this.#paste.finish());
        this.#paste = null;
        input = rest;
        at = 0;
        continue;
      }
      if (this.#skipping !== 'none') {
        at = this.#skip(input, at);
        continue;
      }
      const byte = input[at] ?? 0;
      if (byte < 0x80 && byte !== Escape) {
        tokens.push({ kind: 'key', key: asciiKey(byte) });
        at++;
        continue;
      }
      const parsed = byte === Escape ? this.#escape(input, at) : readCharacter(input, at, false);
      if (parsed.used === 0) {
        this.#held = input.slice(at);
        break;
      }
      for (const token of parsed.tokens) tokens.push(token);
      at += parsed.used;
    }
    return tokens;
  }

  /**
   * No more bytes came in time: a held ESC was the key, `ESC [` was alt+[, a paste without an end is what came of it.
   * The beginning of a longer sequence is dropped.
   */
  expire(): Token[] {
    const paste = this.#paste;
    if (paste !== null) {
      this.#paste = null;
      return [paste.finish()];
    }
    const held = this.#held;
    this.#held = empty;
    this.#skipping = 'none';
    if (held.length === 0) return [];
    if (held.every((byte) => byte === Escape)) return Array.from(held, () => keyToken(escapeKey()));
    const second = held[1] ?? 0;
    if (held.length === 2 && held[0] === Escape && second < 0x80) return [keyToken(altKey(second, held))];
    return [];
  }

  #escape(input: Uint8Array, at: number): Parsed {
    const next = input[at + 1];
    if (next === undefined) return more;
    if (next !== Escape) return this.#introduced(input, at, at + 1, false);
    // Two ESC: alt and a key on some terminals, else the Escape key and the start of something.
    const third = input[at + 2];
    if (third === undefined) return more;
    if (third === 0x5b || third === 0x4f) {
      const parsed = this.#introduced(input, at, at + 2, true);
      if (parsed.used === 0) return more;
      const [token] = parsed.tokens;
      if (token !== undefined && token.kind === 'key' && isSequenceKey(token.key)) return parsed;
      // What the trial began (a paste, a skipped sequence) begins with the second ESC.
      this.#paste = null;
      this.#skipping = 'none';
    }
    return { used: 1, tokens: [keyToken(escapeKey())] };
  }

  /** A sequence whose introducer is at `intro`; its first ESC at `at`. */
  #introduced(input: Uint8Array, at: number, intro: number, alt: boolean): Parsed {
    switch (input[intro]) {
      case 0x5b:
        return this.#csi(input, at, intro + 1, alt);
      case 0x4f:
        return readSs3Bytes(input, at, intro + 1, alt);
      case 0x5d:
      case 0x50:
      case 0x5f:
        return this.#string(input, at, intro);
      default: {
        const parsed = readCharacter(input, intro, true);
        if (parsed.used === 0) return more;
        return {
          used: intro - at + parsed.used,
          tokens: parsed.tokens.map((token) => withRaw(token, input, at, parsed.used + intro - at)),
        };
      }
    }
  }

  #csi(input: Uint8Array, at: number, start: number, alt: boolean): Parsed {
    const opening = input[start];
    if (opening === undefined) return more;
    if (opening === 0x5b) {
      // The Linux console: ESC [ [ A to E are f1 to f5.
      const letter = input[start + 1];
      if (letter === undefined) return more;
      const used = start + 2 - at;
      const name = letter >= 0x41 && letter <= 0x45 ? `f${letter - 0x40}` : null;
      return { used, tokens: name === null ? [] : [keyToken(makeKey(name, { alt, raw: input.slice(at, at + used) }))] };
    }
    if (opening === 0x4d) return readOldMouse(input, at, start + 1);
    for (let index = start; index < input.length; index++) {
      const byte = input[index] ?? 0;
      if (byte >= 0x20 && byte < 0x40) {
        if (byte === 0x24 && isRxvtShift(input, start, index)) return this.#endCsi(input, at, start, index, alt);
        if (index - start < LongestSequence) continue;
        this.#skipping = 'csi';
        return { used: index - at, tokens: [] };
      }
      if (byte >= 0x40 && byte < 0x7f) return this.#endCsi(input, at, start, index, alt);
      // A control byte or half a character: what began is broken, this begins anew.
      return { used: index - at, tokens: [] };
    }
    return more;
  }

  #endCsi(input: Uint8Array, at: number, start: number, end: number, alt: boolean): Parsed {
    const used = end + 1 - at;
    const body = ascii(input, start, end);
    const final = String.fromCharCode(input[end] ?? 0);
    if (final === '~' && (body === '200' || body === '201')) {
      if (body === '200') this.#paste = new PasteReader();
      return { used, tokens: [] };
    }
    const token = readCsi(body, final, input.slice(at, at + used), alt);
    return { used, tokens: token === null ? [] : [token] };
  }

  /** OSC, DCS and APC answers. What does not begin like one is alt and a key. */
  #string(input: Uint8Array, at: number, intro: number): Parsed {
    const opening = input[intro + 1];
    if (opening === undefined) return more;
    const kind = input[intro] ?? 0;
    const isDigit = opening >= 0x30 && opening <= 0x39;
    const begins =
      kind === 0x5d ? isDigit : kind === 0x50 ? isDigit || opening === 0x3e || opening === 0x21 : opening === 0x47;
    if (!begins) {
      const used = intro + 1 - at;
      return { used, tokens: [keyToken(altKey(kind, input.slice(at, at + used)))] };
    }
    for (let index = intro + 1; index < input.length; index++) {
      const byte = input[index] ?? 0;
      if (byte === 0x07) return endString(input, at, intro, index, 1);
      if (byte === Escape) {
        const next = input[index + 1];
        if (next === undefined) return more;
        if (next === 0x5c) return endString(input, at, intro, index, 2);
        return { used: index - at, tokens: [] };
      }
      if (byte < 0x20) return { used: index - at, tokens: [] };
      if (index - intro > LongestString) {
        this.#skipping = 'string';
        return { used: index - at, tokens: [] };
      }
    }
    return more;
  }

  /** The index after the dropped part. */
  #skip(input: Uint8Array, at: number): number {
    for (let index = at; index < input.length; index++) {
      const byte = input[index] ?? 0;
      if (this.#skipping === 'csi' && byte >= 0x20 && byte < 0x40) continue;
      if (this.#skipping === 'string' && byte >= 0x20) continue;
      const isEnd = this.#skipping === 'csi' ? byte >= 0x40 && byte < 0x7f : byte === 0x07;
      this.#skipping = 'none';
      return isEnd ? index + 1 : index;
    }
    return input.length;
  }
}

const empty = new Uint8Array(0);

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

function ascii(input: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let index = from; index < to; index++) text += String.fromCharCode(input[index] ?? 0);
  return text;
}

function keyToken(key: Key): Token {
  return { kind: 'key', key };
}

function escapeKey(): Key {
  return makeKey('escape', { raw: Uint8Array.of(Escape) });
}

/** Keys that come as an escape sequence also without alt; `ESC ESC [ A` is alt+up. */
function isSequenceKey(key: Key): boolean {
  return key.name !== 'unknown' && key.form === 'legacy';
}

function altKey(byte: number, raw: Uint8Array): Key {
  return { ...asciiKey(byte), alt: true, text: '', raw: raw.slice() };
}

/** A key of a legacy keyboard by its byte below 0x80. Shared objects: a token is not changed by those who read it. */
function asciiKey(byte: number): Key {
  return asciiKeys[byte] ?? escapeKey();
}

const asciiKeys: readonly Key[] = Array.from({ length: 128 }, (_, byte) => {
  const raw = Uint8Array.of(byte);
  const symbol = String.fromCharCode(byte + 0x40).toLowerCase();
  switch (byte) {
    case 0x00:
      return makeKey('space', { ctrl: true, text: '', raw });
    case 0x09:
      return makeKey('tab', { raw });
    case 0x0d:
      return makeKey('enter', { raw });
    case Escape:
      return makeKey('escape', { raw });
    case 0x20:
      return makeKey('space', { raw });
    case 0x7f:
      return makeKey('backspace', { raw });
    default:
      return byte < 0x20
        ? makeKey(symbol, { ctrl: true, shift: false, raw })
        : makeKey(String.fromCharCode(byte), { raw });
  }
});

function withRaw(token: Token, input: Uint8Array, at: number, used: number): Token {
  return token.kind === 'key' ? keyToken({ ...token.key, raw: input.slice(at, at + used) }) : token;
}

/** One UTF-8 character. A byte that cannot begin or go on one is dropped. */
function readCharacter(input: Uint8Array, at: number, alt: boolean): Parsed {
  const lead = input[at] ?? 0;
  if (lead < 0x80)
    return { used: 1, tokens: [keyToken(alt ? altKey(lead, Uint8Array.of(Escape, lead)) : asciiKey(lead))] };
  const length =
    lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  if (length === 0) return { used: 1, tokens: [] };
  let point = lead & (0x7f >> length);
  for (let index = 1; index < length; index++) {
    const byte = input[at + index];
    if (byte === undefined) return more;
    if ((byte & 0xc0) !== 0x80) return { used: index, tokens: [] };
    point = (point << 6) | (byte & 0x3f);
  }
  const least = length === 4 ? 0x10000 : length === 3 ? 0x800 : 0xa0;
  const valid = point >= least && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  if (!valid) return { used: length, tokens: [] };
  const raw = input.slice(at, at + length);
  const character = String.fromCodePoint(point);
  const lower = character.toLowerCase();
  const key = { ...makeKey(lower, { alt, raw }), shift: lower !== character, text: alt ? '' : character };
  return { used: length, tokens: [keyToken(key)] };
}

function readSs3Bytes(input: Uint8Array, at: number, start: number, alt: boolean): Parsed {
  let end = start;
  while (end - start < 3 && isDigitByte(input[end])) end++;
  const final = input[end];
  if (final === undefined) return more;
  const used = end + 1 - at;
  if (final >= 0x40 && final < 0x7f) {
    const token = readSs3(ascii(input, start, end), String.fromCharCode(final), input.slice(at, at + used), alt);
    if (token !== null) return { used, tokens: [token] };
  }
  // Not a key of that kind, so it was alt+shift+o; what follows stands for itself.
  return { used: start - at, tokens: [keyToken(altKey(0x4f, input.slice(at, start)))] };
}

function isDigitByte(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** X10: ESC [ M and three bytes, each 32 more than its value. */
function readOldMouse(input: Uint8Array, at: number, start: number): Parsed {
  if (input.length < start + 3) return more;
  const value = (offset: number): number => (input[start + offset] ?? 0) - 32;
  const used = start + 3 - at;
  const mouse =
    value(0) < 0 || value(1) < 1 || value(2) < 1 ? null : decodeMouse(value(0), value(1) - 1, value(2) - 1, false);
  return { used, tokens: mouse === null ? [] : [{ kind: 'mouse', mouse, raw: input.slice(at, at + used) }] };
}

/** rxvt ends shifted keys in `$`, elsewhere an intermediate byte: `CSI 3 $`. `CSI 4 ; 1 $ y` is an answer. */
function isRxvtShift(input: Uint8Array, start: number, index: number): boolean {
  const body = ascii(input, start, index);
  return /^(?:[235678]|1[1-57-9]|2[0134])$/.test(body);
}

function endString(input: Uint8Array, at: number, intro: number, end: number, terminator: number): Parsed {
  const text = new TextDecoder().decode(input.subarray(intro + 1, end));
  return { used: end + terminator - at, tokens: [{ kind: 'reply', reply: readString(input[intro] ?? 0, text) }] };
}
