import { describe, expect, test } from 'vitest';
import { encodeKey } from './encode-key.ts';
import { encodeMouse, wantsMouse } from './encode-mouse.ts';
import { encodePaste } from './encode-paste.ts';
import { PaneMode } from './engine.ts';
import { type Key, type Mouse, makeKey } from './keys.ts';

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const kitty = (flags: number): number => flags << PaneMode.kittyShift;

function send(key: Key, modes = 0): string {
  return new TextDecoder().decode(encodeKey(key, modes));
}

describe('keys for a program without a keyboard protocol', () => {
  test.each<[string, Partial<Key>, number, string]>([
    ['a', {}, 0, 'a'],
    ['A', {}, 0, 'A'],
    ['é', {}, 0, 'é'],
    ['a', { ctrl: true }, 0, '\x01'],
    ['a', { alt: true }, 0, '\x1ba'],
    ['a', { alt: true, shift: true }, 0, '\x1bA'],
    ['c', { ctrl: true, alt: true }, 0, '\x1b\x03'],
    ['space', {}, 0, ' '],
    ['space', { ctrl: true }, 0, '\0'],
    [']', { ctrl: true }, 0, '\x1d'],
    ['1', { ctrl: true }, 0, '1'],
    ['enter', {}, 0, '\r'],
    ['enter', { shift: true }, 0, '\x1b\r'],
    ['enter', { alt: true }, 0, '\x1b\r'],
    ['enter', { shift: true }, PaneMode.modifyOtherKeys, '\x1b[27;2;13~'],
    ['enter', { ctrl: true }, PaneMode.modifyOtherKeys, '\x1b[27;5;13~'],
    ['1', { ctrl: true }, PaneMode.modifyOtherKeys, '\x1b[27;5;49~'],
    ['tab', { shift: true }, 0, '\x1b[Z'],
    ['backspace', {}, 0, '\x7f'],
    ['backspace', { alt: true }, 0, '\x1b\x7f'],
    ['escape', {}, 0, '\x1b'],
    ['up', {}, 0, '\x1b[A'],
    ['up', {}, PaneMode.applicationCursor, '\x1bOA'],
    ['up', { ctrl: true }, PaneMode.applicationCursor, '\x1b[1;5A'],
    ['home', {}, PaneMode.applicationCursor, '\x1bOH'],
    ['delete', {}, 0, '\x1b[3~'],
    ['delete', { shift: true }, 0, '\x1b[3;2~'],
    ['f1', {}, 0, '\x1bOP'],
    ['f1', { shift: true }, 0, '\x1b[1;2P'],
    ['f5', {}, 0, '\x1b[15~'],
    ['f12', { ctrl: true }, 0, '\x1b[24;5~'],
    ['5', { keypad: true }, 0, '5'],
    ['5', { keypad: true }, PaneMode.applicationKeypad, '\x1bOu'],
    ['enter', { keypad: true }, PaneMode.applicationKeypad, '\x1bOM'],
    ['a', { action: 'release' }, 0, ''],
    ['a', { action: 'repeat' }, 0, 'a'],
  ])('%s %o in mode %i is %j', (name, given, modes, expected) => {
    expect(send(makeKey(name, given), modes)).toBe(expected);
  });

  test('an unknown sequence goes through as it came, but not in a form the program never asked for', () => {
    const raw = new TextEncoder().encode('\x1b[99~');
    expect(send(makeKey('x', { name: 'unknown', raw }))).toBe('\x1b[99~');
    expect(send(makeKey('x', { name: 'unknown', raw, form: 'extended' }))).toBe('');
    expect(send(makeKey('x', { name: 'unknown', raw, form: 'extended' }), kitty(1))).toBe('\x1b[99~');
  });

  test('what shift+enter sends can be chosen', () => {
    expect(text(encodeKey(makeKey('enter', { shift: true }), 0, { shiftEnter: '\n' }))).toBe('\n');
  });
});

