// A window in which nothing fits. Everything keeps running.
import { smallestSize } from '../layout/panes.ts';
import type { AppState } from '../state/app-state.ts';
import type { Canvas } from '../widgets/canvas.ts';
import { wrapWords } from '../widgets/toasts.ts';

export function drawTooSmall(canvas: Canvas, state: AppState): void {
  const { cols, rows } = canvas.grid;
  const text = `window too small: ${state.size.cols}x${state.size.rows}, needs ${smallestSize.cols}x${smallestSize.rows}`;
  const lines = [...wrapWords(text, cols), ...wrapWords('agents keep running', cols)].slice(0, rows);
  lines.forEach((line, index) => {
    canvas.text(0, index, line, index === 0 ? 'strong' : 'dim');
  });
}
