// Output made to cost time or memory, or to break the terminal.
import { describe, expect, test } from 'vitest';
import { randomFrom, recordingListener } from '../../../test/support/vt-streams.ts';
import { CellWords, Content } from '../cell.ts';
import type { VtEngine } from '../engine.ts';
import { MaxClusterPoints } from '../unicode.ts';
import { VtState } from './state.ts';
import { createVtEngine } from './vt-engine.ts';

const encoder = new TextEncoder();

function open(
  cols: number,
  rows: number,
  scrollback = 100,
): { vt: VtEngine; said: unknown[][]; feed(text: string): void } {
  const { said, listener } = recordingListener();
  const vt = createVtEngine({ cols, rows, scrollback, listener });
  return { vt, said, feed: (text) => vt.feed(encoder.encode(text)) };
}

function row(vt: VtEngine, y: number): Uint32Array {
  const words = new Uint32Array(vt.cols * CellWords);
  vt.readRow(y, words, 0);
  return words;
}

describe('output made to harm', () => {
  test('huge counts cost no more than a screen', () => {
    const { vt, feed } = open(20, 5);
    for (const final of 'ABCDEFGHIJKLMPSTXZ@`abdefghlmnrt')
      feed(`abc\x1b[2147483647${final}\x1b[2147483647;2147483647${final}`);
    feed(`\x1b[${'1;'.repeat(5000)}m\x1b[${'4:'.repeat(5000)}m\x1b[999999999999999999999m`);
    feed('\x1bcstill here');
    expect(vt.screenText()[0]).toBe('still here');
  });

  test('an endless chain of joiners is cut into bounded cells', () => {
    const { vt, feed } = open(20, 2);
    for (let i = 0; i < 200; i++) feed(`👩\u200d`.repeat(50) + '\u0301'.repeat(100));
    for (let y = 0; y < 2; y++) {
      const words = row(vt, y);
      for (let at = 0; at < words.length; at += CellWords) {
        const content = words[at]!;
        if (content & Content.cluster) {
          expect([...vt.cluster(content & Content.codePointMask)].length).toBeLessThanOrEqual(MaxClusterPoints);
        }
      }
    }
  });

  test('huge strings are dropped, and what follows is drawn', () => {
    const { vt, said, feed } = open(20, 2);
    const huge = 'x'.repeat(1 << 20);
    for (const start of [
      '\x1b]2;',
      '\x1b]8;;',
      '\x1b]9;',
      '\x1b]7501;',
      '\x1b]555;',
      '\x1bP$q',
      '\x1bP+q',
      '\x1b_',
      '\x1b^',
    ]) {
      feed(start);
      feed(huge);
      feed('\x1b\\');
    }
    feed(`\x1b]52;c;${btoa('y'.repeat((1 << 20) + 1))}\x07ok`);
    expect(said).toEqual([]);
    expect(vt.screenText()[0]).toBe('ok');
  });

  test('many links are forgotten when no cell shows them', () => {
    const { vt, feed } = open(20, 2, 5);
    for (let i = 0; i < 40_000; i++) feed(`\x1b]8;;https://example.org/${i}\x1b\\x\r\n`);
    expect(vt.extra(row(vt, 0)[3]!)?.url).toBe('https://example.org/39999');
  });

  test('random bytes never throw and leave a usable terminal', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomFrom(seed);
      const { vt, feed } = open(2 + random(30), 1 + random(8));
      for (let i = 0; i < 40; i++) {
        const piece = Array.from({ length: 200 }, () =>
          random(3) === 0 ? '\x1b[]P;?0123456789hlmrHJK\x07'.charCodeAt(random(25)) : random(256),
        );
        vt.feed(Uint8Array.from(piece));
        if (random(10) === 0) vt.resize(2 + random(30), 1 + random(8));
        row(vt, 0);
      }
      feed('\x18\x1b\\\x1bcok');
      expect(vt.screenText()[0]).toBe('ok');
    }
  });

  test('backgrounds that only erase are forgotten like all looks', () => {
    const state = new VtState(10, 2, 10, recordingListener().listener);
    for (let color = 0; color < 100_000; color++) {
      state.pen.bg = 0x3000000 | color;
      state.pen.changed();
      state.screen.erase(0, 0, 10, state.erasedLook);
      state.boundLooks();
    }
    expect(state.looks.size).toBeLessThan(5000);
  });

  test('a repeated character fills rows, a repeated cluster at most one', () => {
    const { vt, feed } = open(10, 4);
    feed('x\x1b[24b');
    expect(vt.screenText()).toEqual(['x'.repeat(10), 'x'.repeat(10), 'xxxxx', '']);
    feed('\x1bce\u0301\x1b[4096b');
    expect(vt.screenText()).toEqual(['e\u0301'.repeat(10), 'e\u0301', '', '']);
  });
});
