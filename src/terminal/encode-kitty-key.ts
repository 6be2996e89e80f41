// Keys in the kitty keyboard protocol, to the extent of the flags a program set:
// 1 disambiguate, 2 report repeats and releases, 4 report the shifted key, 8 report all keys, 16 report their text.
import { finalLetters, tildeNumbers } from './key-codes.ts';
import { type Key, modifierParameter } from './keys.ts';

const Flag = { events: 2, alternates: 4, allKeys: 8, text: 16 } as const;

/** f3 has no letter here: its `CSI R` would be the answer to a question about the cursor. */
const numbers: Readonly<Record<string, number>> = { ...tildeNumbers, f3: 13 };
const codeKeys: Readonly<Record<string, number>> = {
  escape: 27,
  enter: 13,
  tab: 9,
  backspace: 127,
  space: 32,
  menu: 57363,
};
const keypadCodes: Readonly<Record<string, number>> = {
  '.': 57409,
  '/': 57410,
  '*': 57411,
  '-': 57412,
  '+': 57413,
  enter: 57414,
  '=': 57415,
  ',': 57416,
};

/** Empty when these flags do not report such an event. */
export function encodeKittyKey(key: Key, flags: number): string {
  if (key.action !== 'press' && !(flags & Flag.events)) {
    if (key.action === 'release') return '';
  }
  const plain = plainText(key, flags);
  if (plain !== null) return plain;
  const parameters = modifiersAndEvent(key, flags);
  const number = numbers[key.name];
  if (number !== undefined) return `\x1b[${number}${parameters === '' ? '' : `;${parameters}`}~`;
  const letter = finalLetters[key.name];
  if (letter !== undefined) return parameters === '' ? `\x1b[${letter}` : `\x1b[1;${parameters}${letter}`;
  return unicodeKey(key, flags, parameters);
}

/** What is sent as text all the same; null when the key must be reported as a sequence. */
function plainText(key: Key, flags: number): string | null {
  if (flags & Flag.allKeys) return null;
  const isNamed = key.name === 'enter' || key.name === 'tab' || key.name === 'backspace';
  if (key.action === 'release') return isNamed ? '' : null;
  if (modifierParameter(key) === 1 && isNamed && !key.keypad) {
    return key.name === 'enter' ? '\r' : key.name === 'tab' ? '\t' : '\x7f';
  }
  return key.text !== '' && !key.ctrl && !key.alt && !key.meta ? key.text : null;
}

/** `modifiers:event`, empty when both are the default. */
function modifiersAndEvent(key: Key, flags: number): string {
  const modifiers = modifierParameter(key);
  const event = key.action === 'press' || !(flags & Flag.events) ? 1 : key.action === 'repeat' ? 2 : 3;
  if (event > 1) return `${modifiers}:${event}`;
  return modifiers > 1 ? String(modifiers) : '';
}

function unicodeKey(key: Key, flags: number, parameters: string): string {
  const code = codeOf(key);
  if (code === 0) return '';
  const shifted = key.shift && /^\p{Ll}$/u.test(key.name) ? key.name.toUpperCase().codePointAt(0) : undefined;
  const alternate = flags & Flag.alternates && shifted !== undefined ? `:${shifted}` : '';
  const hasText = flags & Flag.text && flags & Flag.allKeys && key.text !== '' && key.action !== 'release';
  const text = hasText ? `;${[...key.text].map((character) => character.codePointAt(0)).join(':')}` : '';
  const middle = parameters === '' && text === '' ? '' : `;${parameters}`;
  return `\x1b[${code}${alternate}${middle}${text}u`;
}

function codeOf(key: Key): number {
  if (key.keypad) {
    if (/^[0-9]$/.test(key.name)) return 57399 + Number(key.name);
    const code = keypadCodes[key.name];
    if (code !== undefined) return code;
  }
  const functionKey = /^f(\d+)$/.exec(key.name);
  if (functionKey) return 57376 + Number(functionKey[1]) - 13;
  return codeKeys[key.name] ?? key.name.codePointAt(0) ?? 0;
}
