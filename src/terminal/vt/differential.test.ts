// Against xterm.js 6.0.0, an emulator written by others: the same output must give the same cells.
import { expect, test } from 'vitest';
import { randomFrom, randomPieces, recordingListener } from '../../../test/support/vt-streams.ts';
import { loadXterm } from '../../../test/support/xterm/engine.ts';
import { CellWords, Content } from '../cell.ts';
import { PaneMode, type VtEngine } from '../engine.ts';
import { createVtEngine } from './vt-engine.ts';

const createXterm = await loadXterm();
const encoder = new TextEncoder();

/** Every cell of screen and history with its place, and what else can be seen. */
function shown(vt: VtEngine): string[] {
  const seen: string[] = [];
  const words = new Uint32Array(vt.cols * CellWords);
  const cells = (name: string): void => {
    for (let at = 0; at < words.length; at += CellWords) {
      const content = words[at]!;
      const id = content & Content.codePointMask;
      // What would reorder the text around it: xterm keeps it when a mark has joined it.
      const text =
        content & Content.cluster ? vt.cluster(id).replace(/^[\u200b\u202e]/, ' ') : String.fromCodePoint(id || 0x20);
      const look = [words[at + 1]!.toString(16), words[at + 2]!.toString(16), JSON.stringify(vt.extra(words[at + 3]!))];
      seen.push(
        `${name} ${at / CellWords}: "${text}" ${(content & Content.widthMask) >>> Content.widthShift} ${look.join(' ')}`,
      );
    }
  };
  for (let y = 0; y < vt.rows; y++) {
    vt.readRow(y, words, 0);
    cells(`row ${y}`);
  }
  for (let y = 0; y < vt.history; y++) {
    vt.readHistory(y, words, 0);
    cells(`line ${y}`);
  }
  seen.push(`cursor ${vt.cursorX} ${vt.cursorY}`, `history ${vt.history} of ${vt.scrolled}`);
  seen.push(`modes ${(vt.modes & ~PaneMode.synchronized).toString(2)}`);
  return seen;
}

/** Makes a piece mean the same to both where xterm.js differs, on purpose or by mistake. */
function agreed(piece: string): string {
  const plain = '\x1b[24;59m\x1b]8;;\x1b\\';
  // It restores a cursor on another row when the text scrolled, without its underline, and never beyond the last column.
  if (/^\x1b(?:8|\[u)$/.test(piece)) return `\r${plain}\x1b7${piece}`;
  if (/^\x1b\[\?1049[hl]$/.test(piece)) return piece.replace('1049', '1047');
  // A wide character without room joins what follows to the cell before.
  if (piece === '\x1b[?7l') return '';
  // In origin mode it adds the region's top to relative movements.
  if (piece === '\x1b[?6h') return '';
  // Each screen has tab stops of its own.
  if (/^(?:\x1bH|\x1b\[3?g)$/.test(piece)) return '';
  // It fills without underline and link, and scrolls down without the background.
  if (piece === '\x1b#8') return `${plain}${piece}`;
  if (/^\x1b\[\d+T$/.test(piece)) return `\x1b[0m${piece}`;
  return piece;
}

function compare(seed: number, cols: number, rows: number, pieces: readonly string[]): void {
  const [own, xterm] = [recordingListener(), recordingListener()];
  const ours = createVtEngine({ cols, rows, scrollback: 30, listener: own.listener });
  const theirs = createXterm({ cols, rows, scrollback: 30, listener: xterm.listener });
  for (const [i, piece] of pieces.entries()) {
    for (const vt of [ours, theirs]) vt.feed(encoder.encode(piece));
    const where = `seed ${seed}, ${cols}x${rows}, after ${JSON.stringify(pieces.slice(Math.max(0, i - 5), i + 1))}`;
    expect(shown(ours), where).toEqual(shown(theirs));
    expect(own.said, where).toEqual(xterm.said);
  }
  theirs.dispose();
}

test('whole sequences and text', { timeout: 60_000 }, () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = randomFrom(seed + 5);
    const cols = 3 + random(40);
    const rows = 2 + random(10);
    compare(seed, cols, rows, randomPieces(seed, 100, cols, rows).map(agreed));
  }
});

test('questions and what programs say', () => {
  const questions = [
    '\x1b[c',
    '\x1b[>c',
    '\x1b[>q',
    '\x1b[5n',
    '\r\x1b[6n',
    '\r\x1b[?6n',
    '\x1b[18t',
    '\x1b[22t',
    '\x1b[23t',
    '\x1b[?u',
  ];
  const modes = [
    1, 6, 7, 8, 9, 25, 45, 66, 67, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1047, 2004, 2026, 2027, 31,
  ];
  const settings = [' q', 'r', '"p', '"q', 'x'];
  const said = [
    '\x1b]0;a title\x07',
    '\x1b]9;done\x07',
    '\x1b]9;4;1;30\x07',
    '\x1b]7501;x=1\x1b\\',
    '\x1b]52;c;aGk=\x07',
    '\x07',
    '\x1b]11;?\x07',
  ];
  for (let seed = 0; seed < 40; seed++) {
    const random = randomFrom(seed);
    const all = [
      ...questions,
      ...said,
      ...modes.map((mode) => `\x1b[?${mode}$p`),
      ...settings.map((setting) => `\x1bP$q${setting}\x1b\\`),
      '\x1b[4$p',
      '\x1b[20$p',
    ];
    const pieces = randomPieces(seed, 120, 20, 6).map(agreed);
    compare(
      seed,
      20,
      6,
      pieces.map((piece) => `${piece}${all[random(all.length)]}`),
    );
  }
});

test('broken sequences, byte by byte', { timeout: 60_000 }, () => {
  const alphabet = [
    ...'\x1b\x1b[[]PX_;;?>=! "\'()0123456789hlmnqrstcuABCHJKLMPSXZbdgfx\x07\x18\n\r\b\tabc',
    '\x1b\\',
    '\x1b^',
    '\x1b[',
    '\x1b[?',
    '\x1b[38;2;',
  ];
  const unlike = /\x1b\[\??(?:\d*;)*[67][hl]|\x1b[78H]|\x1b\[3?g|[su]|1049|#8|`/g;
  for (let seed = 0; seed < 150; seed++) {
    const random = randomFrom(seed + 900);
    const text = Array.from({ length: 60 }, () => alphabet[random(alphabet.length)]!)
      .join('')
      .replace(unlike, '');
    compare(seed, 12, 4, [...text]);
  }
});
