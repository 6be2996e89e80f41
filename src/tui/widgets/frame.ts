// A framed area over the screen, with a title and what is inside.
import type { Rect } from '../layout/rect.ts';
import { inset } from '../layout/rect.ts';
import type { Canvas } from './canvas.ts';

/** Clears the area, draws the frame and returns the room inside, a column away from the border. */
export function drawFrame(canvas: Canvas, rect: Rect, title: string): Rect {
  canvas.fill(rect, 'dialog');
  canvas.box(rect, 'dialog.border');
  canvas.text(rect.x + 2, rect.y, ` ${title} `, 'dialog.title', rect.width - 4);
  const inside = inset(rect, 1);
  return { ...inside, x: inside.x + 1, width: Math.max(0, inside.width - 2) };
}
