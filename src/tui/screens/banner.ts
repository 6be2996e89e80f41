// What is wrong with the connection, where nobody can miss it.
import type { AppState } from '../state/app-state.ts';
import type { Canvas } from '../widgets/canvas.ts';

export function drawBanner(canvas: Canvas, state: AppState): void {
  const { connection } = state;
  if (connection.state === 'ready') return;
  const width = canvas.grid.cols;
  if (connection.state === 'connecting') {
    canvas.text(0, 1, ' connecting to the server… ', 'toast.info', width);
    return;
  }
  canvas.fill({ x: 0, y: 1, width, height: 1 }, 'toast.error');
  const { message, remedy } = connection.failure;
  canvas.text(1, 1, `${message} · agents keep running · ${remedy}`, 'toast.error', width - 2);
}
