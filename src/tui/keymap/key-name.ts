// One spelling for keys, used in the configuration, in help and in the key table: `n`, `N`, `ctrl+q`, `alt+enter`,
// `shift+tab`, `space`, `?`. Shift is spelled by the character it makes where there is one.
import type { Key } from '../../terminal/keys.ts';

export function keyName(key: Pick<Key, 'name' | 'ctrl' | 'alt' | 'shift' | 'meta'>): string {
  const letter = key.name.length === 1 && key.name.toLowerCase() !== key.name.toUpperCase();
  const single = [...key.name].length === 1;
  const plain = !key.ctrl && !key.alt && !key.meta;
  const name = letter && key.shift && plain ? key.name.toUpperCase() : key.name;
  const shift = key.shift && (!single || (letter && !plain));
  return [key.ctrl && 'ctrl', key.alt && 'alt', shift && 'shift', key.meta && 'super', name].filter(Boolean).join('+');
}

/** Brings a key written by a person into that spelling; null when it names no key. */
export function parseKeyName(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const plus = trimmed.endsWith('+');
  const parts = (plus ? trimmed.slice(0, -1) : trimmed).split('+').filter((part) => part !== '');
  const name = plus ? '+' : (parts.pop() ?? '');
  if (name === '') return null;
  const held = new Set(parts.map((part) => modifierNames[part.toLowerCase()]));
  if (held.has(undefined)) return null;
  const canonical = keyAliases[name.toLowerCase()] ?? ([...name].length === 1 ? name : name.toLowerCase());
  if ([...canonical].length > 1 && !/^(f\d{1,2}|[a-z]+)$/.test(canonical)) return null;
  const upper = !held.has('ctrl') && [...canonical].length === 1 && canonical !== canonical.toLowerCase();
  return keyName({
    name: canonical.length === 1 ? canonical.toLowerCase() : canonical,
    ctrl: held.has('ctrl'),
    alt: held.has('alt'),
    shift: held.has('shift') || upper,
    meta: held.has('super'),
  });
}

/** As shown to people: arrows as arrows, the rest as spelled. */
export function showKey(name: string): string {
  return name.replace(
    /(^|\+)(up|down|left|right)$/,
    (_, plus: string, arrow: string) => plus + (arrows[arrow] ?? arrow),
  );
}

const arrows: Record<string, string> = { up: '↑', down: '↓', left: '←', right: '→' };

const modifierNames: Record<string, 'ctrl' | 'alt' | 'shift' | 'super'> = {
  ctrl: 'ctrl',
  control: 'ctrl',
  c: 'ctrl',
  alt: 'alt',
  option: 'alt',
  meta: 'alt',
  shift: 'shift',
  super: 'super',
  cmd: 'super',
};

const keyAliases: Record<string, string> = {
  esc: 'escape',
  return: 'enter',
  del: 'delete',
  ins: 'insert',
  pgup: 'pageup',
  pgdn: 'pagedown',
  ' ': 'space',
};
