// A search in slices, over an emulator that goes on drawing meanwhile.
import { expect, test } from 'vitest';
import { silentListener } from '../../../test/support/silent-listener.ts';
import { oldestLine } from '../../terminal/engine.ts';
import { createVtEngine } from '../../terminal/vt/vt-engine.ts';
import { searchEngine } from './search-pane.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `line ${from + n}\r\n`).join('');

test('ten thousand lines are searched with turns of the loop in between, and the place is right', async () => {
  const engine = createVtEngine({ cols: 40, rows: 10, scrollback: 10_000, listener: silentListener });
  engine.feed(bytes(`the needle\r\n${numbered(1, 9000)}`));
  let turns = 0;
  const count = (): void => {
    turns++;
    pending = setImmediate(count);
  };
  let pending = setImmediate(count);
  const { match, screenTop } = await searchEngine(engine, { text: 'needle', direction: 'up', from: null });
  clearImmediate(pending);
  expect(match).toEqual({ from: { line: 0, col: 4 }, to: { line: 0, col: 9 } });
  expect(screenTop).toBe(engine.scrolled);
  expect(turns).toBeGreaterThan(50);
});

test('lines that leave the history while it is searched do not shift what is found', async () => {
  const engine = createVtEngine({ cols: 40, rows: 10, scrollback: 2000, listener: silentListener });
  engine.feed(bytes(`${numbered(0, 1500)}the needle\r\n${numbered(1500, 2200)}`));
  const searching = searchEngine(engine, { text: 'needle', direction: 'up', from: null });
  engine.feed(bytes(numbered(2200, 2500)));
  const { match } = await searching;
  expect(oldestLine(engine)).toBeGreaterThan(0);
  expect(engine.lineText(match!.from.line - oldestLine(engine))).toBe('the needle');
});
