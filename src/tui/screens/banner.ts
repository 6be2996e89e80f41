// What is wrong with the connection, where nobody can miss it.
import type { AppState } from '../state/app-state.ts';
import type { Canvas } from '../widgets/canvas.ts';

export function drawBanner(canvas: Canvas, state: AppState): void {
  const { connection } = state;
  if (connection.state === 'ready') return;
  const width = canvas.grid.cols;
  if (connection.state === 'connecting') {
    canvas.spansRight(width, 0, [{ text: ' connecting to the server… ', role: 'toast.info' }], width);
    return;
  }
  canvas.fill({ x: 0, y: 0, width, height: 1 }, 'toast.error');
  const { message, remedy } = connection.failure;
  canvas.text(1, 0, `${message} · agents keep running · ${remedy}`, 'toast.error', width - 2);
}
