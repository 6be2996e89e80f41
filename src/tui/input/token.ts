// What arrives from the outer terminal, told apart: keys, pastes, mouse, focus, and answers to our own questions.
import type { Key, Mouse } from '../../terminal/keys.ts';

export type Token =
  | { kind: 'key'; key: Key }
  /** A whole bracketed paste. `truncated`: the rest beyond PasteLimit was dropped. */
  | { kind: 'paste'; bytes: Uint8Array; truncated: boolean }
  /** Cells from 0 on the outer screen. */
  | { kind: 'mouse'; mouse: Mouse; raw: Uint8Array }
  | { kind: 'focus'; focused: boolean }
  /** An answer to a query; never meant for a pane or a text field. */
  | { kind: 'reply'; reply: Reply };

export type Reply =
  | { type: 'da1'; params: number[] }
  | { type: 'da2'; params: number[] }
  | { type: 'cursor'; row: number; col: number }
  | { type: 'mode'; mode: number; value: number }
  | { type: 'kitty-flags'; flags: number }
  | { type: 'color-scheme'; scheme: 'dark' | 'light' }
  /** OSC 10, 11, 4, 52 and the like; `text` is what follows the number. */
  | { type: 'osc'; code: number; text: string }
  /** The text of a DCS answer: `>|xterm(390)`, `1+r...`. */
  | { type: 'dcs'; text: string }
  /** `CSI ... t`: sizes. */
  | { type: 'window'; params: number[] }
  | { type: 'other' };

export const PasteLimit = 16 << 20;
