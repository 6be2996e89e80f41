// One complete `ESC [ ...` sequence -> a token. The caller has found its end.
import { finalLetters, inverted, keypadLetters, laterTildeNumbers, tildeNumbers } from '../../terminal/key-codes.ts';
import type { Key, Mouse } from '../../terminal/keys.ts';
import { MouseButton } from '../../terminal/keys.ts';
import { functionalKey } from './functional-keys.ts';
import type { Token } from './token.ts';

/** `body` is everything between `ESC [` and the final byte. Null: garbage, to be dropped. */
export function readCsi(body: string, final: string, raw: Uint8Array, alt: boolean): Token | null {
  const prefix = /^[<=>?]/.test(body) ? body.charAt(0) : '';
  const intermediate = /[ -/]+$/.exec(body)?.[0] ?? '';
  const text = body.slice(prefix.length, body.length - intermediate.length);
  if (!/^[0-9;:]*$/.test(text)) return null;
  const params = text === '' ? [] : text.split(';').map((param) => param.split(':').map(readNumber));
  if (prefix === '<') return intermediate === '' ? readMouse(params, final, raw) : null;
  if (prefix !== '' || intermediate !== '') return readReply(prefix, intermediate, params, final);
  return readKey(params, final, raw, alt);
}

type Params = ReadonlyArray<readonly number[]>;

/** -1 for a parameter left out. */
function readNumber(text: string): number {
  return text === '' ? -1 : Math.min(Number.parseInt(text, 10), 0x7fffffff);
}

function first(params: Params, index: number, fallback: number): number {
  const value = params[index]?.[0] ?? -1;
  return value < 0 ? fallback : value;
}

function numbers(params: Params): number[] {
  return params.map((param) => Math.max(0, param[0] ?? 0));
}

function readReply(prefix: string, intermediate: string, params: Params, final: string): Token | null {
  const reply = (value: Extract<Token, { kind: 'reply' }>['reply']): Token => ({ kind: 'reply', reply: value });
  switch (`${prefix}${intermediate}${final}`) {
    case '?c':
      return reply({ type: 'da1', params: numbers(params) });
    case '>c':
      return reply({ type: 'da2', params: numbers(params) });
    case '?u':
      return reply({ type: 'kitty-flags', flags: first(params, 0, 0) });
    case '?$y':
    case '$y':
      return reply({ type: 'mode', mode: first(params, 0, 0), value: first(params, 1, 0) });
    case '?R':
      return reply({ type: 'cursor', row: first(params, 0, 1), col: first(params, 1, 1) });
    case '?n':
      if (first(params, 0, 0) !== 997) return reply({ type: 'other' });
      return reply({ type: 'color-scheme', scheme: first(params, 1, 1) === 2 ? 'light' : 'dark' });
    default:
      return reply({ type: 'other' });
  }
}

/** Names of keys by their final letter, also after SS3, and by their number, with the older numbers of some. */
const letterKeys = inverted(finalLetters);
const tildeKeys: Readonly<Record<string, string>> = {
  1: 'home',
  4: 'end',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  ...inverted(tildeNumbers),
  ...inverted(laterTildeNumbers),
};
const keypadKeys = inverted(keypadLetters);

function readKey(params: Params, final: string, raw: Uint8Array, alt: boolean): Token | null {
  const name = letterKeys[final];
  if (name !== undefined) {
    // A cursor report looks like f3 with modifiers except for its row.
    if (final === 'R' && params.length === 2 && !isModifiedF3(params)) {
      return { kind: 'reply', reply: { type: 'cursor', row: first(params, 0, 1), col: first(params, 1, 1) } };
    }
    return key(name, params[1], raw, alt, 'legacy');
  }
  switch (final) {
    case 'I':
    case 'O':
      return params.length === 0 ? { kind: 'focus', focused: final === 'I' } : null;
    case 'Z':
      return key('tab', [2], raw, alt, 'legacy');
    case 'u':
      return readKitty(params, raw, alt);
    case '~':
      return readTilde(params, raw, alt);
    case 'M':
      return params.length === 3 ? readMouse([[first(params, 0, 32) - 32], ...params.slice(1)], 'M', raw) : null;
    case 'a':
    case 'b':
    case 'c':
    case 'd': {
      const arrow = letterKeys[final.toUpperCase()];
      // rxvt: shift and an arrow. `CSI c` with parameters would be an answer.
      return arrow !== undefined && params.length === 0 ? key(arrow, [2], raw, alt, 'legacy') : null;
    }
    case '^':
    case '$':
    case '@': {
      const named = tildeKeys[first(params, 0, 0)];
      const modifiers = final === '$' ? 2 : final === '^' ? 5 : 6;
      return named === undefined || params.length !== 1 ? null : key(named, [modifiers], raw, alt, 'legacy');
    }
    case 't':
      return { kind: 'reply', reply: { type: 'window', params: numbers(params) } };
    case 'n':
    case 'x':
    case 'y':
      return { kind: 'reply', reply: { type: 'other' } };
    default:
      return null;
  }
}

function isModifiedF3(params: Params): boolean {
  const modifiers = first(params, 1, 1);
  return first(params, 0, 1) === 1 && modifiers >= 2 && modifiers <= 16;
}

function readTilde(params: Params, raw: Uint8Array, alt: boolean): Token | null {
  const number = first(params, 0, 0);
  if (number === 27) {
    // modifyOtherKeys: CSI 27 ; modifiers ; code ~
    return params.length === 3 ? typedKey(first(params, 2, 0), [], params[1], '', raw, alt) : null;
  }
  const name = tildeKeys[number];
  return name === undefined ? null : key(name, params[1], raw, alt, 'legacy');
}

