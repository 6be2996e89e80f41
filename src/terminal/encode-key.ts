// A key as bytes for a program: in the kitty protocol when the program turned it on, else as terminals always did,
// with the cursor and keypad modes it set.

import { encodeKittyKey } from './encode-kitty-key.ts';
import { PaneMode } from './engine.ts';
import { finalLetters, keypadLetters, laterTildeNumbers, tildeNumbers } from './key-codes.ts';
import { type Key, modifierParameter } from './keys.ts';

export interface KeyOptions {
  /** Sent for shift+enter to a program that speaks no newer protocol. Most agents take `ESC CR` for a new line. */
  shiftEnter: string;
}

export const defaultKeyOptions: KeyOptions = { shiftEnter: '\x1b\r' };

const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

const numbers: Readonly<Record<string, number>> = { ...tildeNumbers, ...laterTildeNumbers, menu: 29 };
/** Ctrl with a key that is not a letter. */
const controlCodes: Readonly<Record<string, number>> = {
  space: 0,
  '@': 0,
  '2': 0,
  '[': 27,
  '3': 27,
  '\\': 28,
  '4': 28,
  ']': 29,
  '5': 29,
  '^': 30,
  '6': 30,
  _: 31,
  '7': 31,
  '/': 31,
  '?': 127,
  '8': 127,
};

/** `modes` are the pane's. Empty for a key that the program cannot be told of, such as a release. */
export function encodeKey(key: Key, modes: number, options: KeyOptions = defaultKeyOptions): Uint8Array {
  const kittyFlags = (modes & PaneMode.kittyMask) >> PaneMode.kittyShift;
  if (key.name === 'unknown') return key.form === 'legacy' || kittyFlags !== 0 ? key.raw : nothing;
  const text = kittyFlags !== 0 ? encodeKittyKey(key, kittyFlags) : legacyText(key, modes, options);
  return text === '' ? nothing : encoder.encode(text);
}

function legacyText(key: Key, modes: number, options: KeyOptions): string {
  if (key.action === 'release') return '';
  const modifiers = modifierParameter(key);
  if (key.keypad && modes & PaneMode.applicationKeypad && modifiers === 1) {
    const final = keypadLetters[key.name];
    if (final !== undefined) return `\x1bO${final}`;
  }
  const letter = finalLetters[key.name];
  if (letter !== undefined) {
    if (modifiers > 1) return `\x1b[1;${modifiers}${letter}`;
    const isFunctionKey = key.name.startsWith('f');
    return isFunctionKey || modes & PaneMode.applicationCursor ? `\x1bO${letter}` : `\x1b[${letter}`;
  }
  const number = numbers[key.name];
  if (number !== undefined) return modifiers > 1 ? `\x1b[${number};${modifiers}~` : `\x1b[${number}~`;
  return namedText(key, modes, options) ?? characterText(key, modes);
}

/** Enter, tab, backspace and escape. */
function namedText(key: Key, modes: number, options: KeyOptions): string | null {
  const prefix = key.alt ? '\x1b' : '';
  switch (key.name) {
    case 'enter':
      if (key.shift || key.ctrl) {
        if (modes & PaneMode.modifyOtherKeys) return otherKey(key, 13);
        if (key.shift && !key.ctrl) return options.shiftEnter;
      }
      return `${prefix}\r`;
    case 'tab':
      if (key.ctrl && modes & PaneMode.modifyOtherKeys) return otherKey(key, 9);
      return key.shift ? `${prefix}\x1b[Z` : `${prefix}\t`;
    case 'backspace':
      return key.ctrl ? `${prefix}\b` : `${prefix}\x7f`;
    case 'escape':
      return `${prefix}\x1b`;
    default:
      return null;
  }
}

function characterText(key: Key, modes: number): string {
  const character = key.name === 'space' ? ' ' : key.name;
  const prefix = key.alt ? '\x1b' : '';
  if (key.ctrl) {
    const isLetter = /^[a-z]$/.test(character);
    const code = isLetter ? character.charCodeAt(0) - 96 : controlCodes[key.name];
    // What has no control code can only be told to programs that asked for more.
    const isAsked = (modes & PaneMode.modifyOtherKeys) !== 0;
    if (isAsked && (code === undefined || key.shift)) return otherKey(key, character.codePointAt(0) ?? 0);
    if (code !== undefined) return prefix + String.fromCharCode(code);
  }
  if (key.text !== '' && !key.alt) return key.text;
  return prefix + (key.shift ? character.toUpperCase() : character);
}

function otherKey(key: Key, code: number): string {
  return `\x1b[27;${modifierParameter(key)};${code}~`;
}
