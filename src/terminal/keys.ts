// What a person pressed, after the outer terminal's bytes have been read and before a pane's bytes are written. The
// tokenizer of the TUI makes these; encode-key.ts and encode-mouse.ts turn them into bytes for a pane.

/** Names of keys that do not type a character. Those that do are named by it: `a`, `/`, `é`; the space bar is `space`. */
export const SpecialKeys = [
  'enter',
  'tab',
  'backspace',
  'escape',
  'space',
  'up',
  'down',
  'right',
  'left',
  'home',
  'end',
  'insert',
  'delete',
  'pageup',
  'pagedown',
  'begin',
  'menu',
  'f1',
  'f2',
  'f3',
  'f4',
  'f5',
  'f6',
  'f7',
  'f8',
  'f9',
  'f10',
  'f11',
  'f12',
  'f13',
  'f14',
  'f15',
  'f16',
  'f17',
  'f18',
  'f19',
  'f20',
] as const;
export type SpecialKey = (typeof SpecialKeys)[number];

export interface Key {
  /**
   * A SpecialKey, or the character the key types without ctrl and alt, in lower case when it is a letter: ctrl+A and
   * ctrl+a are both `a`. Shift is in `shift`, also for upper-case letters. Unknown sequences are `unknown`.
   */
  name: string;
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
  /** Super or command; only known from terminals that speak the kitty protocol. */
  meta: boolean;
  /** What the key would type into a text field: `A`, ` `, `é`. Empty with ctrl or alt and for keys that type nothing. */
  text: string;
  /** True for a key of the numeric keypad that the outer terminal told apart. */
  keypad: boolean;
  action: 'press' | 'repeat' | 'release';
  /** legacy: bytes any program understands. extended: kitty `CSI u` or modifyOtherKeys form, only for those who asked. */
  form: 'legacy' | 'extended';
  /** The bytes as they came. Empty for a key made by the program itself. */
  raw: Uint8Array;
}

export const MouseButton = { left: 0, middle: 1, right: 2, none: 3, back: 8, forward: 9 } as const;
export type MouseButton = (typeof MouseButton)[keyof typeof MouseButton];

export interface Mouse {
  action: 'press' | 'release' | 'drag' | 'move' | 'wheel-up' | 'wheel-down' | 'wheel-left' | 'wheel-right';
  /** `none` for moves without a button and for the wheel. */
  button: MouseButton;
  /** Cell, from 0. Of the outer screen when it comes from the tokenizer, of the pane when given to encodeMouse. */
  x: number;
  y: number;
  ctrl: boolean;
  alt: boolean;
  shift: boolean;
}

const noBytes = new Uint8Array(0);

/** A key as a program or a test would make it: `makeKey('c', {ctrl: true})`. Text is filled in for plain characters. */
export function makeKey(name: string, given: Partial<Key> = {}): Key {
  const typed = name === 'space' ? ' ' : (SpecialKeys as readonly string[]).includes(name) ? '' : name;
  const plain = !given.ctrl && !given.alt && !given.meta;
  return {
    name: typed === '' || name === 'space' ? name : name.toLowerCase(),
    ctrl: false,
    alt: false,
    shift: typed !== typed.toLowerCase(),
    meta: false,
    text: plain ? (given.shift ? typed.toUpperCase() : typed) : '',
    keypad: false,
    action: 'press',
    form: 'legacy',
    raw: noBytes,
    ...given,
  };
}

/** `ctrl+shift+a`, the spelling used in the configuration and in help. */
export function keyLabel(key: Pick<Key, 'name' | 'ctrl' | 'alt' | 'shift' | 'meta'>): string {
  const parts = [key.ctrl && 'ctrl', key.alt && 'alt', key.shift && 'shift', key.meta && 'super', key.name];
  return parts.filter(Boolean).join('+');
}

/** The parameter that carries a key's modifiers in sequences: 1 for none. */
export function modifierParameter(key: Key): number {
  return 1 + (key.shift ? 1 : 0) + (key.alt ? 2 : 0) + (key.ctrl ? 4 : 0) + (key.meta ? 8 : 0);
}