/** CSI code:shifted:base ; modifiers:event ; text u */
function readKitty(params: Params, raw: Uint8Array, alt: boolean): Token | null {
  const codes = params[0];
  const code = codes?.[0] ?? -1;
  if (codes === undefined || code < 0) return null;
  const text = (params[2] ?? []).filter(isTypeable).map((point) => String.fromCodePoint(point));
  return typedKey(code, codes.slice(1), params[1], text.join(''), raw, alt);
}

function typedKey(
  code: number,
  alternates: readonly number[],
  modifiers: readonly number[] | undefined,
  text: string,
  raw: Uint8Array,
  alt: boolean,
): Token | null {
  const functional = functionalKey(code);
  if (functional !== null) {
    const token = key(functional.name, modifiers, raw, alt, 'extended');
    const plain = functional.text !== '' && !token.key.ctrl && !token.key.alt && !token.key.meta;
    return {
      kind: 'key',
      key: { ...token.key, keypad: functional.keypad, text: plain ? text || functional.text : '' },
    };
  }
  if (!isTypeable(code)) return key('unknown', modifiers, raw, alt, 'extended');
  const character = String.fromCodePoint(code);
  const lower = character.toLowerCase();
  const token = key(lower, modifiers, raw, alt, 'extended');
  // modifyOtherKeys sends the shifted letter, with or without the modifier.
  const shift = token.key.shift || character !== lower;
  if (token.key.ctrl || token.key.alt || token.key.meta) return { kind: 'key', key: { ...token.key, shift } };
  const shifted = alternates[0] ?? -1;
  const typed = isTypeable(shifted) ? String.fromCodePoint(shifted) : character.toUpperCase();
  return { kind: 'key', key: { ...token.key, shift, text: text || (shift ? typed : character) } };
}

function isTypeable(code: number): boolean {
  return (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff));
}

function key(
  name: string,
  modifiers: readonly number[] | undefined,
  raw: Uint8Array,
  alt: boolean,
  form: Key['form'],
): { kind: 'key'; key: Key } {
  const bits = Math.max(0, (modifiers?.[0] ?? 1) - 1);
  const event = modifiers?.[1] ?? 1;
  return {
    kind: 'key',
    key: {
      name,
      shift: (bits & 1) !== 0,
      alt: alt || (bits & 2) !== 0,
      ctrl: (bits & 4) !== 0,
      meta: (bits & 8) !== 0,
      text: '',
      keypad: false,
      action: event === 3 ? 'release' : event === 2 ? 'repeat' : 'press',
      // Plain functional keys are the same bytes in both protocols; an event type is kitty's own.
      form: modifiers !== undefined && modifiers.length > 1 ? 'extended' : form,
      raw,
    },
  };
}

/** SGR: CSI < button ; column ; row M (pressed) or m (released). */
function readMouse(params: Params, final: string, raw: Uint8Array): Token | null {
  if (params.length !== 3 || (final !== 'M' && final !== 'm')) return null;
  const code = first(params, 0, -1);
  const x = first(params, 1, 0) - 1;
  const y = first(params, 2, 0) - 1;
  if (code < 0 || x < 0 || y < 0) return null;
  const mouse = decodeMouse(code, x, y, final === 'm');
  return mouse === null ? null : { kind: 'mouse', mouse, raw };
}

/** `code` as in xterm's protocols, without the offset of 32. Null for buttons nobody has. */
export function decodeMouse(code: number, x: number, y: number, released: boolean): Mouse | null {
  const at = { x, y, shift: (code & 4) !== 0, alt: (code & 8) !== 0, ctrl: (code & 16) !== 0 };
  const low = code & 3;
  if ((code & 0xc0) === 64) {
    const wheel = (['wheel-up', 'wheel-down', 'wheel-left', 'wheel-right'] as const)[low];
    return wheel === undefined ? null : { action: wheel, button: MouseButton.none, ...at };
  }
  const extra = low === 0 ? MouseButton.back : low === 1 ? MouseButton.forward : null;
  const plain = ([MouseButton.left, MouseButton.middle, MouseButton.right, MouseButton.none] as const)[low];
  const button = (code & 0xc0) === 128 ? extra : (code & 0xc0) === 0 ? plain : null;
  if (button === null || button === undefined) return null;
  if (code & 32) return { action: button === MouseButton.none ? 'move' : 'drag', button, ...at };
  return { action: released || button === MouseButton.none ? 'release' : 'press', button, ...at };
}

/** `ESC O x`, with the modifiers some terminals put between. */
export function readSs3(digits: string, final: string, raw: Uint8Array, alt: boolean): Token | null {
  const modifiers = digits === '' ? undefined : [Number.parseInt(digits, 10)];
  const name = letterKeys[final];
  if (name !== undefined) return key(name, modifiers, raw, alt, 'legacy');
  // rxvt: control and an arrow.
  const arrow = 'abcd'.includes(final) ? letterKeys[final.toUpperCase()] : undefined;
  if (arrow !== undefined) return key(arrow, [5], raw, alt, 'legacy');
  const typed = keypadKeys[final];
  if (typed === undefined) return null;
  const token = key(typed, modifiers, raw, alt, 'legacy');
  const text = typed === 'enter' || token.key.ctrl || token.key.alt || token.key.meta ? '' : typed;
  return { kind: 'key', key: { ...token.key, keypad: true, text } };
}