describe('keys in the kitty protocol', () => {
  test.each<[string, Partial<Key>, number, string]>([
    ['a', {}, 1, 'a'],
    ['A', {}, 1, 'A'],
    ['a', { ctrl: true }, 1, '\x1b[97;5u'],
    ['a', { alt: true }, 1, '\x1b[97;3u'],
    ['a', { ctrl: true, shift: true }, 1, '\x1b[97;6u'],
    ['escape', {}, 1, '\x1b[27u'],
    ['enter', {}, 1, '\r'],
    ['enter', { shift: true }, 1, '\x1b[13;2u'],
    ['tab', { ctrl: true }, 1, '\x1b[9;5u'],
    ['up', {}, 1, '\x1b[A'],
    ['up', { shift: true }, 1, '\x1b[1;2A'],
    ['f3', {}, 1, '\x1b[13~'],
    ['f13', {}, 1, '\x1b[57376u'],
    ['pageup', { ctrl: true }, 1, '\x1b[5;5~'],
    ['a', { action: 'release' }, 1, ''],
    ['a', { action: 'repeat' }, 1, 'a'],
    ['a', { action: 'release' }, 3, '\x1b[97;1:3u'],
    ['up', { action: 'repeat' }, 3, '\x1b[1;1:2A'],
    ['enter', { action: 'release' }, 3, ''],
    ['enter', { action: 'release' }, 11, '\x1b[13;1:3u'],
    ['a', { ctrl: true, shift: true }, 5, '\x1b[97:65;6u'],
    ['a', {}, 8, '\x1b[97u'],
    ['A', {}, 31, '\x1b[97:65;2;65u'],
    ['a', {}, 24, '\x1b[97;;97u'],
    ['5', { keypad: true }, 8, '\x1b[57404u'],
    ['enter', {}, 8, '\x1b[13u'],
  ])('%s %o with flags %i is %j', (name, given, flags, expected) => {
    expect(send(makeKey(name, given), kitty(flags))).toBe(expected);
  });
});

describe('the mouse', () => {
  const mouse = (given: Partial<Mouse>): Mouse => ({
    action: 'press',
    button: 0,
    x: 2,
    y: 4,
    ctrl: false,
    alt: false,
    shift: false,
    ...given,
  });
  const tracking = (kind: number): number => kind << PaneMode.mouseShift;

  test('is only told to programs that asked, and only what they asked for', () => {
    expect(wantsMouse(0)).toBe(false);
    const told = (kind: number): string[] =>
      (['press', 'release', 'drag', 'move', 'wheel-up'] as const).filter(
        (action) => encodeMouse(mouse({ action }), tracking(kind)).length > 0,
      );
    expect(told(0)).toEqual([]);
    expect(told(1)).toEqual(['press']);
    expect(told(2)).toEqual(['press', 'release', 'wheel-up']);
    expect(told(3)).toEqual(['press', 'release', 'drag', 'wheel-up']);
    expect(told(4)).toEqual(['press', 'release', 'drag', 'move', 'wheel-up']);
  });

  test('is written in the encoding the program set', () => {
    const sgr = tracking(4) | PaneMode.mouseSgr;
    expect(text(encodeMouse(mouse({ ctrl: true }), sgr))).toBe('\x1b[<16;3;5M');
    expect(text(encodeMouse(mouse({ action: 'release', button: 2 }), sgr))).toBe('\x1b[<2;3;5m');
    expect(text(encodeMouse(mouse({ action: 'drag' }), sgr))).toBe('\x1b[<32;3;5M');
    expect(text(encodeMouse(mouse({ action: 'wheel-down' }), sgr))).toBe('\x1b[<65;3;5M');
    expect(text(encodeMouse(mouse({}), tracking(2)))).toBe('\x1b[M #%');
    expect(text(encodeMouse(mouse({ action: 'release' }), tracking(2)))).toBe('\x1b[M##%');
    expect(encodeMouse(mouse({ x: 300 }), tracking(2))).toHaveLength(0);
  });
});

describe('a paste', () => {
  const framed = PaneMode.bracketedPaste;

  test('cannot end its own frame', () => {
    const evil = 'a\x1b[201~b\x1b\x1b[201~[201~c\x9b201~d\u009b201~\x03';
    const sent = new TextDecoder().decode(encodePaste(evil, framed));
    expect(sent.startsWith('\x1b[200~a')).toBe(true);
    expect(sent.indexOf('\x1b', 1)).toBe(sent.length - 6);
    expect(sent).not.toMatch(/[\x03\x9b]/);
  });

  test('keeps its lines within a frame and presses enter between them without one', () => {
    expect(text(encodePaste('a\r\nb\nc\td', framed))).toBe('\x1b[200~a\r\nb\nc\td\x1b[201~');
    expect(text(encodePaste('a\r\nb\nc\rd', 0))).toBe('a\rb\rc\rd');
    expect(encodePaste('', framed)).toHaveLength(0);
  });

  test('keeps any text', () => {
    expect(new TextDecoder().decode(encodePaste('né 日本 🚀 👩‍👩‍👧', 0))).toBe('né 日本 🚀 👩‍👩‍👧');
    expect(new TextDecoder().decode(encodePaste('half \ud800', 0))).toBe('half \ufffd');
  });
});
