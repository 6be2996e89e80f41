// What keys that type nothing are called in escape sequences, the same for every terminal since the VT220: one table for
// the keys a terminal sends and the keys a program is sent.

/** Final letter of `CSI 1 ; modifiers X` and `SS3 X`. */
export const finalLetters: Readonly<Record<string, string>> = {
  up: 'A',
  down: 'B',
  right: 'C',
  left: 'D',
  begin: 'E',
  end: 'F',
  home: 'H',
  f1: 'P',
  f2: 'Q',
  f3: 'R',
  f4: 'S',
};

/** Number of `CSI number ; modifiers ~`. */
export const tildeNumbers: Readonly<Record<string, number>> = {
  insert: 2,
  delete: 3,
  pageup: 5,
  pagedown: 6,
  f5: 15,
  f6: 17,
  f7: 18,
  f8: 19,
  f9: 20,
  f10: 21,
  f11: 23,
  f12: 24,
};

/** The same for keys that the kitty protocol sends by code points instead. */
export const laterTildeNumbers: Readonly<Record<string, number>> = {
  f13: 25,
  f14: 26,
  f15: 28,
  f16: 29,
  f17: 31,
  f18: 32,
  f19: 33,
  f20: 34,
};

/** Final letter of `SS3 X` for the keypad in application mode; the names are what the keys type. */
export const keypadLetters: Readonly<Record<string, string>> = {
  '0': 'p',
  '1': 'q',
  '2': 'r',
  '3': 's',
  '4': 't',
  '5': 'u',
  '6': 'v',
  '7': 'w',
  '8': 'x',
  '9': 'y',
  '*': 'j',
  '+': 'k',
  ',': 'l',
  '-': 'm',
  '.': 'n',
  '/': 'o',
  '=': 'X',
  enter: 'M',
};

/** A table read from its other side. */
export function inverted(table: Readonly<Record<string, string | number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(table).map(([name, code]) => [code, name]));
}
