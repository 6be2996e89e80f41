// What is wrong with the connection, where nobody can miss it.
import { textWidth } from '../../terminal/width.ts';
import type { Keymap } from '../keymap/keymap.ts';
import type { AppState } from '../state/app-state.ts';
import { isSilent } from '../state/select.ts';
import type { Canvas } from '../widgets/canvas.ts';
import { wrapWords } from '../widgets/toasts.ts';

export function drawBanner(canvas: Canvas, state: AppState, keymap: Keymap): void {
  const { connection } = state;
  if (connection.state === 'ready') return;
  const width = canvas.grid.cols;
  if (connection.state === 'connecting') {
    canvas.spansRight(width, 0, [{ text: ' connecting to the server… ', role: 'toast.info' }], width);
    return;
  }
  const { code, message, remedy } = connection.failure;
  const key = isSilent(connection) ? keymap.keysOf('server.restart')[0] : undefined;
  const next = key === undefined ? remedy : `${state.mode === 'term' ? `${state.leader} ` : ''}${key} restarts it`;
  // Who stopped it may have ended them too.
  const agents = code === 'server-stopped' ? [] : ['agents keep running'];
  const lines = pack([message, ...agents, next], width - 2);
  canvas.fill({ x: 0, y: 0, width, height: lines.length }, 'toast.error');
  for (const [y, line] of lines.entries()) canvas.text(1, y, line, 'toast.error', width - 2);
}

/** As few lines as hold all parts, whole where they fit: what to do must not be cut off. */
function pack(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const joined = lines.length === 0 ? part : `${lines.at(-1)} · ${part}`;
    if (textWidth(joined) <= width) lines[Math.max(0, lines.length - 1)] = joined;
    else lines.push(...wrapWords(part, width));
  }
  return lines;
}
