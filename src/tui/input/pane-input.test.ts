import { describe, expect, test } from 'vitest';
import { defaultKeyOptions } from '../../terminal/encode-key.ts';
import { PaneMode } from '../../terminal/engine.ts';
import { MouseButton, makeKey } from '../../terminal/keys.ts';
import { paneBytes } from './pane-input.ts';
import type { Token } from './token.ts';
import { Tokenizer } from './tokenizer.ts';

const kitty = (flags: number): number => flags << PaneMode.kittyShift;

function typed(bytes: string, modes = 0): string {
  const tokenizer = new Tokenizer();
  const tokens = [...tokenizer.push(new Uint8Array(Buffer.from(bytes, 'utf8'))), ...tokenizer.expire()];
  return Buffer.concat(tokens.map((token) => paneBytes(token, modes, defaultKeyOptions))).toString('utf8');
}

describe('keys for a program', () => {
  test.each([
    'a',
    'É',
    '日本🚀',
    '\r',
    '\x1b',
    '\x1b\r',
    '\x1b\x7f',
    '\x03',
    '\x1bx',
    '\x1b[Z',
    '\x00',
    '\x1f',
  ])('%j goes through as it came', (bytes) => {
    expect(typed(bytes)).toBe(bytes);
    expect(typed(bytes, PaneMode.applicationCursor | PaneMode.applicationKeypad)).toBe(bytes);
  });

  test('cursor keys take the form the program asked for, whatever the terminal sent', () => {
    for (const bytes of ['\x1b[A', '\x1bOA']) {
      expect(typed(bytes)).toBe('\x1b[A');
      expect(typed(bytes, PaneMode.applicationCursor)).toBe('\x1bOA');
    }
    expect(typed('\x1b[1;5C', PaneMode.applicationCursor)).toBe('\x1b[1;5C');
    expect(typed('\x1b[7~')).toBe('\x1b[H');
    expect(typed('\x1bOq')).toBe('1');
    expect(typed('\x1bOq', PaneMode.applicationKeypad)).toBe('\x1bOq');
  });

  test('extended keys become legacy bytes for a program that asked for none', () => {
    expect(typed('\x1b[27u')).toBe('\x1b');
    expect(typed('\x1b[105;5u')).toBe('\t');
    expect(typed('\x1b[13;2u')).toBe('\x1b\r');
    expect(typed('\x1b[27;2;13~')).toBe('\x1b\r');
    expect(typed('\x1b[97;3u')).toBe('\x1ba');
    expect(typed('\x1b[97;1:3u')).toBe('');
  });

  test('a program that speaks kitty gets kitty, also from a terminal that does not', () => {
    expect(typed('\x1b[13;2u', kitty(1))).toBe('\x1b[13;2u');
    expect(typed('\x1b', kitty(1))).toBe('\x1b[27u');
    expect(typed('\x09', kitty(1))).toBe('\t');
    expect(typed('a', kitty(1))).toBe('a');
  });

  test('keys of our own making are written', () => {
    const token: Token = { kind: 'key', key: makeKey('up') };
    expect(Buffer.from(paneBytes(token, PaneMode.applicationCursor, defaultKeyOptions)).toString()).toBe('\x1bOA');
  });
});

describe('the rest', () => {
  test('a paste is framed when asked for and cannot end its own frame', () => {
    expect(typed('\x1b[200~a\nb\x1b[201~')).toBe('a\rb');
    expect(typed('\x1b[200~a\nb\x1b[201~', PaneMode.bracketedPaste)).toBe('\x1b[200~a\nb\x1b[201~');
    const hostile: Token = { kind: 'paste', bytes: Buffer.from('x\x1b[201~rm'), truncated: false };
    const bytes = Buffer.from(paneBytes(hostile, PaneMode.bracketedPaste, defaultKeyOptions)).toString();
    expect(bytes).toBe('\x1b[200~xrm\x1b[201~');
  });

  test('focus and mouse reach only who asked', () => {
    expect(typed('\x1b[I\x1b[O')).toBe('');
    expect(typed('\x1b[I\x1b[O', PaneMode.focusEvents)).toBe('\x1b[I\x1b[O');
    const mouse: Token = {
      kind: 'mouse',
      mouse: { action: 'press', button: MouseButton.left, x: 2, y: 1, ctrl: false, alt: false, shift: false },
      raw: new Uint8Array(0),
    };
    const sgr = (2 << PaneMode.mouseShift) | PaneMode.mouseSgr;
    expect(paneBytes(mouse, 0, defaultKeyOptions)).toHaveLength(0);
    expect(Buffer.from(paneBytes(mouse, sgr, defaultKeyOptions)).toString()).toBe('\x1b[<0;3;2M');
  });

  test('answers to our own questions are never typed', () => {
    expect(typed('\x1b[?62;22c\x1b[?2026;2$y\x1b[?1u\x1b]11;rgb:0/0/0\x07\x1bP>|x\x1b\\\x1b[12;40R', kitty(1))).toBe(
      '',
    );
  });
});
