import { describe, expect, test } from 'vitest';
import { baseState, makeSession } from '../../../test/golden/fixture.ts';
import type { Arrangement } from '../state/app-state.ts';
import { bodyOf, isTooSmall, paneLayout, smallestSize } from './panes.ts';
import type { Rect } from './rect.ts';

const sizes = [smallestSize.cols, 53, 80, 119, 200, 400].flatMap((cols) =>
  [smallestSize.rows, 13, 24, 50, 120].map((rows) => ({ cols, rows })),
);
const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const inside = (outer: Rect, a: Rect): boolean =>
  a.x >= outer.x &&
  a.y >= outer.y &&
  a.x + a.width <= outer.x + outer.width &&
  a.y + a.height <= outer.y + outer.height;

describe.each<Arrangement>(['grid', 'focus', 'zoom'])('panes in the %s arrangement', (arrangement) => {
  test.each(sizes)('fit and do not overlap at $cols x $rows', (size) => {
    for (let count = 1; count <= 17; count++) {
      const sessions = Array.from({ length: count }, (_, index) =>
        makeSession(`s${100 + index}`, { createdAt: index }),
      );
      const layout = paneLayout({ ...baseState(size, sessions), arrangement });
      expect(layout.panes.length).toBeGreaterThan(0);
      expect(layout.panes.length + layout.hidden).toBe(arrangement === 'grid' ? count : 1);
      for (const [index, pane] of layout.panes.entries()) {
        expect(inside(bodyOf(size), pane.frame)).toBe(true);
        expect(inside(pane.frame, pane.inner)).toBe(true);
        expect(pane.inner.width).toBeGreaterThanOrEqual(15);
        expect(pane.inner.height).toBeGreaterThanOrEqual(3);
        for (const other of layout.panes.slice(index + 1)) expect(overlap(pane.frame, other.frame)).toBe(false);
        if (layout.sidebar !== null) expect(overlap(layout.sidebar, pane.frame)).toBe(false);
      }
    }
  });
});

test('the page of the grid is the one with the selected session', () => {
  const sessions = Array.from({ length: 40 }, (_, index) => makeSession(`s${100 + index}`, { createdAt: index }));
  const state = { ...baseState({ cols: 80, rows: 24 }, sessions), selected: sessions[37]!.id };
  expect(paneLayout(state).panes.map(({ session }) => session)).toContain(sessions[37]!.id);
});

test('one pane alone takes every cell', () => {
  const size = { cols: 20, rows: 5 };
  const state = { ...baseState(size), bare: true };
  expect(paneLayout(state).panes[0]?.inner).toEqual({ x: 0, y: 0, width: 20, height: 5 });
});

test('a window of 20x5 is too small, 80x24 is not', () => {
  expect(isTooSmall({ cols: 20, rows: 5 })).toBe(true);
  expect(isTooSmall({ cols: 80, rows: 24 })).toBe(false);
});

test('a program that is no agent gets the lines that would say what an agent did', () => {
  const rowsOf = (agent: { agent?: null }): number | undefined =>
    paneLayout(baseState({ cols: 80, rows: 24 }, [makeSession('s1aa', agent)])).panes[0]?.inner.height;
  expect([rowsOf({}), rowsOf({ agent: null })]).toEqual([18, 20]);
});
