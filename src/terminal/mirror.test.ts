import { describe, expect, test } from 'vitest';
import { randomFrom, randomPieces, recordingListener } from '../../test/support/vt-streams.ts';
import type { Frame } from '../protocol/frame.ts';
import { decodeFrame, encodeFrame } from '../protocol/frame-codec.ts';
import { BlankContent, CellWords, Content } from './cell.ts';
import { CellTable } from './cell-table.ts';
import { DamageTracker } from './damage.ts';
import { ScreenDiffer } from './differ.ts';
import type { VtEngine } from './engine.ts';
import { historyPage } from './history-page.ts';
import { gridOfPage, PaneMirror } from './mirror.ts';
import type { ScreenFrame } from './screen-frame.ts';
import { createVtEngine } from './vt/vt-engine.ts';

const encoder = new TextEncoder();

function open(cols: number, rows: number, scrollback = 50): VtEngine {
  return createVtEngine({ cols, rows, scrollback, listener: recordingListener().listener });
}

/** A cell by what it shows, so that two tables can be compared. */
function cellOf(words: Uint32Array, at: number, ids: Pick<VtEngine, 'cluster' | 'extra'>): string {
  const content = words[at]!;
  const id = content & Content.codePointMask;
  const text = content & Content.cluster ? ids.cluster(id) : id === 0 ? '' : String.fromCodePoint(id);
  const look = JSON.stringify(ids.extra(words[at + 3]!));
  return `${text}/${content >>> Content.widthShift}/${words[at + 1]}/${words[at + 2]}/${look}`;
}

function expectSame(mirror: PaneMirror, engine: VtEngine): void {
  expect([mirror.cols, mirror.rows]).toEqual([engine.cols, engine.rows]);
  const row = new Uint32Array(engine.cols * CellWords);
  for (let y = 0; y < engine.rows; y++) {
    engine.readRow(y, row, 0);
    for (let x = 0; x < engine.cols; x++) {
      const shown = cellOf(mirror.grid.words, (y * engine.cols + x) * CellWords, mirror.grid);
      const meant = cellOf(row, x * CellWords, engine);
      if (shown !== meant) expect(`${x},${y} ${shown}`).toBe(`${x},${y} ${meant}`);
    }
  }
  expect([mirror.cursorX, mirror.cursorY, mirror.modes, mirror.history]).toEqual([
    engine.cursorX,
    engine.cursorY,
    engine.modes,
    engine.history,
  ]);
}

/** Over the wire: the two shapes are the same type. */
function send(frame: ScreenFrame | null): Frame | null {
  return frame && decodeFrame(encodeFrame(frame));
}

