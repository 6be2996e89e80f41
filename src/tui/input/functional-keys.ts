// Code points of the kitty keyboard protocol that stand for keys, not characters.

interface Functional {
  name: string;
  keypad: boolean;
  text: string;
}

const named: Readonly<Record<number, string>> = {
  9: 'tab',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
  57348: 'insert',
  57349: 'delete',
  57350: 'left',
  57351: 'right',
  57352: 'up',
  57353: 'down',
  57354: 'pageup',
  57355: 'pagedown',
  57356: 'home',
  57357: 'end',
  57363: 'menu',
};

/** 57399 onwards: the numeric keypad. */
const keypad: readonly string[] = [
  ...'0123456789./*-+'.split(''),
  'enter',
  '=',
  ',',
  'left',
  'right',
  'up',
  'down',
  'pageup',
  'pagedown',
  'home',
  'end',
  'insert',
  'delete',
  'begin',
];
const firstKeypad = 57399;
const firstF13 = 57376;

/** Null for a code that is a character. Modifier, lock and media keys are `unknown`. */
export function functionalKey(code: number): Functional | null {
  const name = named[code];
  if (name !== undefined) return { name, keypad: false, text: name === 'space' ? ' ' : '' };
  if (code < 57344 || code > 63743) return null;
  if (code >= firstF13 && code < firstF13 + 8) return { name: `f${13 + code - firstF13}`, keypad: false, text: '' };
  const pad = keypad[code - firstKeypad];
  if (pad !== undefined) return { name: pad, keypad: true, text: pad.length === 1 ? pad : '' };
  return { name: 'unknown', keypad: false, text: '' };
}
