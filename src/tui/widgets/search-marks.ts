// Marks every place of the searched text that can be seen; the one the search stands on looks different.
import { matchesInRow } from '../../terminal/search.ts';
import type { Rect } from '../layout/rect.ts';
import type { PaneView } from '../pane-source.ts';
import type { SearchState } from '../state/search.ts';
import type { Canvas } from './canvas.ts';

export function drawSearchMarks(canvas: Canvas, view: PaneView, search: SearchState, rect: Rect, top: number): void {
  const query = search.text.text;
  if (query === '') return;
  const width = Math.min(view.cols, rect.width);
  for (let row = 0; row < Math.min(rect.height, view.rows); row++) {
    const words = view.line(top + row);
    if (words === null) continue;
    for (const [from, to] of matchesInRow(words, query, (id) => view.grid.cluster(id))) {
      canvas.restyle(rect.x + from, rect.y + row, Math.min(to, width) - from, 'search.match');
    }
  }
  if (search.match === null) return;
  const { from, to } = search.match;
  for (let line = Math.max(top, from.line); line <= Math.min(to.line, top + rect.height - 1); line++) {
    const first = line === from.line ? from.col : 0;
    const last = Math.min(width - 1, line === to.line ? to.col : width - 1);
    canvas.restyle(rect.x + first, rect.y + line - top, last - first + 1, 'search.current');
  }
}
