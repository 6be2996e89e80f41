// History lines as a frame of their own: its rows are the lines, its ids mean something in this frame only.
import { CellWords, Content } from './cell.ts';
import { CellTable } from './cell-table.ts';
import { oldestLine, type VtEngine } from './engine.ts';
import type { ScreenFrame } from './screen-frame.ts';

/** Lines one page may hold; more are cut, the viewer asks again. */
export const HistoryPageLines = 500;

/** Lines numbered [from, from + count), as far as they are in the history: `oldest` and `rows` say which came. */
export function historyPage(engine: VtEngine, from: number, count: number): ScreenFrame {
  const oldest = oldestLine(engine);
  const first = Math.max(oldest, from);
  const rows = Math.max(0, Math.min(from + count - first, HistoryPageLines, engine.scrolled - first));
  const table = new CellTable();
  const frame: ScreenFrame = {
    seq: 0,
    cols: engine.cols,
    rows,
    cursorX: 0,
    cursorY: 0,
    modes: 0,
    history: engine.history,
    oldest: first,
    reset: true,
    clusters: [],
    extras: [],
    spans: [],
  };
  for (let row = 0; row < rows; row++) {
    const words = new Uint32Array(engine.cols * CellWords);
    engine.readHistory(first - oldest + row, words, 0);
    // The engine may give out its ids anew between two lines, so each line is translated at once.
    for (let at = 0; at < words.length; at += CellWords) {
      const content = words[at] as number;
      if (content & Content.cluster) {
        const text = engine.cluster(content & Content.codePointMask);
        const known = table.hasCluster(text);
        const id = table.clusterId(text);
        words[at] = (content & ~Content.codePointMask) | id;
        if (!known) frame.clusters.push({ id, text });
      }
      const extra = engine.extra(words[at + 3] as number);
      if (extra) {
        const id = table.extraId(extra);
        words[at + 3] = id;
        if (id > frame.extras.length) frame.extras.push({ id, ...extra });
      }
    }
    frame.spans.push({ row, col: 0, words });
  }
  return frame;
}
