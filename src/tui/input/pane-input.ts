// What is typed into a pane, as bytes its program understands. Bytes go through as they came, except where the pane's
// modes and the outer terminal's differ: then the key is written anew.
import { encodeKey, type KeyOptions } from '../../terminal/encode-key.ts';
import { encodeMouse } from '../../terminal/encode-mouse.ts';
import { encodePaste } from '../../terminal/encode-paste.ts';
import { PaneMode } from '../../terminal/engine.ts';
import type { Key } from '../../terminal/keys.ts';
import type { Token } from './token.ts';

const nothing = new Uint8Array(0);
const focusIn = Uint8Array.of(0x1b, 0x5b, 0x49);
const focusOut = Uint8Array.of(0x1b, 0x5b, 0x4f);

/** Keys that are the same byte on every terminal, with an ESC before it for alt. */
const byteKeys = new Set(['enter', 'tab', 'backspace', 'escape', 'space']);

/**
 * `modes` are the pane's (PaneMode); the mouse's place is in cells of the pane. Empty for what the program did not ask
 * for, and for answers to our own questions.
 */
export function paneBytes(token: Token, modes: number, options: KeyOptions): Uint8Array {
  switch (token.kind) {
    case 'key':
      return goesThrough(token.key, modes) ? token.key.raw : encodeKey(token.key, modes, options);
    case 'paste':
      return encodePaste(token.bytes, modes);
    case 'mouse':
      return encodeMouse(token.mouse, modes);
    case 'focus':
      if ((modes & PaneMode.focusEvents) === 0) return nothing;
      return token.focused ? focusIn : focusOut;
    case 'reply':
      return nothing;
  }
}

function goesThrough(key: Key, modes: number): boolean {
  // A key of our own making has no bytes; a pane that speaks kitty wants its form, one that does not the old one.
  if (key.raw.length === 0 || key.form === 'extended' || (modes & PaneMode.kittyMask) !== 0) return false;
  if (key.keypad) return false;
  // Cursor and function keys have two or more forms, by mode and by terminal; characters have one.
  return key.name === 'unknown' || byteKeys.has(key.name) || [...key.name].length === 1;
}
