// The bottom line while a search is typed: the text, what became of it, and how to go on.

import { showKey } from '../keymap/key-name.ts';
import type { Keymap } from '../keymap/keymap.ts';
import type { SearchState } from '../state/search.ts';
import type { Canvas, Span } from './canvas.ts';
import { drawEditor } from './editor-box.ts';

const outcomes: Record<SearchState['outcome'], string> = {
  none: '',
  searching: 'searching…',
  found: '',
  missing: 'not found',
};

export function drawSearchBar(canvas: Canvas, search: SearchState, keymap: Keymap): void {
  const { cols: width, rows } = canvas.grid;
  const y = rows - 1;
  canvas.fill({ x: 0, y, width, height: 1 }, 'bar');
  const x = canvas.text(0, y, ' SEARCH ', 'mode.copy') + 1;
  const hints: Span[] = [
    { text: `${outcomes[search.outcome]}  `, role: search.outcome === 'missing' ? 'badge.warning' : 'bar' },
    ...hint(keymap, 'search.accept', 'go there'),
    ...hint(keymap, 'search.leave', 'back'),
  ];
  const used = canvas.spansRight(width, y, hints, width - x - 10);
  const from = x + canvas.text(x, y, '/', 'bar.key');
  drawEditor(canvas, { x: from, y, width: width - used - from - 1, height: 1 }, search.text, {
    focused: true,
    role: 'bar',
  });
}

function hint(keymap: Keymap, id: string, title: string): Span[] {
  const [key] = keymap.keysOf(id);
  if (key === undefined) return [];
  return [
    { text: ` ${showKey(key)}`, role: 'bar.key' },
    { text: ` ${title} `, role: 'bar' },
  ];
}