describe('a mirror fed by frames', () => {
  test('shows what the engine shows, cell by cell, whatever the program prints', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = randomFrom(seed + 1000);
      const cols = 2 + random(50);
      const rows = 1 + random(12);
      const engine = open(cols, rows);
      const tracker = new DamageTracker(engine);
      const differ = new ScreenDiffer(tracker.watch());
      const mirror = new PaneMirror(new CellTable());
      for (const piece of randomPieces(seed, 150, cols, rows)) {
        engine.feed(encoder.encode(piece));
        if (random(40) === 0) engine.resize(2 + random(50), 1 + random(12));
        if (random(3) > 0) continue;
        const frame = send(differ.diff({ full: random(50) === 0 }));
        if (frame) mirror.apply(frame);
        expectSame(mirror, engine);
      }
      engine.dispose();
    }
  });

  test('two viewers of one engine both see everything, at their own pace', () => {
    const engine = open(20, 4);
    const tracker = new DamageTracker(engine);
    const table = new CellTable();
    const viewers = [1, 3].map((pace) => ({
      pace,
      differ: new ScreenDiffer(tracker.watch()),
      mirror: new PaneMirror(table),
    }));
    for (const [i, piece] of randomPieces(5, 300, 20, 4).entries()) {
      engine.feed(encoder.encode(piece));
      for (const { pace, differ, mirror } of viewers) {
        if (i % pace !== 0) continue;
        const frame = differ.diff();
        if (frame) mirror.apply(frame);
        expectSame(mirror, engine);
      }
    }
  });

  test('nothing is sent when nothing changed, and little when little did', () => {
    const engine = open(80, 24);
    const differ = new ScreenDiffer(new DamageTracker(engine).watch());
    expect(differ.diff()?.reset).toBe(true);
    expect(differ.diff()).toBeNull();
    engine.feed(encoder.encode('\x1b[5;10Hx\x1b[5;12Hy\x1b[5;40Hz\x1b[H'));
    const frame = differ.diff();
    expect(frame?.spans.map(({ row, col, words }) => [row, col, words.length / CellWords])).toEqual([
      [4, 9, 3],
      [4, 39, 1],
    ]);
    engine.feed(encoder.encode('\x1b[5;10Hx\x1b[H'));
    expect(differ.diff()).toBeNull();
    engine.feed(encoder.encode('\x1b[2;2H'));
    expect(differ.diff()).toMatchObject({ cursorX: 1, cursorY: 1, spans: [] });
  });

  test('texts and links are defined once', () => {
    const engine = open(20, 2);
    const differ = new ScreenDiffer(new DamageTracker(engine).watch());
    engine.feed(encoder.encode('👍🏽\x1b]8;;https://a.b\x1b\\x'));
    const first = differ.diff();
    expect(first?.clusters).toHaveLength(1);
    expect(first?.extras).toMatchObject([{ url: 'https://a.b' }]);
    engine.feed(encoder.encode('y\x1b]8;;\x1b\\👍🏽'));
    expect(differ.diff()).toMatchObject({ clusters: [], extras: [] });
  });

  test('a table full of texts is begun anew without a wrong cell', () => {
    const engine = open(100, 10, 10);
    const differ = new ScreenDiffer(new DamageTracker(engine).watch());
    const mirror = new PaneMirror(new CellTable());
    const epoch = engine.tableEpoch;
    let point = 0;
    for (let round = 0; round < 90; round++) {
      let text = '\x1b[H';
      for (let i = 0; i < 1000; i++, point++) {
        text += `${String.fromCodePoint(0x61 + (point % 20), 0x300 + (Math.floor(point / 20) % 64), 0x300 + (Math.floor(point / 1280) % 64))}`;
      }
      engine.feed(encoder.encode(text));
      const frame = differ.diff();
      if (frame) mirror.apply(frame);
    }
    expect(engine.tableEpoch).toBeGreaterThan(epoch);
    expectSame(mirror, engine);
  });

  test('a swept table keeps what is shown', () => {
    const table = new CellTable();
    const engine = open(20, 2);
    const differ = new ScreenDiffer(new DamageTracker(engine).watch());
    const mirror = new PaneMirror(table);
    engine.feed(encoder.encode('e\u0301 a\u0301 \x1b[4:3mo\u0302\x1b[m'));
    mirror.apply(differ.diff()!);
    engine.feed(encoder.encode('\re'));
    mirror.apply(differ.diff()!);
    table.sweep([mirror.grid.words]);
    expectSame(mirror, engine);
    expect(table.hasCluster('e\u0301')).toBe(false);
    engine.feed(encoder.encode('\re\u0301'));
    mirror.apply(differ.diff()!);
    expectSame(mirror, engine);
  });
});

describe('history pages', () => {
  test('hold the lines asked for, with their texts and links', () => {
    const engine = open(20, 3, 100);
    for (let i = 0; i < 40; i++) {
      engine.feed(encoder.encode(`line ${i} e\u0301\x1b]8;;https://a.b/${i}\x1b\\🚀\x1b]8;;\x1b\\\r\n`));
    }
    const page = historyPage(engine, 10, 5);
    const grid = gridOfPage(decodeFrame(encodeFrame(page)), new CellTable());
    expect(grid.rows).toBe(5);
    expect(grid.rowText(0)).toBe('line 10 e\u0301🚀');
    expect(grid.extra(grid.words[(20 * 4 + 9) * CellWords + 3]!)).toMatchObject({ url: 'https://a.b/14' });
    expect(historyPage(engine, 30, 500).rows).toBe(engine.history - 30);
    expect(historyPage(engine, 900, 5).rows).toBe(0);
  });

  test('the first frame of an empty screen draws nothing', () => {
    const frame = new ScreenDiffer(new DamageTracker(open(10, 2)).watch()).diff();
    expect(frame?.spans).toEqual([]);
    const mirror = new PaneMirror(new CellTable());
    mirror.apply(frame!);
    expect(mirror.grid.words[0]).toBe(BlankContent);
  });
});
